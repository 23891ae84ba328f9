package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import dev.lastgood.provider.mongodb.AtlasApi.Cluster;
import dev.lastgood.provider.mongodb.AtlasApi.Job;
import dev.lastgood.provider.mongodb.AtlasApi.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A cluster on Atlas. Its releases are its snapshots, seconds that were kept, and the cluster
/// itself as it was. Atlas erases the cluster it restores into, so a snapshot is restored into a
/// new one, which becomes live when the connection string names it.
final class AtlasPlatform implements Platform, Snapshotting {
  static final String CREATE = "create-cluster";
  static final String RESTORE = "restore-into";
  static final String SWITCH = "switch-connection";
  private static final String CLUSTER = "cluster";
  private static final String RELEASE = "release";
  private static final String FROM = "from";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration READING = Duration.ofSeconds(30);

  private final String component;
  private final String cluster;
  private final AtlasApi api;
  private final ConnectionFile connection;
  private final Moments moments;
  private final Path lock;
  private final InstantSource clock;

  AtlasPlatform(
      String component,
      String cluster,
      AtlasApi api,
      ConnectionFile connection,
      Moments moments,
      Path lock,
      InstantSource clock) {
    this.component = component;
    this.cluster = cluster;
    this.api = api;
    this.connection = connection;
    this.moments = moments;
    this.lock = lock;
    this.clock = clock;
  }

  private String asItWas() {
    return "cluster-" + cluster;
  }

  /// The cluster in which a release is or would be.
  private String home(String release) {
    return release.equals(asItWas())
        ? cluster
        : AtlasKind.shortName(cluster, release).orElse(cluster + "-restored");
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Cluster original = original();
    String servers = connection.url().servers();
    Map<String, Release> releases = new LinkedHashMap<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    Optional<Release> live = Optional.empty();
    Release was = Release.of(component, asItWas());
    releases.put(was.id(), was);
    if (original.hosts().equals(servers)) {
      live = Optional.of(was);
    }
    for (Snapshot each : api.snapshots(cluster)) {
      Release release = new Release(component, each.id(), Origin.UNKNOWN, each.at());
      if (each.usable()) {
        releases.put(each.id(), release);
        if (live.isEmpty() && servesIn(home(each.id()), servers)) {
          live = Optional.of(release);
        }
      } else {
        excluded.add(
            new Inventory.Excluded(each.id(), "its status is " + Why.plain(each.status(), 40)));
      }
    }
    for (long second : kept()) {
      Release release = second(second);
      if (original.seconds()) {
        releases.put(release.id(), release);
      } else {
        excluded.add(
            new Inventory.Excluded(
                release.id(), "the continuous backup of " + cluster + " is off"));
      }
      if (live.isEmpty() && servesIn(home(release.id()), servers)) {
        live = Optional.of(release);
      }
    }
    List<String> notes =
        live.isPresent()
            ? List.of()
            : List.of(connection + " names no cluster of this component: " + servers);
    return new Inventory(live, List.copyOf(releases.values()), excluded, notes);
  }

  private List<Long> kept() throws PlatformUnreachable {
    try {
      return moments.all();
    } catch (IOException e) {
      throw new PlatformUnreachable("the seconds that were kept: " + Why.of(e), e);
    }
  }

  private Release second(long second) {
    return new Release(
        component, Moments.id(second), Origin.UNKNOWN, Optional.of(Instant.ofEpochSecond(second)));
  }

  @Override
  public Taken snapshot() throws PlatformUnreachable {
    if (!original().seconds()) {
      throw new PlatformUnreachable(
          "the continuous backup of "
              + cluster
              + " is off, so no second can be kept: switch it on (M10 and larger), or take an"
              + " on-demand snapshot in Atlas");
    }
    Release live =
        inventory()
            .live()
            .orElseThrow(
                () -> new PlatformUnreachable(connection + " names no cluster of this component"));
    if (!live.id().equals(asItWas())) {
      throw new PlatformUnreachable(
          live.id() + " is live, and not " + cluster + ", whose backup a second is restored from");
    }
    long second = clock.instant().getEpochSecond();
    try {
      moments.keep(second);
    } catch (IOException e) {
      throw new PlatformUnreachable("the second could not be kept: " + Why.of(e), e);
    }
    return new Taken(
        second(second),
        live,
        List.of(
            "Atlas can restore it as soon as its oplog is archived, which takes some minutes, and"
                + " until the restore window of "
                + cluster
                + " is over"));
  }

  private boolean servesIn(String name, String servers) throws PlatformUnreachable {
    return api.cluster(name).filter(c -> c.hosts().equals(servers)).isPresent();
  }

