package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An archive of the log with base backups. A moment is brought back into a throwaway server, which
/// lives as long as it is read.
final class Archive {
  private static final String PREFIX = "throwaway-";

  private final ArchiveSettings settings;
  private final Path folder;
  private final Optional<Path> base;
  private final Optional<Backups> backups;
  private final Programs programs;
  private final RunAs as;
  private final Server live;
  private final int jobs;

  /// @param folder for throwaway servers
  /// @param base folder of a base backup, where it is not pgBackRest's
  /// @param live whose database is read there
  Archive(
      ArchiveSettings settings,
      Path folder,
      Optional<Path> base,
      Optional<Backups> backups,
      Programs programs,
      Server live,
      int jobs) {
    this.settings = settings;
    this.folder = folder;
    this.base = base;
    this.backups = backups;
    this.programs = programs;
    this.as = RunAs.of(settings);
    this.live = live;
    this.jobs = jobs;
  }

  /// Moments of the configuration, each a release.
  List<Source> moments() {
    List<Source> all = new ArrayList<>();
    for (String time : settings.times()) {
      Instant at = Instant.parse(time);
      all.add(
          new Source(
              "time-" + Snapshots.stamp(at),
              folder,
              Source.Form.ARCHIVE,
              Optional.of(at),
              0,
              Optional.empty(),
              Optional.of(RestorePoint.moment(at)),
              Optional.empty()));
    }
    return all;
  }

  // -- whether it has it -------------------------------------------------------------------------

