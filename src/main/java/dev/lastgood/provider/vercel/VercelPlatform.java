package dev.lastgood.provider.vercel;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One project.
final class VercelPlatform implements Platform, Capturable, Maintaining {
  static final String ROLLBACK = "rollback";
  static final String PROMOTE = "promote";
  static final String ASSIGN = "auto-assign";
  private static final Duration USUAL = Duration.ofSeconds(10);
  private static final String NEXT_PUSH =
      "it stops nobody: the next push to the production branch replaces it";
  private static final String ITS_OWN_VALUES =
      "its environment variables are those it was built with, its cron jobs its own";

  private final String component;
  private final VercelApi vercel;
  private final Builds builds;
  private final Switch mover;
  private final Duration deadline;

  /// @param deadline for the domains to move
  VercelPlatform(
      String component,
      VercelApi vercel,
      Builds builds,
      Optional<String> domain,
      Duration deadline) {
    this.component = component;
    this.vercel = vercel;
    this.builds = builds;
    this.mover = new Switch(component, vercel, domain);
    this.deadline = deadline;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Project project = vercel.project();
    return builds.inventory(project, vercel.builds(project, builds.depth()));
  }

  /// Back: by rollback, which stops later pushes, or by promotion, which does not. Forward, to a
  /// newer deployment: by promotion, with the automatic assignment as it was before, or without.
  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Project project = vercel.project();
    List<Build> all = vercel.builds(project, builds.depth());
    Build target = find(all, to);
    boolean forward =
        all.stream().anyMatch(b -> b.id().equals(from.id()) && b.created() < target.created());
    Method promote =
        new Method(
            "promote",
            "promote " + to.id() + ": no build, the domains move",
            List.of(move(PROMOTE, project, from, to)),
            List.of(NEXT_PUSH, ITS_OWN_VALUES));
    if (forward) {
      return List.of(
          new Method(
              "take-back",
              "promote " + to.id() + ", pushes are served as before",
              List.of(move(PROMOTE, project, from, to), assign(to, project.usuallyAssigns())),
              List.of(ITS_OWN_VALUES)),
          promote);
    }
    Method rollback =
        new Method(
            "rollback",
            "roll back to " + to.id() + ": no build, the domains move, later pushes are not served",
            List.of(move(ROLLBACK, project, from, to), assign(to, false)),
            List.of(
                "what is pushed later is built and not served, until the rollback is taken back or"
                    + " a deployment is promoted",
                ITS_OWN_VALUES));
    return target.candidate().orElse(true)
        ? List.of(rollback, promote)
        : List.of(
            new Method(
                promote.name(),
                promote.says(),
                promote.legs(),
                List.of(
                    "Vercel offers no rollback to it (on the Hobby plan: only to the one before)",
                    NEXT_PUSH,
                    ITS_OWN_VALUES)));
  }

  private Build find(List<Build> all, Release to) throws PlatformUnreachable {
    return all.stream()
        .filter(b -> b.id().equals(to.id()))
        .findFirst()
        .orElseThrow(() ->
            new PlatformUnreachable(
                component
                    + ": Vercel has no production deployment "
                    + to.id()
                    + " among the newest "
                    + builds.depth()
                    + " of "
                    + vercel.name()
                    + "; raise `depth`, or choose another"));
  }

  private Act move(String verb, Project project, Release from, Release to) {
    return new Act(
        component,
        verb,
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "to", to.id(),
                "after", "" + project.move().map(Project.Move::at).orElse(0L))),
        verb.equals(ROLLBACK)
            ? "roll the production domains of " + vercel.name() + " back to " + to.id()
            : "promote " + to.id() + " to production of " + vercel.name(),
        "vercel " + verb + " " + Text.shellWord(to.id()) + vercel.scope() + " --yes",
        USUAL,
        deadline,
        Duration.ZERO);
  }

  private Act assign(Release to, boolean on) {
    return new Act(
        component,
        ASSIGN,
        new TreeMap<>(Map.of("on", "" + on, "for", to.id())),
        on
            ? "let pushes to " + vercel.name() + " go live again"
            : "see that later pushes to " + vercel.name() + " do not go live",
        "in the project's settings, Environments, Production: "
            + (on ? "switch on" : "switch off")
            + " \"Auto-assign Custom Production Domains\"",
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ZERO);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case ROLLBACK, PROMOTE -> mover.look(act);
        case ASSIGN -> lookAssigned(act);
        case BEGIN, END -> lookPaused(act.verb().equals(BEGIN));
        default -> new Sight.Unclear(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private Sight lookAssigned(Act act) throws PlatformUnreachable {
    Optional<Boolean> on = vercel.project().autoAssign();
    String seen =
        on.map(is -> "production domains are " + (is ? "" : "not ") + "assigned automatically")
            .orElse("Vercel does not say whether production domains are assigned automatically");
    return on.equals(Optional.of(Boolean.valueOf(act.get("on"))))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case ROLLBACK, PROMOTE -> mover.act(act, key);
        case ASSIGN -> mover.assign(act);
        case BEGIN, END -> pause(act.verb().equals(BEGIN));
        default -> new Outcome.Refused(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      // Thrown by looks alone, and every look comes before the change, or is caught where it
      // follows one.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  /// Vercel has no maintenance page of one's own; a paused project answers everybody that it is.
  @Override
  public Maintenance maintenance() throws PlatformUnreachable {
    return Maintenance.of(
        component,
        paused(vercel.project()),
        vercel.name(),
        "in the project's settings, General: \"Pause Project\"",
        "in the project's settings, General: \"Resume Service\"");
  }

  /// A project that was never paused may say nothing of it.
  private static boolean paused(Project project) {
    return project.paused().orElse(false);
  }

  private Sight lookPaused(boolean wanted) throws PlatformUnreachable {
    boolean paused = paused(vercel.project());
    String seen = vercel.name() + " is " + (paused ? "" : "not ") + "paused";
    return paused == wanted ? new Sight.Holds(seen) : new Sight.NotYet(seen);
  }

  private Outcome pause(boolean on) throws PlatformUnreachable {
    Project project = vercel.project();
    if (paused(project) == on) {
      return new Outcome.Done((on ? "paused" : "not paused") + " already");
    }
    Reply reply = vercel.pause(project, on);
    return reply instanceof Reply.Answered answer && answer.ok()
        ? new Outcome.Done(on ? "paused" : "unpaused")
        : Api.failure(reply);
  }

  private String unknown(Act act) {
    return component
        + ": vercel knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    String name = component + "-" + release.id();
    String from = "Vercel, project " + vercel.name();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      // It takes its time; the others are asked meanwhile.
      Future<String> says = tasks.submit(() -> runtime(release));
      String facts = facts(release);
      String built = built(release);
      return List.of(
          new Exhibit(name + ".txt", from, facts),
          new Exhibit(name + "-build.log", from, built),
          new Exhibit(name + "-runtime.log", from + ", heard for a second", said(says)));
    }
  }

  private String facts(Release release) {
    try {
      return vercel.build(release.id()).map(Build::facts).orElse(release.id() + " is gone\n");
    } catch (PlatformUnreachable e) {
      return e.getMessage() + "\n";
    }
  }

  private String built(Release release) {
    try {
      return String.join("\n", vercel.log(release.id())) + "\n";
    } catch (PlatformUnreachable e) {
      return e.getMessage() + "\n";
    }
  }

  private String runtime(Release release) throws InterruptedException {
    try {
      List<String> lines = vercel.runtimeLog(release.id());
      return lines.isEmpty()
          ? "nothing was said while it was listened to; older lines: vercel logs "
              + Text.shellWord(release.id())
              + vercel.scope()
              + "\n"
          : String.join("\n", lines) + "\n";
    } catch (PlatformUnreachable e) {
      return e.getMessage() + "\n";
    }
  }

  private static String said(Future<String> says) {
    try {
      return says.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted\n";
    } catch (ExecutionException e) {
      return "it could not be had: " + e.getCause() + "\n";
    }
  }
}
