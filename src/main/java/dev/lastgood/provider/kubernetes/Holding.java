package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Cluster.Sent;
import dev.lastgood.provider.kubernetes.Owner.Tool;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Suspends the owner of a workload, and releases it again.
final class Holding {
  private static final int ATTEMPTS = 5;

  private final String component;
  private final Cluster cluster;
  private final Gone gone;

  Holding(String component, Cluster cluster, Gone gone) {
    this.component = component;
    this.cluster = cluster;
    this.gone = gone;
  }

  /// Whether a target cannot be gone back to any more, in words.
  interface Gone {
    Optional<String> of(String id) throws PlatformUnreachable;
  }

  Act act(Owner owner, String to, boolean on) {
    return new Act(
        component,
        KubernetesPlatform.OWNER,
        new TreeMap<>(
            Map.of(
                "on", "" + on,
                "to", to,
                "tool", owner.tool().name(),
                "namespace", owner.namespace(),
                "name", owner.name())),
        (on ? "let the " + owner.words() + " sync again" : "suspend the " + owner.words()),
        owner.byHand(on, cluster.access().kubectl()),
        Duration.ofSeconds(2),
        Duration.ofMinutes(2),
        Duration.ZERO);
  }

  private static Owner owner(Act act) {
    return new Owner(Tool.valueOf(act.get("tool")), act.get("namespace"), act.get("name"));
  }

  private static boolean on(Act act) {
    return Boolean.parseBoolean(act.get("on"));
  }

  Sight look(Act act) throws PlatformUnreachable {
    Owner owner = owner(act);
    Optional<JsonNode> json = cluster.find(owner.path());
    if (json.isEmpty()) {
      return new Sight.Failed("there is no " + owner.words() + " any more");
    }
    boolean automatic = owner.automatic(json.get());
    String seen = "the " + owner.words() + (automatic ? " syncs by itself" : " is suspended");
    if (on(act)) {
      // What a person suspended stays so: only our own note is undone.
      return Owner.ours(json.get()) ? new Sight.NotYet(seen) : new Sight.Holds(seen);
    }
    if (automatic) {
      return new Sight.NotYet(seen);
    }
    return owner.busy(json.get())
        ? new Sight.UnderWay(seen + ", and a sync that began before is still running")
        : new Sight.Holds(seen);
  }

  Outcome act(Act act) throws PlatformUnreachable {
    Owner owner = owner(act);
    if (!on(act)) {
      Optional<String> nothing = gone.of(act.get("to"));
      if (nothing.isPresent()) {
        // It would be suspended for nothing.
        return new Outcome.Refused(nothing.get());
      }
    }
    String last = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<JsonNode> json = cluster.find(owner.path());
      if (json.isEmpty()) {
        return new Outcome.Refused(component + ": there is no " + owner.words() + " any more");
      }
      if (on(act) ? !Owner.ours(json.get()) : !owner.automatic(json.get())) {
        return new Outcome.Done("it is so already");
      }
      JsonNode change;
      try {
        change = on(act) ? owner.release(json.get()) : owner.suspend(json.get());
      } catch (JacksonException e) {
        return new Outcome.Refused(
            component
                + ": the annotation "
                + Owner.NOTE
                + " of the "
                + owner.words()
                + " is not what was written there; set its sync policy by hand and remove it");
      }
      switch (cluster.change("PATCH", owner.path(), Cluster.Body.merge(change))) {
        case Sent.Yes _ -> {
          return new Outcome.Done(on(act) ? "released" : "suspended");
        }
        case Sent.No no -> {
          return no.outcome();
        }
        case Sent.Overtaken overtaken -> last = overtaken.said();
      }
    }
    return new Outcome.Refused(
        component + ": somebody else keeps changing the " + owner.words() + ": " + last);
  }
}