  private Cluster original() throws PlatformUnreachable {
    return api.cluster(cluster)
        .orElseThrow(() ->
            new PlatformUnreachable(
                "Atlas has no cluster "
                    + cluster
                    + " in this project, or does not show it to this service account"));
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    boolean back = to.id().equals(asItWas());
    if (!back) {
      inventory().known(to);
    }
    List<Act> legs = new ArrayList<>();
    if (!back) {
      legs.add(
          act(
              CREATE,
              from,
              to,
              "make the cluster " + home(to.id()) + ", like " + cluster,
              "atlas clusters create " + home(to.id()) + "   # as " + cluster,
              Duration.ofMinutes(10),
              Duration.ZERO));
      legs.add(
          act(
              RESTORE,
              from,
              to,
              "restore " + what(to.id()) + " into " + home(to.id()),
              byHand(to.id()),
              Duration.ofMinutes(15),
              Duration.ZERO));
    }
    legs.add(
        act(
            SWITCH,
            from,
            to,
            "compare " + home(to.id()) + " with what is live, and let " + connection + " name it",
            "# in "
                + connection.file()
                + " let "
                + connection.variable()
                + " name "
                + home(to.id()),
            Duration.ofSeconds(30),
            Duration.ZERO));
    return List.of(
        new Method(
            back ? SWITCH : RESTORE,
            back
                ? "let the connection string name " + cluster + " again"
                : "restore into a new cluster, then let the connection string name it",
            List.copyOf(legs),
            List.of(
                "applications read the new connection string when they are started anew",
                "a new cluster costs money until a person deletes one of the two",
                "what is live now stays as it is, and nothing is carried over"),
            List.of(
                "everything written to "
                    + from.id()
                    + " that is not in "
                    + to.id()
                    + ": it cannot be counted before it is restored")));
  }

  private static String what(String release) {
    OptionalLong second = Moments.second(release);
    return second.isPresent()
        ? "the state of " + Instant.ofEpochSecond(second.getAsLong())
        : "the snapshot " + release;
  }

  private String byHand(String release) {
    OptionalLong second = Moments.second(release);
    return "atlas backups restores start "
        + (second.isPresent() ? "pointInTime" : "automated")
        + " --clusterName "
        + cluster
        + (second.isPresent()
            ? " --pointInTimeUTCSeconds " + second.getAsLong()
            : " --snapshotId " + release)
        + " --targetClusterName "
        + home(release);
  }

