package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A folder made by `pg_basebackup --format=plain`. It is copied, never started.
record BaseBackup(Path folder) {
  private static final int LARGEST = 1 << 16;

  Optional<String> problem(RestorePoint point) {
    try {
      String label = AtomicFiles.read(folder.resolve("backup_label"), LARGEST);
      if (!label.contains("START WAL LOCATION: ")) {
        return Optional.of(folder.resolve("backup_label") + " is not PostgreSQL's");
      }
      if (!Files.isReadable(folder.resolve("global/pg_control"))) {
        return Optional.of(folder + " has no global/pg_control: it is no whole base backup");
      }
      if (tablespaces()) {
        return Optional.of(
            folder + " has tablespaces, which would be those of the live server: use pgBackRest");
      }
      return began(label, point);
    } catch (IOException e) {
      return Optional.of(folder + " is no base backup: " + Why.of(e));
    }
  }

  private boolean tablespaces() throws IOException {
    Path links = folder.resolve("pg_tblspc");
    if (!Files.isDirectory(links)) {
      return false;
    }
    try (var entries = Files.list(links)) {
      return entries.findAny().isPresent();
    }
  }

  /// `START WAL LOCATION: 0/2000028 (file …)`
  private Optional<String> began(String label, RestorePoint point) {
    String location =
        label.substring(label.indexOf("START WAL LOCATION: ") + 20).split("[^0-9A-F/]", 2)[0];
    return !point.lsn().isEmpty() && place(location) > place(point.lsn())
        ? Optional.of(folder + " was begun after " + point.says())
        : Optional.empty();
  }

  private static long place(String lsn) {
    String[] parts = lsn.split("/", -1);
    return (Long.parseLong(parts[0], 16) << 32) + Long.parseLong(parts[1], 16);
  }

  /// @return why it could not be done; empty when it lies there, ready to be started
  Optional<String> into(
      Throwaway server, RunAs as, String restoreCommand, RestorePoint point, Duration longest)
      throws IOException {
    Optional<String> problem = problem(point);
    if (problem.isPresent()) {
      return problem;
    }
    Argv.End end =
        new Argv(
                List.of("cp", "-r", "--reflink=auto", folder.toString(), server.data().toString()),
                Optional.empty(),
                Map.of(),
                longest)
            .run();
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      return Optional.of("cp: " + Taking.words(end));
    }
    Files.writeString(server.data().resolve("recovery.signal"), "");
    Files.deleteIfExists(server.data().resolve("standby.signal"));
    Files.deleteIfExists(server.data().resolve("postmaster.pid"));
    Files.writeString(
        server.data().resolve("postgresql.auto.conf"),
        "restore_command = "
            + conf(restoreCommand)
            + (point.name().isEmpty() ? "\nrecovery_target_time = " : "\nrecovery_target_name = ")
            + conf(point.target())
            + "\n");
    return as.handOver(server.data());
  }

  /// A value in a file of PostgreSQL's settings.
  private static String conf(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
