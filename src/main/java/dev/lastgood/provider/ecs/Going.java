package dev.lastgood.provider.ecs;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;

/// Goes to a task definition, by a deployment of its own or by stopping the one under way, and
/// follows it until the service is steady.
final class Going {
  private static final int RECENT = 10;

  private final String component;
  private final EcsApi ecs;

  Going(String component, EcsApi ecs) {
    this.component = component;
    this.ecs = ecs;
  }

  // ---- a deployment of old content

  Sight lookAtUpdate(Act act) throws PlatformUnreachable {
    Standing now = ecs.standing();
    Optional<Standing.Rollout> primary = now.primary();
    if (primary.isEmpty()) {
      return new Sight.Unclear(now.words());
    }
    if (primary.get().task().equals(act.get("to"))) {
      return arrival(act, now, primary.get());
    }
    return returned(act)
        .<Sight>map(p ->
            new Sight.Failed(
                "ECS took it back ("
                    + p.status()
                    + (p.why().isEmpty() ? "" : ": " + p.why())
                    + "); "
                    + now.words()))
        .orElseGet(() -> new Sight.NotYet(now.words()));
  }

  /// Our deployment, when it has ended and was not successful.
  private Optional<Past> returned(Act act) throws PlatformUnreachable {
    Instant after = Instant.parse(act.get("after"));
    List<Past> recent =
        ecs.deployments(RECENT).stream().filter(p -> p.created().isAfter(after)).toList();
    Map<String, Revision> revisions = ecs.revisions(recent.stream().map(Past::target).toList());
    return recent.stream()
        .filter(p -> isOf(revisions, p.target(), act.get("to")))
        .findFirst()
        .filter(p -> !p.open() && !p.successful());
  }

  static boolean isOf(Map<String, Revision> revisions, String arn, String task) {
    return Optional.ofNullable(revisions.get(arn)).filter(r -> r.task().equals(task)).isPresent();
  }

  private Sight arrival(Act act, Standing now, Standing.Rollout primary)
      throws PlatformUnreachable {
    if (primary.state().equals("FAILED")) {
      return new Sight.Failed(now.words() + (primary.why().isEmpty() ? "" : ": " + primary.why()));
    }
    if (!now.steady()) {
      String newest =
          primary.failed() > 0 && !now.events().isEmpty() ? "; " + now.events().getFirst() : "";
      return new Sight.UnderWay(now.words() + newest);
    }
    Map<String, Revision> revisions = ecs.revisions(now.revisions());
    String other =
        now.revisions().stream()
            .map(revisions::get)
            .filter(r -> r != null && r.task().equals(act.get("to")))
            .map(r -> r.missing(act.get("pins")))
            .filter(m -> !m.isEmpty())
            .findFirst()
            .orElse("");
    return other.isEmpty()
        ? new Sight.Holds(now.words())
        : new Sight.Failed(
            now.words()
                + "; but its tag means another image now: "
                + other
                + ". Let the tag point at the good image, or register the task definition with the"
                + " digest");
  }

  Outcome update(Act act) throws PlatformUnreachable {
    Standing now = ecs.standing();
    String to = act.get("to");
    Standing.Rollout primary =
        now.primary().orElseThrow(() -> new PlatformUnreachable(component + ": " + now.words()));
    boolean failed = primary.state().equals("FAILED");
    if (primary.task().equals(to) && !failed) {
      return new Outcome.Done(to + " is the primary deployment already");
    }
    if (!primary.task().equals(act.get("from")) && !primary.task().equals(to)) {
      return new Outcome.Refused(component + ": " + theirs(primary));
    }
    Optional<String> unfit = unfit(now, to);
    if (unfit.isPresent()) {
      return new Outcome.Refused(component + ": " + unfit.get());
    }
    return outcome(ecs.update(to, failed && primary.task().equals(to)), "accepted");
  }

  private static String theirs(Standing.Rollout primary) {
    return primary.settled()
        ? primary.task() + " runs, which was deployed after the plan was made; plan again"
        : "somebody else deploys right now: "
            + primary.task()
            + " ("
            + primary.state()
            + "); wait until it is over, then plan again";
  }

  private Optional<String> unfit(Standing now, String to) throws PlatformUnreachable {
    Optional<String> who = notOurs(now);
    if (who.isPresent()) {
      return who;
    }
    Optional<TaskDefinition> definition = ecs.definition(to);
    if (definition.isEmpty()) {
      return Optional.of("there is no task definition " + to + "; plan again with another target");
    }
    return "ACTIVE".equals(definition.get().statusAsString())
        ? Optional.empty()
        : Optional.of(
            to
                + " was deregistered (it is "
                + definition.get().statusAsString()
                + "), and ECS would not start it: register its content again and deploy that, or"
                + " choose another target");
  }

  /// Why ECS itself would not deploy this service.
  static Optional<String> notOurs(Standing now) {
    if (!now.status().equals("ACTIVE")) {
      return Optional.of("the service is " + now.status() + ": nothing can be deployed to it");
    }
    return now.controller().equals("ECS")
        ? Optional.empty()
        : Optional.of(
            "the service is deployed by "
                + now.controller()
                + ", and ECS refuses to change its task definition: go back there");
  }

  // ---- the deployment under way

  Sight lookAtStop(Act act) throws PlatformUnreachable {
    Past it = ecs.deployment(act.get("deployment")).past();
    Standing now = ecs.standing();
    boolean there = now.primary().filter(p -> p.task().equals(act.get("to"))).isPresent();
    String seen = "the deployment is " + it.status() + "; " + now.words();
    if (it.open()) {
      return new Sight.NotYet(seen);
    }
    if (it.goingBack()) {
      return new Sight.UnderWay(seen);
    }
    if (!there) {
      return new Sight.Failed(
          seen + (it.successful() ? "; it was completed before it could be stopped" : ""));
    }
    return now.steady() ? new Sight.Holds(seen) : new Sight.UnderWay(seen);
  }

  Outcome stop(Act act) throws PlatformUnreachable {
    Past it = ecs.deployment(act.get("deployment")).past();
    if (!it.open()) {
      return settled(act, it);
    }
    Aws.Heard<Boolean> heard = ecs.stop(it.arn());
    if (heard instanceof Aws.Heard.No<?>(_, String code) && code.equals("ConflictException")) {
      // Somebody, or its circuit breaker, was faster.
      return settled(act, ecs.deployment(it.arn()).past());
    }
    return outcome(heard, "asked to go back");
  }

  private Outcome settled(Act act, Past it) throws PlatformUnreachable {
    if (it.goingBack() || it.status().equals("ROLLBACK_SUCCESSFUL")) {
      return new Outcome.Done("it goes back already: " + it.status());
    }
    boolean there =
        ecs.standing().primary().filter(p -> p.task().equals(act.get("to"))).isPresent();
    return there
        ? new Outcome.Done(act.get("to") + " is the primary deployment already")
        : new Outcome.Refused(
            component
                + ": the deployment of "
                + act.get("from")
                + " is "
                + it.status()
                + " and can no longer be stopped; plan again");
  }

  private static Outcome outcome(Aws.Heard<Boolean> heard, String receipt) {
    return switch (heard) {
      case Aws.Heard.Yes<Boolean>(Boolean known) ->
          known
              ? new Outcome.Done(receipt)
              : new Outcome.Unknown("ECS answered in an unknown shape; it may have been done");
      case Aws.Heard.No<Boolean>(Reply reply, _) -> Api.failure(reply);
    };
  }
}
