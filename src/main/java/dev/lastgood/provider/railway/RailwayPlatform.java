package dev.lastgood.provider.railway;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.railway.RailwayApi.Service;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One service in one environment.
sealed class RailwayPlatform implements Platform, Capturable permits MaintainedService {
  static final String ROLLBACK = "rollback";
  static final String DEPLOY = "deploy-commit";
  static final String AUTO = "auto-deploy";

  private final String component;
  private final RailwayApi railway;
  private final Started started;
  private final boolean hold;
  private final Deploying deploying;
  private final AutoDeploy auto;

  RailwayPlatform(
      String component,
      RailwayApi railway,
      Started started,
      boolean hold,
      Duration settle,
      InstantSource clock) {
    this.component = component;
    this.railway = railway;
    this.started = started;
    this.hold = hold;
    this.deploying = new Deploying(component, railway, started, settle, clock);
    this.auto = new AutoDeploy(component, railway, started);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Service service = railway.service();
    Map<String, String> copies = started.copies(service.newest());
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    Optional<String> live = service.live().map(d -> Started.origin(copies, d.id()));
    for (Deployed one : service.newest()) {
      if (copies.containsKey(one.id())) {
        continue;
      }
      Optional<String> unfit = live.equals(Optional.of(one.id())) ? Optional.empty() : one.unfit();
      if (unfit.isEmpty()) {
        releases.add(release(one, one.id()));
      } else {
        excluded.add(new Inventory.Excluded(one.id(), unfit.get()));
      }
    }
    if (live.isPresent() && releases.stream().noneMatch(r -> r.id().equals(live.get()))) {
      // What it is a copy of lies beyond the list.
      releases.add(release(service.live().get(), live.get()));
    }
    return new Inventory(
        releases.stream().filter(r -> live.equals(Optional.of(r.id()))).findFirst(),
        releases,
        excluded,
        notes(service));
  }

  private Release release(Deployed one, String id) {
    Optional<String> commit = Optional.of(one.commit()).filter(c -> !c.isEmpty());
    return new Release(
        component,
        id,
        new Origin(commit, commit, Optional.empty(), Optional.empty()),
        Optional.of(one.created()));
  }

  private List<String> notes(Service service) {
    List<String> notes = new ArrayList<>();
    service.newest().stream()
        .filter(Deployed::coming)
        .forEach(d -> notes.add("under way right now: " + d.id() + " (" + d.status() + ")"));
    if (service.live().isEmpty()) {
      notes.add("no deployment serves");
    }
    return notes;
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Service service = railway.service();
    Map<String, String> copies = started.copies(service.newest());
    Deployed target =
        service
            .find(to.id())
            .orElseThrow(() ->
                new PlatformUnreachable(
                    component
                        + ": Railway has no deployment "
                        + to.id()
                        + " among the newest "
                        + RailwayApi.SEEN
                        + " of the service; choose another"));
    boolean forward =
        service.find(from.id()).filter(f -> f.created().isBefore(target.created())).isPresent();
    boolean live =
        service.live().filter(d -> Started.origin(copies, d.id()).equals(to.id())).isPresent();
    List<Method> ways = new ArrayList<>();
    // The image of what is live now is kept for a while once it is replaced.
    if (target.canRollback() || live) {
      ways.add(
          new Method(
              "rollback",
              "start the image of " + to.id() + " again, with its variables",
              legs(deploying.rollback(service, from, target), target, forward),
              List.of("its pre-deploy command, often migrations, may run again")));
    }
    if (!target.commit().isEmpty()) {
      ways.add(
          new Method(
              "redeploy-commit",
              "build commit " + Text.clip(target.commit(), 12) + " again",
              legs(deploying.commit(service, from, target), target, forward),
              List.of(
                  "a new build, with today's variables",
                  "its pre-deploy command, often migrations, may run again")));
    }
    return ways;
  }

  /// Pushes are stopped before going back, and let through after coming forward again.
  private List<Leg> legs(Act change, Deployed target, boolean forward) throws PlatformUnreachable {
    if (!hold) {
      return List.of(change);
    }
    if (!forward) {
      return List.of(auto.act(target, false), change);
    }
    return started.switchedOff() || railway.autoDeploys()
        ? List.of(change, auto.act(target, true))
        : List.of(change);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case ROLLBACK, DEPLOY -> deploying.look(act);
        case AUTO -> auto.look(act);
        default -> new Sight.Unclear(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case ROLLBACK, DEPLOY -> deploying.act(act);
        case AUTO -> auto.act(act);
        default -> new Outcome.Refused(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before the change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  private String unknown(Act act) {
    return component
        + ": railway knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    String text;
    try {
      Service service = railway.service();
      Map<String, String> copies = started.copies(service.newest());
      String id =
          service
              .live()
              .filter(d -> Started.origin(copies, d.id()).equals(release.id()))
              .map(Deployed::id)
              .orElse(release.id());
      text = String.join("\n", railway.log(id)) + "\n";
    } catch (PlatformUnreachable e) {
      text = e.getMessage() + "\n";
    }
    return List.of(
        new Exhibit(component + "-" + release.id() + ".log", "Railway, deployment log", text));
  }

  static SortedMap<String, String> with(Release from, Deployed target, Service service) {
    Instant newest =
        service.newest().isEmpty() ? Instant.EPOCH : service.newest().getFirst().created();
    return new TreeMap<>(
        Map.of(
            "from", from.id(),
            "to", target.id(),
            "after", newest.toString(),
            "commit", target.commit()));
  }
}
