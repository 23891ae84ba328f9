package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Cluster.Sent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the plugin of Argo Rollouts writes into the status of a Rollout: that an update is aborted,
/// or that the rest of its strategy is skipped.
final class Steering {
  private static final Duration USUAL = Duration.ofSeconds(40);
  private static final int ATTEMPTS = 10;

  private final String component;
  private final Cluster cluster;
  private final WorkloadKind.Named named;
  private final Duration longest;

  Steering(String component, Cluster cluster, WorkloadKind.Named named, Duration longest) {
    this.component = component;
    this.cluster = cluster;
    this.named = named;
    this.longest = longest;
  }

  Act aborting(Revisions now, Revision stable) {
    return act(
        now,
        stable,
        KubernetesPlatform.ABORT,
        "abort the update of " + named.words() + "; revision " + stable.number() + " is stable",
        named.kubectl(cluster.access(), "abort"),
        Duration.ofSeconds(10));
  }

  Act promoting(Revisions now, Revision to) {
    return act(
        now,
        to,
        KubernetesPlatform.PROMOTE,
        "promote revision " + to.number() + " of " + named.words() + " fully",
        named.kubectl(cluster.access(), "promote") + " --full",
        USUAL);
  }

  private Act act(
      Revisions now, Revision to, String verb, String says, String byHand, Duration usual) {
    return new Act(
        component,
        verb,
        new TreeMap<>(
            Map.of(
                "to",
                to.name(),
                "from",
                now.current().map(Revision::name).orElse(""),
                "uid",
                now.workload().uid())),
        says,
        byHand,
        usual,
        longest,
        Duration.ZERO);
  }

  /// What there is now; a refusal or a failure in words when it is not what the plan knew.
  private sealed interface Seen {
    record There(Revisions now, Revision target, ArgoRollout argo) implements Seen {
      boolean isCurrent() {
        return Switching.isCurrent(now, target);
      }

      String hash() {
        return target.hash(WorkloadKind.ROLLOUT);
      }
    }

    record Other(String why) implements Seen {}
  }

  private Seen see(Act act) throws PlatformUnreachable {
    Optional<Revisions> read = Revisions.read(cluster, named);
    if (read.isEmpty() || !read.get().workload().uid().equals(act.get("uid"))) {
      return new Seen.Other(
          component + ": " + named.words() + " was deleted after the plan was made; plan again");
    }
    Optional<Revision> target = read.get().find(act.get("to"));
    return target.isEmpty()
        ? new Seen.Other(KubernetesPlatform.gone(component, named, act.get("to")))
        : new Seen.There(read.get(), target.get(), new ArgoRollout(read.get().workload()));
  }

  private String other(Seen.There there) {
    return component
        + ": "
        + named.words()
        + ": somebody else has deployed: it asks for "
        + there.now().current().map(Revision::name).orElse("a template of no known revision")
        + "; plan again";
  }

  // ---- abort

  Sight lookAborted(Act act) throws PlatformUnreachable {
    return switch (see(act)) {
      case Seen.Other(String why) -> new Sight.Failed(why);
      case Seen.There there when there.isCurrent() ->
          new Sight.Holds("nothing is to be aborted: it asks for " + there.target().name());
      case Seen.There there when there.argo().takenBack() ->
          new Sight.Holds("aborted: " + there.argo().seen());
      case Seen.There there when there.argo().aborted() -> new Sight.UnderWay(there.argo().seen());
      case Seen.There there -> {
        Optional<String> no = unabortable(act, there);
        yield no.isPresent() ? new Sight.Failed(no.get()) : new Sight.NotYet(there.argo().seen());
      }
    };
  }

  private Optional<String> unabortable(Act act, Seen.There there) {
    if (there.now().current().filter(c -> c.name().equals(act.get("from"))).isEmpty()) {
      return Optional.of(other(there));
    }
    return there.argo().underWay() && there.argo().stable().equals(there.hash())
        ? Optional.empty()
        : Optional.of(
            component
                + ": "
                + named.words()
                + ": its update cannot be aborted to "
                + there.target().name()
                + " any more ("
                + there.argo().seen()
                + "); take the way `revision`");
  }

  Outcome abort(Act act) throws PlatformUnreachable {
    return written(
        act,
        "abort",
        there ->
            there.isCurrent() || there.argo().aborted()
                ? Optional.of(new Outcome.Done(there.argo().seen()))
                : unabortable(act, there).map(Steering::refused));
  }

  // ---- promote

  Sight lookPromoted(Act act) throws PlatformUnreachable {
    return switch (see(act)) {
      case Seen.Other(String why) -> new Sight.Failed(why);
      case Seen.There there when !there.isCurrent() ->
          // Before the template is written that is so; after it somebody else was there.
          new Sight.NotYet(other(there));
      case Seen.There there -> {
        Sight sight = new Rollout(cluster, there.now().workload(), there.target()).look();
        yield sight instanceof Sight.UnderWay && toBePromoted(there)
            ? new Sight.NotYet(sight.seen())
            : sight;
      }
    };
  }

  /// Not before the controller is at this revision: it forgets what was said about the one before.
  private static boolean toBePromoted(Seen.There there) {
    return there.now().workload().observed()
        && there.argo().current().equals(there.hash())
        && there.argo().underWay()
        && !there.argo().promoted();
  }

  Outcome promote(Act act) throws PlatformUnreachable {
    return written(
        act,
        "promoteFull",
        there -> {
          if (!there.isCurrent()) {
            return Optional.of(refused(other(there)));
          }
          return toBePromoted(there)
              ? Optional.empty()
              : Optional.of(new Outcome.Done(there.argo().seen()));
        });
  }

  // ---- both

  private interface Settled {
    /// Empty: it is to be written.
    Optional<Outcome> of(Seen.There there);
  }

  private Outcome written(Act act, String part, Settled settled) throws PlatformUnreachable {
    String last = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Seen seen = see(act);
      if (!(seen instanceof Seen.There there)) {
        return refused(((Seen.Other) seen).why());
      }
      Optional<Outcome> already = settled.of(there);
      if (already.isPresent()) {
        return already.get();
      }
      switch (cluster.change(
          "PATCH", named.path() + "/status", Cluster.Body.merge(status(there, part)))) {
        case Sent.Yes _ -> {
          return new Outcome.Done("accepted");
        }
        case Sent.No no -> {
          return no.outcome();
        }
        // Nothing was changed. What is there now is looked at anew, and judged anew.
        case Sent.Overtaken overtaken -> last = overtaken.said();
      }
    }
    return refused(component + ": somebody else keeps changing it: " + last);
  }

  private static ObjectNode status(Seen.There there, String part) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.putObject("metadata").put("resourceVersion", there.now().workload().resourceVersion());
    whole.putObject("status").put(part, true);
    return whole;
  }

  private static Outcome refused(String why) {
    return new Outcome.Refused(why + ". Nothing was changed");
  }
}
