package dev.lastgood.provider.local;

import dev.lastgood.provider.Inventory.Excluded;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What is in a folder of kept copies, whose names begin with the time.
///
/// @param newest the newest ones, newest first
/// @param rest says that there are older ones, which are not looked at; empty: those are all
public record KeptCopies(List<Path> newest, Optional<Excluded> rest) {
  private static final int MOST = 1000;

  /// @param folder need not exist
  /// @throws IOException if it cannot be listed
  public static KeptCopies in(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return new KeptCopies(List.of(), Optional.empty());
    }
    var newest = new TreeSet<Path>();
    boolean all = true;
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, e -> !e.getFileName().toString().startsWith("."))) {
      for (Path entry : entries) {
        newest.add(entry);
        if (newest.size() > MOST) {
          newest.pollFirst();
          all = false;
        }
      }
    } catch (AccessDeniedException e) {
      throw KeptFolder.closed(folder, e);
    }
    return new KeptCopies(
        List.copyOf(newest.descendingSet()),
        all
            ? Optional.empty()
            : Optional.of(
                new Excluded(
                    folder.toString(),
                    "holds more than "
                        + MOST
                        + " copies, and only the newest are looked at: say with `keep` how many"
                        + " shall stay")));
  }
}
