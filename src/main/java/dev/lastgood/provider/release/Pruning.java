package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Host;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Removes old releases. A release is first renamed out of sight, so that a removal that is cut off
/// leaves no half release that looks like a whole one.
record Pruning(Layout layout) {
  private static final String REMOVED = ".lastgood-removed-";

  /// @param keep how many of the newest stay in any case
  /// @param stay ids that stay whatever their age
  List<String> beyond(int keep, Listing listing, Set<String> stay) throws PlatformUnreachable {
    List<String> removed = new ArrayList<>();
    try {
      sweep();
      for (Listing.Entry entry : listing.entries().stream().skip(keep).toList()) {
        String id = entry.release().id();
        if (!stay.contains(id) && !entry.folder().equals(layout.current())) {
          Path aside = layout.releases().resolve(REMOVED + id);
          Files.move(entry.folder(), aside, StandardCopyOption.ATOMIC_MOVE);
          removed.add(id);
          Host.of(aside).removeTree(aside);
        }
      }
    } catch (IOException e) {
      throw new PlatformUnreachable(
          layout.component()
              + ": old releases in "
              + layout.releases()
              + " cannot be removed: "
              + Layout.reason(e)
              + (removed.isEmpty() ? "" : "; removed before that: " + String.join(", ", removed)),
          e);
    }
    return removed;
  }

  private void sweep() throws IOException {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            layout.releases(), p -> p.getFileName().toString().startsWith(REMOVED))) {
      for (Path folder : left) {
        Host.of(folder).removeTree(folder);
      }
    }
  }
}
