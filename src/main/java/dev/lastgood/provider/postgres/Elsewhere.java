package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fetches what stands on another server, so that it can be restored beside the live database as a
/// dump is: a replica that stopped at the point, or a throwaway server out of the archive.
final class Elsewhere {
  private static final String PREFIX = "fetched-";

  private final Programs programs;
  private final Path folder;
  private final int jobs;
  private final Optional<Replica> replica;
  private final Optional<Archive> archive;

  /// @param folder for what is fetched, as long as it is restored
  Elsewhere(
      Programs programs,
      Path folder,
      int jobs,
      Optional<Replica> replica,
      Optional<Archive> archive) {
    this.programs = programs;
    this.folder = folder;
    this.jobs = jobs;
    this.replica = replica;
    this.archive = archive;
  }

  interface Use {
    Outcome of(Source source) throws SQLException, PlatformUnreachable, InterruptedException;
  }

  /// @param use what restores a source of this machine or of the server
  Outcome fetched(Session turn, Source source, Duration longest, Use use)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    return switch (source.form()) {
      case REPLICA -> {
        Map<String, String> environment =
            replica.orElseThrow().environment(source.point().orElseThrow(), longest);
        yield dumped(source, environment, longest, use);
      }
      case ARCHIVE ->
          archive
              .orElseThrow()
              .during(
                  turn,
                  source.point().orElseThrow(),
                  longest,
                  environment -> dumped(source, environment, longest, use));
      case COPY, PROMOTED, CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> use.of(source);
    };
  }

  private Outcome dumped(Source source, Map<String, String> environment, Duration longest, Use use)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    sweep();
    Path dump =
        Files.createTempDirectory(
                Files.createDirectories(folder),
                PREFIX,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            .resolve(Snapshots.DUMP);
    try {
      Argv.End end =
          programs.run(
              longest,
              environment,
              "pg_dump",
              "--format=directory",
              "--compress=0",
              "--no-password",
              // A server that replays has no rows of theirs.
              "--no-unlogged-table-data",
              "--exclude-schema=_lastgood_parting*",
              "--exclude-schema=_lastgood_tables_*",
              "--exclude-schema=_lastgood_kept_*",
              "--jobs=" + jobs,
              "--file=" + dump);
      if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
        return new Outcome.Refused(
            source.release()
                + " cannot be read from "
                + source.from()
                + ", the live database was not touched: "
                + Taking.words(end));
      }
      return use.of(source.dumped(dump));
    } finally {
      Snapshots.remove(Optional.ofNullable(dump.getParent()).orElse(dump));
    }
  }

  /// What an attempt that died left; whoever fetches has the turn.
  private void sweep() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path left : List.copyOf(toList(entries))) {
        Snapshots.remove(left);
      }
    }
  }

  private static List<Path> toList(Iterable<Path> entries) {
    List<Path> all = new java.util.ArrayList<>();
    entries.forEach(all::add);
    return all;
  }
}
