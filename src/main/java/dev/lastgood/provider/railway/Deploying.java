package dev.lastgood.provider.railway;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Graph;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.railway.RailwayApi.Service;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Starts a deployment and follows it. Railway answers `true` and nothing more: the deployment that
/// came of it is found by its time and content.
final class Deploying {
  private final String component;
  private final RailwayApi railway;
  private final Started started;
  private final Duration settle;
  private final InstantSource clock;

  /// @param settle how long it must stay successful: without a health check "success" only says
  ///   that the container was started
  Deploying(
      String component, RailwayApi railway, Started started, Duration settle, InstantSource clock) {
    this.component = component;
    this.railway = railway;
    this.started = started;
    this.settle = settle;
    this.clock = clock;
  }

  Act rollback(Service service, Release from, Deployed target) {
    var with = RailwayPlatform.with(from, target, service);
    with.put("image", target.image());
    return new Act(
        component,
        RailwayPlatform.ROLLBACK,
        with,
        "roll back to deployment " + target.id(),
        "railway api "
            + Text.shellWord("mutation { deploymentRollback(id: \"" + target.id() + "\") }"),
        Duration.ofMinutes(1).plus(settle),
        Duration.ofMinutes(15),
        Duration.ZERO);
  }

  Act commit(Service service, Release from, Deployed target) {
    return new Act(
        component,
        RailwayPlatform.DEPLOY,
        RailwayPlatform.with(from, target, service),
        "build and deploy commit " + target.commit() + ", that of " + target.id(),
        "railway api "
            + Text.shellWord(
                "mutation { serviceInstanceDeployV2(commitSha: \""
                    + target.commit()
                    + "\", environmentId: \""
                    + railway.id("environmentId")
                    + "\", serviceId: \""
                    + railway.id("serviceId")
                    + "\") }"),
        Duration.ofMinutes(5).plus(settle),
        Duration.ofMinutes(30),
        Duration.ZERO);
  }

  // ---- looking

  Sight look(Act act) throws PlatformUnreachable {
    Service service = railway.service();
    Map<String, String> copies = started.copies(service.newest());
    Optional<Deployed> ours = ours(act, service, copies);
    String seen = seen(service, copies);
    if (ours.isEmpty()) {
      return serves(service, copies, act.get("to"))
          ? new Sight.Holds(seen)
          : new Sight.NotYet(seen);
    }
    Deployed it = ours.get();
    String named = "deployment " + it.id() + " is " + it.status();
    if (it.coming()) {
      return new Sight.UnderWay(
          it.status().equals("NEEDS_APPROVAL")
              ? named + ": somebody must approve it in Railway, " + railway.page()
              : named);
    }
    if (!it.running()) {
      return new Sight.Failed(named + "; " + seen);
    }
    return service.live().filter(d -> d.id().equals(it.id())).isEmpty()
        ? new Sight.UnderWay(named + ", but does not serve; " + seen)
        : settled(service, it, named);
  }

  Duration settle() {
    return settle;
  }

  /// Whether it has lasted as long as it must.
  ///
  /// @param named what it is, for people
  Sight settled(Service service, Deployed it, String named) {
    if (settle.isZero()) {
      return new Sight.Holds(named + " and serves");
    }
    Instant now = service.now().orElseGet(clock::instant);
    Duration lasted = Duration.between(it.since(), now);
    return lasted.compareTo(settle) >= 0
        ? new Sight.Holds(named + " and serves")
        : new Sight.UnderWay(
            named + " for " + Math.max(0, lasted.toSeconds()) + " of " + settle.toSeconds() + " s");
  }

  private static String seen(Service service, Map<String, String> copies) {
    return service
        .live()
        .map(d ->
            d.id()
                + " serves"
                + (copies.containsKey(d.id()) ? ", a copy of " + copies.get(d.id()) : ""))
        .orElse("nothing serves");
  }

  private static boolean serves(Service service, Map<String, String> copies, String to) {
    return service.live().filter(d -> Started.origin(copies, d.id()).equals(to)).isPresent();
  }

