package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.database.salvage.Replay;
import dev.lastgood.database.salvage.Replayed;
import dev.lastgood.database.salvage.Skipped;
import dev.lastgood.database.salvage.Unheard;
import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whether what users wrote since a snapshot can be replayed from its slot, and what is said of it.
final class Exact {
  private static final System.Logger LOG = System.getLogger(Exact.class.getName());
  private static final int SHOWN = 8;

  private final Server server;
  private final Snapshots snapshots;

  Exact(Server server, Snapshots snapshots) {
    this.server = server;
    this.snapshots = snapshots;
  }

  /// @param prepared empty: the two databases are compared
  /// @param why they are, although a slot was opened; empty: none was, or it can be used
  record Found(Optional<Prepared> prepared, String why) {}

  Found find(Standing live, Standing beside) throws DatabaseTrouble, PlatformUnreachable {
    Found found = find(live, beside.release());
    boolean behind = beside.marker().filter(Marker::behind).isPresent();
    return behind && found.prepared().isPresent()
        ? new Found(
            Optional.empty(),
            compared("it was brought up from a restore point, which lies behind the slot"))
        : found;
  }

  private Found find(Standing live, String release) throws DatabaseTrouble, PlatformUnreachable {
    Optional<Prepared> prepared;
    try {
      prepared = SlotFile.of(snapshots, release);
    } catch (IOException e) {
      return new Found(Optional.empty(), compared(Why.of(e)));
    }
    if (prepared.isEmpty()) {
      return new Found(Optional.empty(), "");
    }
    Optional<String> lost = Replay.lost(url(live.name()), prepared.get());
    return lost.isPresent()
        ? new Found(Optional.empty(), compared(lost.get()))
        : new Found(prepared, "");
  }

  private static String compared(String why) {
    return why + ": the databases are compared instead";
  }

  /// What the plan says of it.
  List<String> costs(Standing live, String release) throws PlatformUnreachable {
    try {
      Found found = find(live, release);
      if (found.prepared().isEmpty()) {
        return found.why().isEmpty() ? List.of() : List.of(found.why());
      }
      Prepared prepared = Unheard.now(url(live.name()), found.prepared().get());
      List<String> lines = new ArrayList<>();
      lines.add(
          "what users wrote since is replayed, transaction by transaction, from the replication slot "
              + prepared.slot());
      Set<Long> ids = new TreeSet<>(Replay.migrations(url(live.name()), prepared));
      if (!ids.isEmpty()) {
        lines.add(
            "taken for the migration's, since they changed the schema, and not replayed: transactions "
                + ids.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "))
                + (ids.size() > SHOWN ? " and " + (ids.size() - SHOWN) + " more" : ""));
      }
      if (!prepared.others().isEmpty()) {
        lines.add("not in the slot, and compared: " + String.join(", ", prepared.others()));
      }
      return lines;
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  /// What the result of a step says of it.
  static String inWords(Replayed replayed) {
    List<Skipped> skipped = replayed.skipped();
    return replayed.transactions()
        + (replayed.transactions() == 1 ? " transaction (" : " transactions (")
        + replayed.changes()
        + " changes of rows) replayed in the order of their commits"
        + (skipped.isEmpty()
            ? ""
            : "; the migration's, not replayed: "
                + skipped.stream()
                    .limit(SHOWN)
                    .map(Exact::inWords)
                    .collect(Collectors.joining("; "))
                + (skipped.size() > SHOWN ? "; and " + (skipped.size() - SHOWN) + " more" : ""));
  }

  private static String inWords(Skipped skipped) {
    return skipped.xid()
        + " at "
        + skipped.at()
        + ", "
        + skipped.why()
        + (skipped.rows().isEmpty() ? "" : " (" + Text.plain(skipped.rows()) + ")");
  }

  /// The slots there are, for `status`.
  ///
  /// @param exact whether the next snapshot opens one
  List<String> inWords(Scene scene, boolean exact) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      return Slots.inWords(session, scene, SlotFile.names(snapshots), exact);
    } catch (SQLException e) {
      if (Server.lost(e)) {
        throw server.gone(e);
      }
      return List.of("whether there are replication slots cannot be seen: " + Server.why(e));
    } catch (IOException e) {
      return List.of(Why.of(e));
    }
  }

  // -- letting go -------------------------------------------------------------------------------

  /// Another database is live now. What cannot be taken away is told by `status`.
  void over(Session turn, String name) {
    try {
      Replay.forget(url(name));
    } catch (DatabaseTrouble | PlatformUnreachable e) {
      stays("what a replay noted in " + name, e);
    }
    try {
      for (String left : new LettingGo(server).over(turn, name)) {
        LOG.log(System.Logger.Level.WARNING, left);
      }
    } catch (SQLException e) {
      stays("slots of what was " + name, e);
    }
  }

  private static void stays(String what, Exception why) {
    LOG.log(System.Logger.Level.WARNING, what, why);
  }

  /// The slot of one snapshot, which is removed.
  void let(Scene scene, String release) throws PlatformUnreachable, IOException {
    Optional<Prepared> prepared = SlotFile.of(snapshots, release);
    if (prepared.isPresent()) {
      drop(scene, prepared.get());
    }
  }

  private boolean drop(Scene scene, Prepared prepared) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      return new LettingGo(server).drop(session, scene.name(), prepared.slot());
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  /// Nobody need go back behind a state that is good: the slots of the snapshots before it go.
  List<String> proven(Scene scene, String release) throws PlatformUnreachable {
    Optional<String> good = Slots.stamp(release);
    List<String> lines = new ArrayList<>();
    try {
      for (Snapshots.Kept kept : snapshots.all()) {
        Optional<Prepared> prepared =
            good.isPresent() && behind(kept.id(), release, good.get())
                ? SlotFile.read(kept.folder())
                : Optional.empty();
        if (prepared.isPresent() && drop(scene, prepared.get())) {
          lines.add(
              "the replication slot "
                  + prepared.get().slot()
                  + " of "
                  + kept.id()
                  + " was dropped");
        }
      }
      return lines;
    } catch (IOException e) {
      throw new PlatformUnreachable("snapshots: " + Why.of(e), e);
    }
  }

  /// What a snapshot was taken of is good with it; what comes after it is another matter.
  private static boolean behind(String snapshot, String release, String good) {
    int order = Slots.stamp(snapshot).orElse(good).compareTo(good);
    return order < 0 || (order == 0 && release.startsWith("after-"));
  }

  private DatabaseUrl url(String database) throws PlatformUnreachable {
    String url = server.url().whole(database);
    return new DatabaseUrl(new Secret(database, () -> url));
  }
}