  private Act act(
      String verb,
      Release from,
      Release to,
      String says,
      String byHand,
      Duration expected,
      Duration downtime) {
    var with = new TreeMap<String, String>();
    with.put(CLUSTER, home(to.id()));
    with.put(RELEASE, to.id());
    with.put(FROM, from.id());
    return new Act(
        component,
        verb,
        with,
        says,
        byHand,
        expected,
        expected.multipliedBy(6).plusMinutes(5),
        downtime);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case CREATE -> created(act);
        case RESTORE -> restored(act);
        case SWITCH -> switched(act);
        default -> new Sight.Unclear(act.unknownTo("mongodb-atlas"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private Sight created(Act act) throws PlatformUnreachable {
    Optional<Cluster> there = api.cluster(act.get(CLUSTER));
    if (there.isEmpty()) {
      return new Sight.NotYet("there is no cluster " + act.get(CLUSTER));
    }
    String seen = act.get(CLUSTER) + " is " + Why.plain(there.get().state(), 40);
    return there.get().ready() ? new Sight.Holds(seen) : new Sight.UnderWay(seen);
  }

  /// The newest job that does this; a failed one is followed by another.
  private Optional<Job> job(Act act) throws PlatformUnreachable {
    List<Job> all =
        api.jobs(cluster).stream()
            .filter(
                j -> j.target().equals(act.get(CLUSTER)) && j.release().equals(act.get(RELEASE)))
            .toList();
    Optional<Job> alive = all.stream().filter(j -> !j.failed()).findFirst();
    return alive.isPresent() ? alive : all.stream().findFirst();
  }

  private Sight restored(Act act) throws PlatformUnreachable {
    Optional<Job> job = job(act);
    if (job.isEmpty()) {
      return new Sight.NotYet("no restore of " + act.get(RELEASE) + " was asked for");
    }
    String which = "the restore job " + job.get().id();
    if (job.get().failed()) {
      return new Sight.Failed(which + " failed or was cancelled; see it in Atlas");
    }
    return job.get().finished()
        ? new Sight.Holds(which + " has finished")
        : new Sight.UnderWay(which + " is not finished");
  }

  private Sight switched(Act act) throws PlatformUnreachable {
    Optional<Cluster> there = api.cluster(act.get(CLUSTER));
    String servers = connection.url().servers();
    String seen = connection.variable() + " names " + servers;
    return there.filter(c -> c.hosts().equals(servers)).isPresent()
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  @Override
  public Outcome act(Act act, String key) {
    if (!List.of(CREATE, RESTORE, SWITCH).contains(act.verb())) {
      return new Outcome.Refused(act.unknownTo("mongodb-atlas"));
    }
    return new OneAtATime(component, lock, PATIENCE).act(() -> alone(act));
  }

  private Outcome alone(Act act) {
    try {
      if (look(act) instanceof Sight.Holds holds) {
        return new Outcome.Done(holds.seen());
      }
      String release = act.get(RELEASE);
      if (!act.verb().equals(SWITCH) && !usable(release)) {
        return new Outcome.Refused(
            "there is no usable snapshot or second " + release + " any more; see lastgood status");
      }
      return switch (act.verb()) {
        case CREATE -> create(act);
        case RESTORE -> restore(act);
        default -> exchange(act);
      };
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    } catch (MongoException e) {
      return new Outcome.Refused(
          "the two clusters cannot be compared, nothing was changed: " + Session.why(e));
    } catch (IOException e) {
      return new Outcome.Unknown(Why.of(e) + "; look at " + connection);
    }
  }

  private boolean usable(String release) throws PlatformUnreachable {
    OptionalLong second = Moments.second(release);
    return second.isPresent()
        ? kept().contains(second.getAsLong()) && original().seconds()
        : release.equals(asItWas())
            || api.snapshots(cluster).stream().anyMatch(s -> s.id().equals(release) && s.usable());
  }

  private Outcome create(Act act) throws PlatformUnreachable {
    if (api.cluster(act.get(CLUSTER)).isPresent()) {
      return new Outcome.Done(act.get(CLUSTER) + " is being made");
    }
    Reply reply = api.create(act.get(CLUSTER), original());
    // "There is one of that name" is also the answer to a request that was sent twice on its way.
    return reply instanceof Reply.Answered no && no.declined() && there(act.get(CLUSTER))
        ? new Outcome.Done(act.get(CLUSTER) + " is being made")
        : outcome(reply, "Atlas makes " + act.get(CLUSTER));
  }

  private boolean there(String name) {
    try {
      return api.cluster(name).isPresent();
    } catch (PlatformUnreachable e) {
      return false;
    }
  }

  /// Asked for once: every request is another job, which erases the cluster again.
  private Outcome restore(Act act) throws PlatformUnreachable {
    String target = act.get(CLUSTER);
    if (target.equals(cluster)
        || api.cluster(target).filter(c -> sameServers(c.hosts())).isPresent()) {
      return new Outcome.Refused(target + " is live: a restore into it would erase it");
    }
    if (api.cluster(target).filter(Cluster::ready).isEmpty()) {
      return new Outcome.Refused(target + " is not there, or not ready: nothing was restored");
    }
    if (job(act).filter(j -> !j.failed()).isPresent()) {
      return new Outcome.Done("a restore into " + target + " is under way");
    }
    return outcome(api.restore(cluster, act.get(RELEASE), target), "Atlas restores into " + target);
  }

  private boolean sameServers(String hosts) {
    try {
      return connection.url().servers().equals(hosts);
    } catch (PlatformUnreachable e) {
      return true; // what cannot be told apart is not erased
    }
  }

  private static Outcome outcome(Reply reply, String done) {
    return reply instanceof Reply.Answered answer && answer.ok()
        ? new Outcome.Done(done)
        : Api.failure(reply);
  }

  private Outcome exchange(Act act) throws PlatformUnreachable, IOException {
    Cluster target =
        api.cluster(act.get(CLUSTER))
            .filter(Cluster::ready)
            .orElseThrow(
                () -> new PlatformUnreachable(act.get(CLUSTER) + " is not there, or not ready"));
    Optional<String> live = inventory().live().map(Release::id);
    if (!live.equals(Optional.of(act.get(FROM)))) {
      return new Outcome.Refused(
          connection.variable()
              + " names "
              + live.orElse("none of the releases")
              + " now, not "
              + act.get(FROM)
              + " as when this was planned; plan again");
    }
    if (!act.get(RELEASE).equals(asItWas()) && !(restored(act) instanceof Sight.Holds)) {
      return new Outcome.Refused(act.get(CLUSTER) + " was not restored to its end");
    }
    MongoUrl now = connection.url();
    MongoUrl next = now.on(target.scheme(), target.hosts());
    String compared = compared(now, next);
    connection.write(next);
    return new Outcome.Done(connection.variable() + " names " + target.name() + "; " + compared);
  }

  /// @throws PlatformUnreachable if the new one is not what it could be
  private static String compared(MongoUrl now, MongoUrl next) throws PlatformUnreachable {
    try (Session here = Session.open(now, READING);
        Session there = Session.open(next, READING)) {
      Map<String, Session.Collection> beside = there.collections();
      if (beside.isEmpty() && !here.collections().isEmpty()) {
        throw new PlatformUnreachable(
            next.place() + " holds no collection: it was not restored, or is another database");
      }
      List<String> lines = new ArrayList<>();
      for (String name : here.collections().keySet()) {
        long before = here.raw(name).estimatedDocumentCount();
        lines.add(
            beside.containsKey(name)
                ? name + " " + before + " -> " + there.raw(name).estimatedDocumentCount()
                : name + " " + before + " -> not there");
      }
      return "documents: " + Why.plain(String.join(", ", lines), 500);
    }
  }
}
