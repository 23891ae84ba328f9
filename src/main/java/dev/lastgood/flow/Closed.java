package dev.lastgood.flow;

import dev.lastgood.config.SecretMissing;
import dev.lastgood.config.SystemConfig.Maintenance;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Closing;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where users are kept away while these changes are made: what the configuration wants, as acts.
/// What cannot be had is a warning in the plan, so that whoever approves it knows; a flag server
/// that is away does not keep a broken system broken.
///
/// @param closings what the plan will do
/// @param warnings what it will not do, and why
record Closed(List<Closing> closings, List<String> warnings) {
  static Closed during(
      List<Change> changes, List<Maintenance> wanted, Map<String, Platform> platforms) {
    Set<String> moving = changes.stream().map(Change::component).collect(Collectors.toSet());
    List<Closing> closings = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (Maintenance each : wanted) {
      if (each.moves().isEmpty() || each.moves().stream().anyMatch(moving::contains)) {
        try {
          Maintaining.Maintenance maintenance =
              of(each, Objects.requireNonNull(platforms.get(each.component())), moving);
          if (maintenance.on()) {
            warnings.add(
                each.component()
                    + " keeps users away already: whoever began that must end it, this run does"
                    + " not");
          } else {
            closings.add(
                new Closing(
                    each.component(), maintenance.begin(), maintenance.end(), each.untilProven()));
          }
        } catch (PlatformUnreachable | SecretMissing e) {
          warnings.add("users are not kept away by " + each.component() + ": " + e.getMessage());
        }
      }
    }
    return new Closed(closings, warnings);
  }

  private static Maintaining.Maintenance of(
      Maintenance wanted, Platform platform, Set<String> moving) throws PlatformUnreachable {
    if (wanted.turned().isPresent()) {
      if (moving.contains(wanted.component())) {
        throw new PlatformUnreachable("it moves itself in this plan");
      }
      return turned(wanted.component(), wanted.turned().get(), platform);
    }
    if (platform instanceof Maintaining maintaining) {
      if (!maintaining.lastsWhileItMoves() && moving.contains(wanted.component())) {
        throw new PlatformUnreachable("it moves itself in this plan, which would let users in");
      }
      return maintaining.maintenance();
    }
    throw new PlatformUnreachable(
        "its platform has no maintenance mode; name the releases `on` and `off` of a component that"
            + " keeps users away");
  }

  private static Maintaining.Maintenance turned(
      String component, Maintenance.Turned turned, Platform platform) throws PlatformUnreachable {
    Optional<String> live = platform.inventory().live().map(Release::id);
    Release on = Release.of(component, turned.on());
    Release off = Release.of(component, turned.off());
    if (live.equals(Optional.of(turned.on()))) {
      return new Maintaining.Maintenance(true, List.of(), List.of());
    }
    if (!live.equals(Optional.of(turned.off()))) {
      throw new PlatformUnreachable(
          "it is "
              + live.orElse("neither")
              + ", neither `"
              + turned.on()
              + "` nor `"
              + turned.off()
              + "`");
    }
    return new Maintaining.Maintenance(
        false, acts(platform.methods(off, on)), acts(platform.methods(on, off)));
  }

  private static List<Act> acts(List<Method> methods) throws PlatformUnreachable {
    List<Act> acts = new ArrayList<>();
    for (Leg leg : methods.isEmpty() ? List.<Leg>of() : methods.getFirst().legs()) {
      if (leg instanceof Act act) {
        acts.add(act);
      }
    }
    if (acts.isEmpty()) {
      throw new PlatformUnreachable("it has no way between `on` and `off`");
    }
    return acts;
  }
}
