package dev.lastgood.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// Programs of servers newer than Debian's, which `bin/test --peers` fetches.
public final class PeerPostgres {
  private PeerPostgres() {}

  /// A copy where the user the server runs as can reach it; without one the test is not run.
  ///
  /// @param open a folder for it
  public static Path bin(Path open, int version) throws IOException, InterruptedException {
    Optional<Path> fetched =
        Optional.ofNullable(System.getenv("LASTGOOD_PEERS"))
            .map(p -> Path.of(p, "postgres-" + version))
            .filter(f -> Files.isExecutable(f.resolve("bin/postgres")));
    if (fetched.isEmpty()) {
      Assumptions.abort("no PostgreSQL " + version + " of `bin/test --peers`");
    }
    Path copy = open.resolve("postgres-" + version);
    if (!Files.exists(copy)) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
      new ProcessBuilder("cp", "-RL", fetched.orElseThrow().toString(), copy.toString())
          .inheritIO()
          .start()
          .waitFor();
    }
    return copy.resolve("bin");
  }
}
