package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a plan says of the other server: whether it can be gone over to, and what that costs.
///
/// @param parts empty: `replica.clients` is not configured, so there is no other server
/// @param carry whether rows written since are carried over
/// @param exact whether they are replayed from a slot
record CrossingPlans(Optional<Crossing.Parts> parts, boolean carry, boolean exact)
    implements Sources.Promoting {
  @Override
  public Optional<String> problem(Source source) {
    if (parts.isEmpty()) {
      return Optional.of(
          "how clients would be led to it is not configured (`replica.clients`), so it is only read");
    }
    if (!carry) {
      return Optional.of("with carry-over: no it is only read");
    }
    if (exact) {
      return Optional.of(
          "with `exact` what users wrote is replayed from a slot of this server, so it is only read");
    }
    Crossing.Parts all = parts.get();
    try {
      if (all.pair().led() != Pair.Side.PRIMARY) {
        return Optional.of("clients are led to it already");
      }
      return ready(all, source)
          ? unchangeable()
          : all.replica()
              .problem(source.point().orElseThrow())
              .or(() -> all.replica().mayNot())
              .or(this::unchangeable);
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Whether an attempt before promoted it for this, and clients were not led to it.
  private static boolean ready(Crossing.Parts all, Source source) throws PlatformUnreachable {
    try {
      String database = all.pair().primary().url().database();
      Pair.View view = all.pair().view(Pair.Side.REPLICA, database);
      return !view.follows()
          && view.live().isEmpty()
          && view.scene().beside(source.release()).isPresent();
    } catch (SQLException e) {
      return false; // it is asked once more, and says why
    }
  }

  /// Which server clients are led to; the primary where nobody can tell.
  Pair.Side side() {
    try {
      return parts.isEmpty() ? Pair.Side.PRIMARY : parts.get().pair().led();
    } catch (PlatformUnreachable e) {
      return Pair.Side.PRIMARY;
    }
  }

  /// Why an act that names a database by its number is not for the server clients are led to; empty
  /// when it is.
  Optional<String> elsewhere(Act act) {
    String planned = act.with().getOrDefault(CrossingWays.SERVER, Pair.Side.PRIMARY.word());
    return act.with().containsKey(Ways.OID) && !planned.equals(side().word())
        ? Optional.of(
            act.get(Ways.RELEASE)
                + " was to be found on the "
                + planned
                + ", and clients are led to the other server now; plan again")
        : Optional.empty();
  }

  private Optional<String> unchangeable() {
    return parts.orElseThrow().pair().post().unchangeable();
  }

  private static CrossingWays ways(Crossing.Parts all, Standing live) {
    return new CrossingWays(all.component(), live.name(), all.writersWait());
  }

  /// The way over to the replica. It was looked at before, and will do.
  Method over(
      Session session,
      Standing live,
      Release from,
      Source source,
      Optional<Duration> expected,
      List<String> costs,
      List<String> losses)
      throws SQLException, PlatformUnreachable {
    Crossing.Parts all = parts.orElseThrow();
    List<String> lines = new ArrayList<>(costs);
    lines.add(
        "rows of users are carried over where they fit; rows that do not fit, or that the migration"
            + " may have written, go into files with the reason");
    lines.add(
        "what is live now is kept at "
            + all.pair().at(Pair.Side.PRIMARY)
            + " under another name, closed, until a person drops it");
    lines.addAll(differences(session, live, all));
    return ways(all, live)
        .promote(
            from,
            source,
            expected,
            all.pair().post(),
            all.pair().at(Pair.Side.PRIMARY).toString(),
            all.pair().at(Pair.Side.REPLICA).toString(),
            lines,
            losses);
  }

  private static List<String> differences(Session session, Standing live, Crossing.Parts all)
      throws SQLException, PlatformUnreachable {
    String replica = all.pair().at(Pair.Side.REPLICA).toString();
    List<String> lines = new ArrayList<>();
    lines.add("clients are led to " + replica + ": " + all.pair().post().inWords());
    lines.add(
        "who is connected to "
            + replica
            + " to read is disconnected, and finds no database until the switch");
    lines.add(
        replica
            + " has no replica of its own afterwards, is in a timeline of its own, and has no"
            + " replication slots: set up replicas, slots and the archive of its log anew");
    List<String> senders =
        session.list(
            "select distinct coalesce(nullif(application_name, ''), '?') || ' from '"
                + " || coalesce(client_addr::text, 'this machine') from pg_stat_replication order by 1",
            r -> Text.plain(r.getString(1)));
    if (!senders.isEmpty()) {
      lines.add("these go on following the old server: " + String.join(", ", senders));
    }
    lines.add(
        "roles, passwords, settings and tablespaces are those of "
            + replica
            + ", as of the restore point");
    List<String> others = Adopting.others(session, live.name());
    if (!others.isEmpty()) {
      lines.add(
          "other databases stay where they are; their copies at "
              + replica
              + " are closed: "
              + String.join(", ", others.stream().map(Text::plain).toList()));
    }
    return lines;
  }

  /// Back to the database that was left on the other server, if that is the release.
  Optional<Method> back(Standing live, Release from, Release to, List<String> costs)
      throws SQLException, PlatformUnreachable {
    if (parts.isEmpty() || !carry || live.parting().isEmpty()) {
      return Optional.empty();
    }
    Crossing.Parts all = parts.get();
    Pair.Side here = all.pair().led();
    Pair.Side there = here.other();
    Pair.View view = all.pair().view(there, live.name());
    Server source = all.pair().server(here);
    CarryingOver carrying = all.carrying().between(source, view.server());
    Optional<Standing> kept = kept(view, carrying, live, to.id());
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Forecast forecast;
    try (Session turn = source.maintenance();
        Session door = view.server().maintenance()) {
      forecast =
          Forecast.of(
              turn, door, new TakingBack(view.server(), carrying), carrying, live, kept.get());
    }
    List<String> lines = new ArrayList<>(costs);
    lines.addAll(forecast.costs());
    lines.add(
        "what is live now is kept at "
            + all.pair().at(here)
            + " under another name, closed, until a person drops it");
    lines.add("clients are led to " + all.pair().at(there) + ": " + all.pair().post().inWords());
    return Optional.of(
        ways(all, live)
            .back(
                from,
                to,
                there,
                kept.get(),
                all.pair().post(),
                all.pair().at(here).toString(),
                all.pair().at(there).toString(),
                lines,
                forecast.losses()));
  }

  private static Optional<Standing> kept(
      Pair.View view, CarryingOver carrying, Standing live, String release)
      throws PlatformUnreachable {
    if (view.follows() || view.live().isPresent()) {
      return Optional.empty();
    }
    try {
      Optional<Long> left = carrying.left(live);
      return view.scene().kept().stream()
          .filter(k -> k.release().equals(release) && left.equals(Optional.of(k.oid())))
          .findFirst();
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  /// The way back that a plan shows before it is gone over.
  Optional<Method> wayBack(Standing live, Release from, Release to) throws PlatformUnreachable {
    if (parts.isEmpty() || !carry) {
      return Optional.empty();
    }
    Crossing.Parts all = parts.get();
    Pair.Side here = all.pair().led();
    return Optional.of(
        ways(all, live)
            .back(
                from,
                to,
                here,
                live,
                all.pair().post(),
                all.pair().at(here.other()).toString(),
                all.pair().at(here).toString(),
                List.of("what users write until then is carried over where it fits"),
                List.of()));
  }

  /// Databases that are kept on the other server; none when it cannot be asked, and a note says so.
  List<Standing> kept(String database, List<String> notes) {
    if (parts.isEmpty()) {
      return List.of();
    }
    Pair pair = parts.get().pair();
    try {
      Pair.Side led = pair.led();
      if (led == Pair.Side.REPLICA) {
        notes.add("clients are led to the replica, " + pair.at(led) + ", by " + pair.post().file());
      }
      Pair.View view = pair.view(led.other(), database);
      if (view.live().isPresent()) {
        notes.add(
            "both servers have an open database "
                + Text.plain(database)
                + "; clients are led to "
                + pair.at(led));
      }
      List<Standing> kept = view.follows() ? List.of() : view.scene().kept();
      for (Standing one : kept) {
        notes.add(
            Text.plain(one.name())
                + " is kept at "
                + pair.at(led.other())
                + " ("
                + one.release()
                + ", "
                + Ways.megabytes(one.bytes())
                + ")");
      }
      return kept;
    } catch (SQLException e) {
      notes.add("the other server: " + Server.why(e));
    } catch (PlatformUnreachable e) {
      notes.add(String.valueOf(e.getMessage()));
    }
    return List.of();
  }
}
