package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Brings a release up beside the live database, which it never touches.
final class Restoring {
  private static final String INFIX = "_restoring_";

  private final Server server;
  private final Programs programs;
  private final Dumps dumps;
  private final int jobs;
  private final InstantSource clock;

  Restoring(Server server, Programs programs, Dumps dumps, int jobs, InstantSource clock) {
    this.server = server;
    this.programs = programs;
    this.dumps = dumps;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// @param turn a session of the maintenance database that has the turn
  Outcome restore(Session turn, Standing live, Source source, Duration longest)
      throws SQLException, PlatformUnreachable {
    sweep(turn, live.name(), source.release());
    String beside =
        Quoted.fitting(
            live.name(),
            INFIX
                + Snapshots.stamp(clock.instant()).replace('-', '_')
                + "_"
                + Long.toHexString(0x10000 | (System.nanoTime() & 0xffff)).substring(1));
    boolean behind = source.point().filter(p -> !p.exact()).isPresent();
    var marker = new Marker("", live.name(), source.release(), Marker.State.RESTORING, "", behind);
    turn.run(creating(turn, live, source, beside));
    try {
      return filled(turn, live, source, beside, marker, longest);
    } catch (SQLException e) {
      // Of no use any more; if the server is gone, the next attempt removes it.
      if (!Server.lost(e)) {
        drop(turn, beside);
      }
      throw e;
    }
  }

  private static String creating(Session turn, Standing live, Source source, String beside)
      throws SQLException, PlatformUnreachable {
    return source.form() == Source.Form.COPY
        ? Copies.create(turn, live, Copies.of(turn, live, source.release()).name(), beside)
        : Dressing.create(turn, live, beside);
  }

  private Outcome filled(
      Session turn, Standing live, Source source, String beside, Marker marker, Duration longest)
      throws SQLException, PlatformUnreachable {
    mark(turn, beside, marker);
    Argv.End end = fill(beside, source, longest);
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      // It may still be at it when it was cut off; then its sessions end with the database.
      drop(turn, beside);
      return new Outcome.Refused(
          source.release()
              + " cannot be restored, the live database was not touched: "
              + Taking.words(end));
    }
    try (Session inside = server.patient(beside, longest)) {
      LettingGo.clean(inside);
    }
    if (source.form() != Source.Form.COPY) {
      new Analyzing(server, beside, jobs).all(longest);
    }
    List<String> forbidden = new Dressing(turn, live, beside).dress();
    mark(turn, beside, marker.with(Marker.State.RESTORED));
    return new Outcome.Done(
        "restored as " + beside + (forbidden.isEmpty() ? "" : "; " + Dressing.byHand(forbidden)));
  }

  static void mark(Session session, String database, Marker marker) throws SQLException {
    session.run(marked(database, marker));
  }

  /// The statement that marks it.
  static String marked(String database, Marker marker) {
    return "comment on database " + Quoted.name(database) + " is " + Quoted.text(marker.comment());
  }

  /// Removes what an attempt that ended early left: the caller has the turn, so nobody is at it.
  /// Each attempt has a name of its own, so that what is left of one can never write into the
  /// database of the next.
  private static void sweep(Session turn, String live, String release) throws SQLException {
    for (Standing left : Standing.all(turn)) {
      boolean half =
          left.beside(live, release)
              && left.marker().orElseThrow().state() == Marker.State.RESTORING;
      if (half || unmarked(left, live)) {
        drop(turn, left.name());
      }
    }
  }

  /// Made by an attempt that died before it could mark it.
  static boolean unmarked(Standing left, String live) {
    int begins = left.name().lastIndexOf(INFIX);
    if (begins < 0 || !left.comment().isEmpty()) {
      return false;
    }
    String suffix = left.name().substring(begins);
    String shape = suffix.replaceAll("[0-9a-f]", "0");
    return shape.equals(INFIX.replaceAll("[0-9a-f]", "0") + "00000000_000000_0000")
        && left.name().equals(Quoted.fitting(live, suffix));
  }

  static void drop(Session turn, String database) throws SQLException {
    turn.run("drop database if exists " + Quoted.name(database) + " with (force)");
  }

  private Argv.End fill(String beside, Source source, Duration longest) throws PlatformUnreachable {
    Map<String, String> environment = new java.util.TreeMap<>(server.environment(beside));
    environment.put("PGAPPNAME", "lastgood restore");
    environment.put(
        "PGOPTIONS",
        "-c maintenance_work_mem=256MB -c synchronous_commit=off -c statement_timeout=0"
            + " -c lock_timeout=0 -c default_transaction_read_only=off");
    return switch (source.form()) {
      case CUSTOM, DIRECTORY ->
          programs.run(longest, environment, "pg_restore", words(beside, source));
      case PLAIN, PLAIN_GZ -> dumps.play(source, environment, longest);
      case COPY -> new Argv.End.Exited(0, "");
      case PROMOTED, REPLICA, ARCHIVE ->
          new Argv.End.NotStarted(source.from() + " was not dumped before");
      case NONE -> new Argv.End.NotStarted(source.path() + " is no dump");
    };
  }

  private String[] words(String beside, Source source) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--dbname=" + beside,
                "--exit-on-error",
                "--no-password",
                "--no-subscriptions",
                "--jobs=" + jobs,
                source.path().toString()));
    return words.toArray(String[]::new);
  }
}
