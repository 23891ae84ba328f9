package dev.lastgood.provider.ecs;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;

/// One service.
final class EcsPlatform implements Platform, Capturable {
  static final String UPDATE = "update-service";
  static final String STOP = "stop-deployment";
  private static final Duration USUAL = Duration.ofMinutes(3);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final String component;
  private final EcsApi ecs;
  private final ContainerLogs logs;
  private final Going going;

  EcsPlatform(String component, EcsApi ecs, ContainerLogs logs) {
    this.component = component;
    this.ecs = ecs;
    this.logs = logs;
    this.going = new Going(component, ecs);
  }

  /// A deployment with what it brings.
  private record Known(Past past, Revision revision) {}

  private List<Known> known() throws PlatformUnreachable {
    List<Past> past = ecs.deployments(ecs.depth());
    Map<String, Revision> revisions = ecs.revisions(past.stream().map(Past::target).toList());
    List<Known> known = new ArrayList<>();
    for (Past one : past) {
      Revision revision = revisions.get(one.target());
      if (revision != null) {
        known.add(new Known(one, revision));
      }
    }
    return known;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Standing now = ecs.standing();
    List<Known> known = known();
    Optional<String> live = now.primary().map(Standing.Rollout::task);
    var found = new LinkedHashMap<String, Release>();
    live.filter(l -> known.stream().noneMatch(k -> k.revision().task().equals(l)))
        .ifPresent(l -> found.put(l, Release.of(component, l)));
    var excluded = new TreeMap<String, String>();
    Set<String> active = active(known, live);
    for (Known one : known) {
      String task = one.revision().task();
      boolean isLive = live.filter(task::equals).isPresent();
      if (isLive || (one.past().successful() && active.contains(task))) {
        found.putIfAbsent(task, release(one));
      } else {
        excluded.putIfAbsent(task, unfit(one, active));
      }
    }
    excluded.keySet().removeAll(found.keySet());
    return new Inventory(
        live.map(found::get),
        List.copyOf(found.values()),
        excluded.entrySet().stream()
            .map(e -> new Inventory.Excluded(e.getKey(), e.getValue()))
            .toList(),
        notes(now, known));
  }

  /// Those that can still be started, of every family that was deployed.
  private Set<String> active(List<Known> known, Optional<String> live) throws PlatformUnreachable {
    var families = new TreeSet<String>();
    known.forEach(k -> families.add(EcsApi.family(k.revision().task())));
    live.ifPresent(l -> families.add(EcsApi.family(l)));
    var active = new TreeSet<String>();
    for (String family : families) {
      active.addAll(ecs.active(family));
    }
    return active;
  }

  private Release release(Known one) {
    return new Release(
        component, one.revision().task(), Origin.UNKNOWN, Optional.of(one.past().created()));
  }

  private static String unfit(Known one, Set<String> active) {
    if (!active.contains(one.revision().task())) {
      return "it was deregistered: ECS would not start it";
    }
    return "no deployment of it was completed; the newest is "
        + one.past().status()
        + (one.past().why().isEmpty() ? "" : ": " + one.past().why());
  }

  private static List<String> notes(Standing now, List<Known> known) {
    List<String> notes = new ArrayList<>();
    notes.add(now.words());
    Going.notOurs(now).ifPresent(notes::add);
    if (now.primary().filter(p -> p.desired() == 0).isPresent()) {
      notes.add("it wants 0 tasks: that it is steady proves nothing");
    }
    known.stream()
        .filter(k -> !k.revision().pins().isEmpty())
        .filter(k ->
            known.stream()
                .anyMatch(o ->
                    o.revision().task().equals(k.revision().task())
                        && !o.revision().missing(k.revision().pins()).isEmpty()))
        .map(k ->
            k.revision().task() + " ran with different images under one tag: its tag was moved")
        .distinct()
        .forEach(notes::add);
    return notes;
  }