  /// Why the point cannot be brought back, as far as it can be told without doing it.
  Optional<String> problem(RestorePoint point, Session session) throws SQLException {
    try {
      return backups.isPresent()
          ? problem(point, backups.get().all(), session)
          : base.flatMap(b -> new BaseBackup(b).problem(point));
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> problem(RestorePoint point, Backups.All all, Session session)
      throws SQLException {
    Optional<Backups.Backup> backup = all.before(point.at());
    if (backup.isEmpty()) {
      return Optional.of("pgBackRest has no backup that was complete before " + point.at());
    }
    String system = session.text(Points.SYSTEM);
    if (!backup.get().system().equals(system)) {
      return Optional.of(
          "the backups are of another server (system "
              + backup.get().system()
              + ", not "
              + system
              + ")");
    }
    return point.lsn().isEmpty() ? Optional.empty() : notYet(point, all.newest(), session);
  }

  /// The log that holds the point may not have come to the archive yet, or never came.
  private static Optional<String> notYet(RestorePoint point, String newest, Session session)
      throws SQLException {
    // Of the name of a segment its place counts: a timeline may have begun since.
    String needed = session.text("select substr(pg_walfile_name(?::pg_lsn), 9)", point.lsn());
    boolean there = newest.length() >= 24 && newest.substring(8, 24).compareTo(needed) >= 0;
    return there
        ? Optional.empty()
        : Optional.of(
            "the archive has the log up to "
                + (newest.isEmpty() ? "nothing" : newest)
                + ", and "
                + point.says()
                + " lies later: look whether archiving works");
  }

  // -- bringing it up ----------------------------------------------------------------------------

  interface Use {
    Outcome of(Map<String, String> environment)
        throws SQLException, PlatformUnreachable, IOException, InterruptedException;
  }

  /// @param turn a session of the live server that has the turn: so what another attempt left may
  ///   be removed
  Outcome during(Session turn, RestorePoint point, Duration longest, Use use)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    Files.createDirectories(folder);
    sweep();
    Path own =
        folder.resolve(PREFIX + Long.toHexString(0x1000000L | (System.nanoTime() & 0xffffff)));
    var server =
        new Throwaway(
            own,
            programs,
            as,
            turn.text("select rolname from pg_roles where oid = 10"),
            libraries(turn));
    as.make(own);
    try {
      Optional<String> why = server.barred().or(() -> lacksRoom(turn, own));
      if (why.isEmpty()) {
        why = filled(server, point, longest);
      }
      if (why.isEmpty()) {
        why = reached(server, point, longest);
      }
      return why.isPresent()
          ? new Outcome.Refused(
              "the archive does not bring "
                  + point.says()
                  + " back, the live database was not touched: "
                  + why.get())
          : use.of(server.environment(live.url().database()));
    } finally {
      Orphans.end(own);
      Snapshots.remove(own);
    }
  }

  /// Needs a right of its own; without it extensions that need a library fail at the dump, in
  /// words.
  private static String libraries(Session turn) throws SQLException {
    boolean may =
        turn.yes(
            "select rolsuper or pg_has_role('pg_read_all_settings', 'member') from pg_roles"
                + " where rolname = current_user");
    return may ? turn.text("select current_setting('shared_preload_libraries')") : "";
  }

  private static Optional<String> lacksRoom(Session turn, Path own) {
    try {
      long needed = turn.number("select sum(pg_database_size(oid))::bigint from pg_database");
      long free = Files.getFileStore(own).getUsableSpace();
      return free > needed
          ? Optional.empty()
          : Optional.of(
              "the whole server is about "
                  + Ways.megabytes(needed)
                  + ", and "
                  + own
                  + " has room for "
                  + Ways.megabytes(free));
    } catch (SQLException | IOException e) {
      return Optional.empty(); // not told by the server; the restore says when the disk is full
    }
  }

  private Optional<String> filled(Throwaway server, RestorePoint point, Duration longest)
      throws PlatformUnreachable, IOException {
    if (backups.isEmpty()) {
      return new BaseBackup(base.orElseThrow())
          .into(server, as, settings.restoreCommand().orElseThrow(), point, longest);
    }
    Optional<Backups.Backup> backup = backups.get().all().before(point.at());
    if (backup.isEmpty()) {
      return Optional.of("there is no backup that was complete before it");
    }
    as.make(server.data());
    Argv.End end =
        new Argv(
                backups
                    .get()
                    .words(
                        "--pg1-path=" + server.data(),
                        "--set=" + backup.get().label(),
                        "--type=" + (point.name().isEmpty() ? "time" : "name"),
                        "--target=" + point.target(),
                        "--target-action=pause",
                        // Else tablespaces would be restored over those of the live server.
                        "--tablespace-map-all=" + server.folder().resolve("tablespaces"),
                        "--process-max=" + jobs,
                        "restore"),
                Optional.empty(),
                Map.of(),
                longest)
            .run();
    return end instanceof Argv.End.Exited(int code, _) && code == 0
        ? Optional.empty()
        : Optional.of("pgbackrest: " + Taking.words(end));
  }

  private static Optional<String> reached(Throwaway server, RestorePoint point, Duration longest)
      throws IOException, PlatformUnreachable, InterruptedException {
    Throwaway.Reached reached = server.replay(longest);
    if (!reached.reached()) {
      return Optional.of(reached.why());
    }
    if (point.name().isEmpty()) {
      return Optional.empty();
    }
    boolean there =
        server.stopping().filter(s -> s.contains("\"" + point.name() + "\"")).isPresent();
    return there
        ? Optional.empty()
        : Optional.of(
            "replay stopped, but not at it: " + server.stopping().orElse("it does not say where"));
  }

  /// What attempts that died left: their processes, then their folders.
  private void sweep() throws IOException, InterruptedException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path left :
          entries.filter(e -> String.valueOf(e.getFileName()).startsWith(PREFIX)).toList()) {
        Orphans.end(left);
        Snapshots.remove(left);
      }
    }
  }

  /// For `status`: what an attempt that died left.
  List<String> notes() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(e -> String.valueOf(e.getFileName()).startsWith(PREFIX))
          .map(e ->
              e + " is a throwaway server of a rollback that is not over; the next one removes it")
          .toList();
    }
  }
}
