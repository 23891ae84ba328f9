package dev.lastgood.provider.vercel;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import java.util.List;
import java.util.Optional;

/// Moves the production domains, and sees whether they moved: "201" only says that somebody will.
final class Switch {
  private final String component;
  private final VercelApi vercel;
  private final Optional<String> domain;

  Switch(String component, VercelApi vercel, Optional<String> domain) {
    this.component = component;
    this.vercel = vercel;
    this.domain = domain;
  }

  // ---- looking

  Sight look(Act act) throws PlatformUnreachable {
    String to = act.get("to");
    Project project = vercel.project();
    String seen = "production serves " + project.live().orElse("nothing");
    Optional<Project.Move> open = project.move().filter(Project.Move::open);
    if (open.isPresent()) {
      return open.get().to().equals(to)
          ? new Sight.UnderWay(seen + ", " + open.get().words())
          : new Sight.NotYet(seen + ", somebody's " + open.get().words());
    }
    Optional<Project.Move> ours = project.moveTo(to, after(act));
    if (ours.isPresent() && !ours.get().succeeded()) {
      return new Sight.Failed(
          seen + ", " + ours.get().words() + stuck(vercel.stuck(project, ours.get().type())));
    }
    if (!project.serves(to)) {
      return new Sight.NotYet(seen);
    }
    if (ours.isPresent()) {
      List<String> stuck = vercel.stuck(project, ours.get().type());
      if (!stuck.isEmpty()) {
        return new Sight.Failed(seen + ", but not everywhere" + stuck(stuck));
      }
    }
    return served(to, seen);
  }

  private static String stuck(List<String> domains) {
    return domains.isEmpty()
        ? ""
        : "; not moved: "
            + String.join(", ", domains)
            + " (see the domains of the project in Vercel)";
  }

  /// The project says so; does the domain that people use say so too?
  private Sight served(String to, String seen) throws PlatformUnreachable {
    if (domain.isEmpty()) {
      return new Sight.Holds(seen);
    }
    String there = vercel.build(domain.get()).map(Build::id).orElse("nothing");
    String both = seen + ", " + domain.get() + " serves " + there;
    return there.equals(to) ? new Sight.Holds(both) : new Sight.UnderWay(both);
  }

  private static long after(Act act) {
    try {
      return Long.parseLong(act.get("after"));
    } catch (NumberFormatException e) {
      throw new IllegalStateException("the plan's `after` is no number: " + act.get("after"), e);
    }
  }

  // ---- acting

  Outcome act(Act act, String key) throws PlatformUnreachable {
    String to = act.get("to");
    Project project = vercel.project();
    Optional<Outcome> settled = settled(act, project);
    if (settled.isPresent()) {
      return settled.get();
    }
    Optional<String> unfit = unfit(project, to);
    if (unfit.isPresent()) {
      return new Outcome.Refused(component + ": " + unfit.get());
    }
    Reply reply = vercel.move(act.verb(), project, to, "Lastgood, " + key);
    if (reply instanceof Reply.Answered trouble && trouble.status() >= 500) {
      // It says that it failed, not that it did nothing. Vercel's own tool sends it again blindly.
      Optional<Outcome> landed = landed(act, trouble);
      if (landed.isPresent()) {
        return landed.get();
      }
      reply = vercel.move(act.verb(), project, to, "Lastgood, " + key);
    }
    return outcome(act, reply);
  }

  /// What needs no request: it is so, it is on its way, or somebody else is at it.
  private Optional<Outcome> settled(Act act, Project project) {
    String to = act.get("to");
    Optional<Project.Move> open = project.move().filter(Project.Move::open);
    if (open.isPresent()) {
      return Optional.of(
          open.get().to().equals(to)
              ? new Outcome.Done("already under way: " + open.get().words())
              : new Outcome.Refused(
                  component
                      + ": somebody else moves production right now: "
                      + open.get().words()
                      + "; wait until it is over, then plan again"));
    }
    boolean failed = project.moveTo(to, after(act)).filter(m -> !m.succeeded()).isPresent();
    if (project.serves(to) && !failed) {
      return Optional.of(new Outcome.Done("production serves " + to + " already"));
    }
    String live = project.live().orElse("");
    return live.isEmpty() || live.equals(to) || live.equals(act.get("from"))
        ? Optional.empty()
        : Optional.of(
            new Outcome.Refused(
                component
                    + ": production serves "
                    + live
                    + ", which went live after the plan was made (it was "
                    + act.get("from")
                    + "); plan again"));
  }

  private Optional<String> unfit(Project project, String to) throws PlatformUnreachable {
    Optional<Build> build = vercel.build(to);
    if (build.isEmpty()) {
      return Optional.of(
          "Vercel has no deployment " + to + " any more; plan again with another target");
    }
    if (!build.get().ready()) {
      return Optional.of(to + " cannot be served: its build is " + build.get().state());
    }
    return build.get().project().isEmpty() || build.get().project().equals(project.id())
        ? Optional.empty()
        : Optional.of(to + " belongs to another project than " + vercel.name());
  }

  private Optional<Outcome> landed(Act act, Reply.Answered trouble) {
    try {
      Project now = vercel.project();
      return now.serves(act.get("to")) || now.moveTo(act.get("to"), after(act)).isPresent()
          ? Optional.of(new Outcome.Done("it answered " + trouble.status() + " and did it"))
          : Optional.empty();
    } catch (PlatformUnreachable e) {
      return Optional.of(new Outcome.Unknown(trouble.says() + "; and then: " + e.getMessage()));
    }
  }

  private Outcome outcome(Act act, Reply reply) {
    if (!(reply instanceof Reply.Answered answer)) {
      return Api.failure(reply);
    }
    if (answer.ok()) {
      return new Outcome.Done(
          answer.status() == 202
              ? "accepted, behind a rolling release that is under way"
              : "accepted (" + answer.status() + ")");
    }
    return switch (answer.status()) {
      // Both are also the answer when it is live already.
      case 409, 422 -> conflict(act, answer);
      case 402 ->
          new Outcome.Refused(
              answer.says()
                  + "; on the Hobby plan only the deployment before the live one can be rolled back"
                  + " to: choose that one, or the method promote");
      default -> Api.failure(answer);
    };
  }

  private Outcome conflict(Act act, Reply.Answered answer) {
    try {
      Project now = vercel.project();
      boolean ours = now.moveTo(act.get("to"), after(act)).filter(Project.Move::open).isPresent();
      return ours || now.serves(act.get("to"))
          ? new Outcome.Done("it says that it was asked for, or was live, already")
          : new Outcome.Refused(
              answer.says() + "; wait if something is under way, then plan again");
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(answer.says());
    }
  }

  // ---- the automatic assignment

  Outcome assign(Act act) throws PlatformUnreachable {
    boolean on = Boolean.parseBoolean(act.get("on"));
    Project project = vercel.project();
    if (project.autoAssign().equals(Optional.of(on))) {
      return new Outcome.Done("it is so already");
    }
    Reply reply = vercel.autoAssign(project, on);
    return reply instanceof Reply.Answered answer && answer.ok()
        ? new Outcome.Done("set")
        : Api.failure(reply);
  }
}
