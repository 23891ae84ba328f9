package dev.lastgood.provider.postgres;

import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Layout;
import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes a snapshot of the live database while users go on: one transaction sees everything, counts
/// it, and lends its view to all jobs of pg_dump.
final class Taking {
  private static final Duration LONGEST = Duration.ofHours(6);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String component;
  private final Server server;
  private final Programs programs;
  private final Snapshots snapshots;
  private final int jobs;
  private final Optional<Slots> slots;
  private final InstantSource clock;
  private final Besides besides;

  /// @param slots when each snapshot gets a slot
  Taking(
      String component,
      Server server,
      Programs programs,
      Snapshots snapshots,
      int jobs,
      Optional<Slots> slots,
      InstantSource clock,
      Besides besides) {
    this.component = component;
    this.server = server;
    this.programs = programs;
    this.snapshots = snapshots;
    this.jobs = jobs;
    this.slots = slots;
    this.clock = clock;
    this.besides = besides;
  }

  Taken take() throws PlatformUnreachable {
    String database = server.url().database();
    try (Session turn = server.patient(LONGEST)) {
      if (!Turn.take(turn, database, PATIENCE)) {
        throw new PlatformUnreachable(
            database + ": another snapshot or a rollback of it is under way; try again after it");
      }
      Standing live =
          Standing.named(turn, database)
              .orElseThrow(() ->
                  new PlatformUnreachable(
                      "there is no database "
                          + database
                          + " on this server: look at the name in `url`"));
      if (turn.yes("select pg_is_in_recovery()")) {
        throw new PlatformUnreachable(
            database
                + ": this server is a replica; a snapshot is taken on the primary: name it in url");
      }
      try (Session inside = server.patient(database, PATIENCE)) {
        Reserved.look(inside, database);
      }
      List<String> stays = swept(turn, live);
      Path part = snapshots.begin(clock.instant());
      Optional<Slots.Open> slot = Optional.empty();
      boolean done = false;
      try {
        Besides.Course course = besides.begin(Snapshots.id(part));
        if (slots.isPresent()) {
          slot = Optional.of(slots.get().open(turn, live, Snapshots.stamp(clock.instant())));
        }
        Manifest manifest = dumped(database, part, course, slot);
        slot.ifPresent(Slots.Open::close); // nobody need see the moment any more
        manifest.write(part);
        course.write(part);
        snapshots.complete(part);
        Taken taken = named(turn, live, manifest, slot);
        course.complete(turn, live, snapshots.find(manifest.release()).orElseThrow(), LONGEST);
        done = true;
        return noting(noting(taken, course.notes()), stays);
      } finally {
        slot.ifPresent(Slots.Open::close);
        if (!done) {
          Snapshots.remove(part);
          if (slot.isPresent()) {
            new LettingGo(server).drop(turn, database, slot.get().prepared().slot());
          }
        }
      }
    } catch (SQLException e) {
      throw server.gone(e);
    } catch (IOException e) {
      throw new PlatformUnreachable("the snapshot could not be written: " + Why.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  /// With `exact: no` nobody needs any slot.
  ///
  /// @return what stays although nobody needs it, which is no reason to take no snapshot
  private List<String> swept(Session turn, Standing live) throws IOException {
    try {
      return new LettingGo(server)
          .sweep(turn, live, slots.isPresent() ? SlotFile.names(snapshots) : Set.of());
    } catch (SQLException e) {
      return List.of("a replication slot that nobody needs stays: " + Server.why(e));
    } catch (PlatformUnreachable e) {
      return List.of("a replication slot that nobody needs stays: " + e.getMessage());
    }
  }

  private static Taken noting(Taken taken, List<String> notes) {
    List<String> all = new ArrayList<>(taken.notes());
    all.addAll(notes);
    return new Taken(taken.kept(), taken.live(), all);
  }

  private Manifest dumped(
      String database, Path part, Besides.Course course, Optional<Slots.Open> slot)
      throws SQLException, IOException, PlatformUnreachable {
    try (Session view = server.patient(database, LONGEST)) {
      view.run("begin isolation level repeatable read, read only");
      if (slot.isPresent()) {
        view.run("set transaction snapshot " + Quoted.text(slot.get().snapshot()));
        SlotFile.write(part, slot.get().prepared().with(Layout.read(view.connection())));
      }
      String exported = view.text("select pg_export_snapshot()");
      Instant at = clock.instant();
      String mark = view.text("select pg_current_snapshot()");
      course.point(view);
      if (besides.dumps()) {
        dump(database, exported, part);
      }
      return manifest(
          view, database, Snapshots.id(part), at, mark, Timeline.of(server).orElse(null));
    }
  }

  private void dump(String database, String exported, Path part) throws PlatformUnreachable {
    Argv.End end =
        programs.run(
            LONGEST,
            server.environment(database),
            "pg_dump",
            "--format=directory",
            "--compress=1",
            "--no-password",
            "--lock-wait-timeout=30s",
            "--exclude-schema=_lastgood_parting*",
            "--exclude-schema=_lastgood_tables_*",
            "--exclude-schema=_lastgood_kept_*",
            "--jobs=" + jobs,
            "--snapshot=" + exported,
            "--file=" + part.resolve(Snapshots.DUMP));
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      throw new PlatformUnreachable(
          "pg_dump of " + database + " failed, nothing was kept: " + words(end) + next(words(end)));
    }
  }

  private static String next(String words) {
    return words.contains("row-level security policy")
        ? "; rows that are hidden from the role of `url` would be missing: as a superuser, alter role"
            + " … bypassrls, or let it own the table without `force row level security`"
        : "";
  }

  private static Manifest manifest(
      Session view, String database, String id, Instant at, String mark, @Nullable Integer timeline)
      throws SQLException {
    // First the counters: what is counted twice is said as a loss, what is not counted is not.
    Content content = Content.of(view);
    return new Manifest(
        Manifest.FORM,
        id,
        database,
        view.number("select oid from pg_database where datname = current_database()"),
        at,
        (int) view.number("select current_setting('server_version_num')::int"),
        view.number("select pg_database_size(current_database())"),
        mark,
        view.text("select pg_current_wal_lsn()"),
        Statistics.since(view),
        content.rows(),
        content.shape(),
        content.written(),
        Departure.now(view.connection()),
        timeline);
  }

  /// From now on the live database is another release: the snapshot is the state before.
  private Taken named(Session session, Standing live, Manifest manifest, Optional<Slots.Open> slot)
      throws SQLException, PlatformUnreachable {
    Release kept = release(manifest.release(), manifest.at());
    String next = "after-" + manifest.release().substring("snapshot-".length());
    List<String> notes = new ArrayList<>();
    if (slot.isPresent()) {
      notes.addAll(slot.get().inWords());
      slots.orElseThrow().tell(slot.get(), live.name()).ifPresent(notes::add);
    }
    String now = next;
    try {
      Marker marker = live.becoming(next);
      session.run(
          "comment on database "
              + Quoted.name(live.name())
              + " is "
              + Quoted.text(marker.comment()));
    } catch (SQLException e) {
      now = live.release();
      notes.add(
          "the live database stays "
              + now
              + " by name, since its comment cannot be written: "
              + Server.why(e));
    }
    return new Taken(kept, release(now, manifest.at()), notes);
  }

  private Release release(String id, Instant since) {
    return new Release(component, id, dev.lastgood.model.Origin.UNKNOWN, Optional.of(since));
  }

  static String words(Argv.End end) {
    return switch (end) {
      case Argv.End.Exited exited -> "exit " + exited.code() + ", " + said(exited.output());
      case Argv.End.CutOff cut -> cut.reason();
      case Argv.End.NotStarted never -> never.reason();
    };
  }

  /// The programs say what failed in the first line with an error, and follow it with what they did
  /// about it.
  private static String said(String output) {
    String error =
        output.lines().filter(l -> l.contains("rror:")).findFirst().orElse(output.strip());
    if (error.contains("server version mismatch")) {
      String versions =
          output.lines().filter(l -> l.contains("server version:")).findFirst().orElse(error);
      return Why.plain(versions, 400)
          + ". It must be as new as the server: install the newer client programs, and name their"
          + " folder under `programs`";
    }
    return Why.plain(error, 400);
  }
}
