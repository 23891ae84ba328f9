package dev.lastgood.provider.pm2;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The folder of releases, each a folder with an ecosystem file.
record Folders(String component, Path folder, String ecosystem, Pm2 pm2) {
  private static final int MOST = 500;

  Path dir(String release) {
    return folder.resolve(release);
  }

  Path file(String release) {
    return dir(release).resolve(ecosystem);
  }

  boolean has(String release) {
    return Path.of(release).getNameCount() == 1
        && Files.isDirectory(dir(release), LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(file(release));
  }

  /// The release a file belongs to; empty when it is in none, or reached over a link, behind which
  /// other code may stand now than when it was started.
  Optional<String> of(Path code) {
    if (!code.startsWith(folder) || code.getNameCount() <= folder.getNameCount() + 1) {
      return Optional.empty();
    }
    String name = folder.relativize(code).getName(0).toString();
    return Files.isSymbolicLink(dir(name)) ? Optional.empty() : Optional.of(name);
  }

  List<Release> releases(List<Inventory.Excluded> excluded) throws PlatformUnreachable {
    List<Release> releases = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS))) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.startsWith(".")) {
          continue;
        }
        if (releases.size() >= MOST) {
          throw new PlatformUnreachable(component + ": " + folder + " holds over " + MOST);
        }
        if (has(name)) {
          releases.add(
              new Release(
                  component,
                  name,
                  Origin.UNKNOWN,
                  Optional.of(Files.getLastModifiedTime(file(name)).toInstant())));
        } else {
          excluded.add(new Inventory.Excluded(name, "has no " + ecosystem));
        }
      }
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": " + Why.of(e), e);
    }
    releases.sort(
        Comparator.comparing((Release r) -> r.since().orElseThrow())
            .thenComparing(Release::id)
            .reversed());
    return releases;
  }

  /// Why a release cannot run these apps; asked before anything is stopped.
  Optional<String> unfit(String release, List<String> apps) throws PlatformUnreachable {
    Map<String, Path> has = pm2.apps(file(release));
    for (String app : apps) {
      Path code = has.get(app);
      if (code == null) {
        return Optional.of(
            release + ": its " + ecosystem + " has no app " + app + ", only " + has.keySet());
      }
      if (!of(code).equals(Optional.of(release))) {
        return Optional.of(
            release
                + ": its "
                + ecosystem
                + " starts "
                + app
                + " out of "
                + code
                + ", not of itself");
      }
      if (!Files.isRegularFile(code)) {
        return Optional.of(release + ": " + code + " of " + app + " is not there");
      }
    }
    return Optional.empty();
  }
}