  /// The newest deployment since the plan that is made of the same as the target, and is known as
  /// no copy of anything else.
  private static Optional<Deployed> ours(Act act, Service service, Map<String, String> copies) {
    Instant after = Instant.parse(act.get("after"));
    String image = act.with().getOrDefault("image", "");
    return service.newest().stream()
        .filter(d -> d.created().isAfter(after) && d.like(act.get("commit"), image))
        .filter(d ->
            Optional.ofNullable(copies.get(d.id())).orElse(act.get("to")).equals(act.get("to")))
        .findFirst();
  }

  // ---- acting

  Outcome act(Act act) throws PlatformUnreachable {
    try (SlotLock turn = started.turn().orElse(null)) {
      return turn == null
          ? new Outcome.Refused(
              component + ": another Lastgood is at it on this machine; nothing was sent")
          : inTurn(act);
    } catch (IOException e) {
      throw new IllegalStateException("closing a lock fails only where the disk is gone", e);
    }
  }

  private Outcome inTurn(Act act) throws PlatformUnreachable {
    Service service = railway.service();
    Optional<Outcome> settled = settled(act, service);
    if (settled.isPresent()) {
      return settled.get();
    }
    String to = act.get("to");
    boolean rollback = act.verb().equals(RailwayPlatform.ROLLBACK);
    Optional<String> gone = gone(service, to);
    if (gone.isPresent()) {
      return new Outcome.Refused(component + ": " + gone.get());
    }
    Deployed target = service.find(to).orElseThrow();
    if (rollback && !target.canRollback()) {
      return new Outcome.Refused(
          component
              + ": the image of "
              + to
              + " is gone (canRollback is false); build its commit again (redeploy-commit), or"
              + " choose another");
    }
    started.wish(
        new Started.Wish(
            to,
            service.newest().getFirst().created(),
            target.commit(),
            rollback ? target.image() : ""));
    return switch (rollback ? railway.rollback(to) : railway.deploy(target.commit())) {
      case Graph.Made.No no -> no.outcome();
      case Graph.Made.Yes yes ->
          yes.data().path("deploymentRollback").isBoolean()
                  && !yes.data().path("deploymentRollback").asBoolean()
              ? new Outcome.Unknown("it answered false, and does not say why")
              : new Outcome.Done("accepted");
    };
  }

  /// What needs no request: it is so, it is on its way, or somebody else is at it. Asking twice
  /// would make two deployments.
  private Optional<Outcome> settled(Act act, Service service) throws PlatformUnreachable {
    Map<String, String> copies = started.copies(service.newest());
    Optional<Deployed> ours = ours(act, service, copies);
    if (ours.filter(d -> d.coming() || d.running()).isPresent()) {
      return Optional.of(
          new Outcome.Done(
              "asked for already: " + ours.get().id() + " (" + ours.get().status() + ")"));
    }
    String to = act.get("to");
    if (serves(service, copies, to)) {
      return Optional.of(new Outcome.Done(to + " serves already"));
    }
    Optional<Deployed> other = service.newest().stream().filter(Deployed::coming).findFirst();
    if (other.isPresent()) {
      return Optional.of(
          new Outcome.Refused(
              component
                  + ": somebody else deploys right now: "
                  + other.get().id()
                  + " ("
                  + other.get().status()
                  + "); wait until it is over or cancel it in Railway, then plan again"));
    }
    return service
        .live()
        .map(d -> Started.origin(copies, d.id()))
        .filter(live -> !live.equals(act.get("from")))
        .map(live ->
            new Outcome.Refused(
                component
                    + ": "
                    + live
                    + " serves, which was deployed after the plan was made (it was "
                    + act.get("from")
                    + "); plan again"));
  }

  /// Why nothing can come of this target any more.
  static Optional<String> gone(Service service, String to) {
    Optional<Deployed> target = service.find(to);
    if (target.isEmpty()) {
      return Optional.of(
          "Railway has no deployment " + to + " any more; plan again with another target");
    }
    return target.get().canRollback() || !target.get().commit().isEmpty()
        ? Optional.empty()
        : Optional.of("Railway has removed the image of " + to + ", and it has no commit");
  }
}
