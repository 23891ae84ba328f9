package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// pg_dump, pg_restore and psql, wherever they are. They learn the password from their environment.
final class Programs {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Optional<Path> folder;

  Programs(Optional<Path> folder) {
    this.folder = folder;
  }

  /// The configured folder, else the newest of Debian's (its `/usr/bin/pg_dump` chooses by
  /// cluster), else the PATH.
  String path(String program) {
    return folder.or(() -> newest(program)).map(f -> f.resolve(program).toString()).orElse(program);
  }

  private static Optional<Path> newest(String program) {
    if (!Files.isDirectory(DEBIAN)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .map(v -> v.resolve("bin"))
          .filter(b -> Files.isExecutable(b.resolve(program)))
          .max(Comparator.comparingInt(Programs::version));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static int version(Path bin) {
    String name = String.valueOf(bin.getName(bin.getNameCount() - 2));
    return name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 5
        ? Integer.parseInt(name)
        : 0;
  }

  /// @param environment where the server is and who we are; never shown
  Argv.End run(Duration longest, Map<String, String> environment, String program, String... words) {
    List<String> all = new ArrayList<>(List.of(path(program)));
    all.addAll(List.of(words));
    return new Argv(all, Optional.empty(), environment, longest).run();
  }
}