  // ---- the ways

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Standing now = ecs.standing();
    if (Going.notOurs(now).isPresent()) {
      return List.of();
    }
    List<Known> known = known();
    Optional<Revision> target =
        known.stream()
            .filter(k -> k.past().successful() && k.revision().task().equals(to.id()))
            .map(Known::revision)
            .findFirst();
    if (target.isEmpty() && ecs.definition(to.id()).isEmpty()) {
      throw new PlatformUnreachable(
          component
              + ": ECS has no task definition "
              + to.id()
              + " that was deployed to "
              + ecs.service()
              + "; see `lastgood status`");
    }
    String pins = target.map(Revision::pins).orElse("");
    List<Method> ways = new ArrayList<>();
    stop(known, from, to).ifPresent(ways::add);
    ways.add(update(now, known, from, to, pins));
    return ways;
  }

  /// Stops the deployment under way, where that leads to the target.
  private Optional<Method> stop(List<Known> known, Release from, Release to)
      throws PlatformUnreachable {
    Optional<Known> open =
        known.stream()
            .filter(k -> k.past().open() && k.revision().task().equals(from.id()))
            .findFirst();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    String arn = open.get().past().arn();
    List<String> sources = ecs.deployment(arn).sources();
    Map<String, Revision> revisions = ecs.revisions(sources);
    if (sources.isEmpty() || !sources.stream().allMatch(s -> Going.isOf(revisions, s, to.id()))) {
      return Optional.empty();
    }
    var act =
        new Act(
            component,
            STOP,
            new TreeMap<>(Map.of("from", from.id(), "to", to.id(), "deployment", arn)),
            "stop the deployment of " + from.id() + "; ECS goes back to " + to.id(),
            "aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn "
                + Text.shellWord(arn)
                + " --region "
                + ecs.region(),
            USUAL,
            LONGEST,
            Duration.ZERO);
    return Optional.of(
        new Method(
            "stop",
            "stop the deployment under way; tasks of " + to.id() + " that still run stay",
            List.of(act),
            List.of(BACK_AGAIN)));
  }

  private static final String BACK_AGAIN =
      "nothing stops the next deploy (pipeline, Terraform, CloudFormation) from bringing it back";

  private Method update(Standing now, List<Known> known, Release from, Release to, String pins) {
    List<String> costs = new ArrayList<>();
    if (!pins.isEmpty()) {
      costs.add("ECS resolves its image tag again; afterwards it must be " + pins);
    }
    if (now.breaker()) {
      costs.add(
          "the circuit breaker is on: if "
              + to.id()
              + " does not start, ECS goes to the last completed deployment, and that may be "
              + from.id());
    }
    if (now.minimumHealthy() == 0) {
      costs.add("minimum healthy percent is 0: all tasks may stop before new ones run");
    }
    costs.add("task counts, autoscaling and load balancer rules stay as they are");
    costs.add(BACK_AGAIN);
    Instant newest = known.isEmpty() ? Instant.EPOCH : known.getFirst().past().created();
    var act =
        new Act(
            component,
            UPDATE,
            new TreeMap<>(
                Map.of("from", from.id(), "to", to.id(), "after", newest.toString(), "pins", pins)),
            "deploy " + to.id() + " to " + ecs.service(),
            "aws ecs update-service "
                + ecs.options()
                + " --task-definition "
                + Text.shellWord(to.id()),
            USUAL,
            LONGEST,
            Duration.ZERO);
    return new Method("update", "a new deployment of the old task definition", List.of(act), costs);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case UPDATE -> going.lookAtUpdate(act);
        case STOP -> going.lookAtStop(act);
        default -> new Sight.Unclear(act.unknownTo("ecs"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case UPDATE -> going.update(act);
        case STOP -> going.stop(act);
        default -> new Outcome.Refused(act.unknownTo("ecs"));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before the change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  // ---- evidence

  @Override
  public List<Exhibit> capture(Release release) {
    var text = new StringBuilder();
    try {
      Standing now = ecs.standing();
      text.append(now.words()).append("\n\n# events, newest first\n");
      now.events().forEach(e -> text.append(e).append('\n'));
      text.append("\n# tasks that stopped\n");
      ecs.tasks(DesiredStatus.STOPPED)
          .forEach(t -> text.append(t.definition() + ", " + t.id() + ": " + t.why() + '\n'));
      text.append("\n# task definition\n");
      ecs.definition(release.id()).ifPresent(d -> describe(d, text));
    } catch (PlatformUnreachable e) {
      text.append(e.getMessage()).append('\n');
    }
    String name = component + "-" + release.id().replace(':', '-');
    String from = "ECS, service " + ecs.service();
    return List.of(
        new Exhibit(name + ".txt", from, text.toString()),
        new Exhibit(name + ".log", from + ", CloudWatch Logs", logs.of(release.id())));
  }

  private static void describe(TaskDefinition definition, StringBuilder text) {
    definition
        .containerDefinitions()
        .forEach(c -> {
          text.append(c.name()).append(": ").append(Text.plain(c.image())).append('\n');
          c.environment()
              .forEach(e -> text.append("  ").append(Text.plain(e.name())).append("=•••\n"));
        });
  }
}
