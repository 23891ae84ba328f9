package dev.lastgood.provider.railway;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Graph;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether a push deploys by itself. Railway does not stop that by a rollback: the next push would
/// bring the broken release back.
final class AutoDeploy {
  private final String component;
  private final RailwayApi railway;
  private final Started started;

  AutoDeploy(String component, RailwayApi railway, Started started) {
    this.component = component;
    this.railway = railway;
    this.started = started;
  }

  Act act(Deployed target, boolean on) {
    return new Act(
        component,
        RailwayPlatform.AUTO,
        new TreeMap<>(Map.of("on", "" + on, "to", target.id())),
        on ? "let pushes deploy again" : "keep pushes from deploying",
        "in Railway, "
            + railway.page()
            + ", Settings, Source: "
            + (on ? "connect the branch again" : "disable automatic deployments"),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ZERO);
  }

  Sight look(Act act) throws PlatformUnreachable {
    boolean on = railway.autoDeploys();
    String seen = on ? "pushes deploy by themselves" : "pushes do not deploy by themselves";
    return on == Boolean.parseBoolean(act.get("on"))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  Outcome act(Act act) throws PlatformUnreachable {
    boolean on = Boolean.parseBoolean(act.get("on"));
    Optional<String> gone =
        on ? Optional.empty() : Deploying.gone(railway.service(), act.get("to"));
    if (gone.isPresent()) {
      // Pushes would be stopped for nothing.
      return new Outcome.Refused(component + ": " + gone.get());
    }
    boolean is = railway.autoDeploys();
    if (is == on) {
      return new Outcome.Done("it is so already");
    }
    if (!on) {
      // Written down first: whoever comes back later must know that it was on.
      started.switchedOff(true);
    }
    return switch (railway.autoDeploy(on)) {
      case Graph.Made.No no -> no.outcome();
      case Graph.Made.Yes _ -> new Outcome.Done("set");
    };
  }
}
