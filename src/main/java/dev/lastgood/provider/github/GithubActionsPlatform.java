package dev.lastgood.provider.github;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.Run;
import dev.lastgood.provider.forge.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What one workflow deploys.
final class GithubActionsPlatform implements Platform {
  static final String AGAIN = "run-again";
  static final String DISPATCH = "dispatch-workflow";
  static final String DISABLE = "disable-workflow";
  static final String ENABLE = "enable-workflow";

  /// GitHub runs nothing again that is older.
  private static final Duration TOO_OLD = Duration.ofDays(30);

  private static final Duration USUAL = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofMinutes(1);

  private final String component;
  private final GithubApi github;
  private final boolean hold;
  private final InstantSource clock;
  private final Turning turning;
  private final Optional<RevertRequest> revert;

  GithubActionsPlatform(
      String component,
      GithubActionsSettings settings,
      GithubApi github,
      Optional<RevertRequest> revert,
      InstantSource clock) {
    this.component = component;
    this.github = github;
    this.hold = settings.hold().orElse(true);
    this.clock = clock;
    this.turning = new Turning(component, github);
    this.revert = revert;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    List<Run> runs = github.runs();
    var releases = new LinkedHashMap<String, Release>();
    var excluded = new TreeMap<String, String>();
    // Newest first; a commit is as new as its first deploy, whatever was run again later.
    var first = new LinkedHashMap<String, Run>();
    runs.stream().filter(Run::successful).forEach(r -> first.put(r.deployed(), r));
    first.values().stream()
        .sorted((a, b) -> Long.compare(b.number(), a.number()))
        .forEach(r -> releases.put(r.deployed(), release(r)));
    runs.stream()
        .filter(r -> r.over() && !releases.containsKey(r.deployed()))
        .forEach(r -> excluded.putIfAbsent(r.deployed(), r.words() + " did not succeed"));
    List<String> notes = new ArrayList<>();
    runs.stream()
        .filter(r -> !r.over())
        .map(r -> "under way right now: " + r.words() + " of " + Standing.cut(r.deployed()))
        .forEach(notes::add);
    runs.stream()
        .filter(Run::over)
        .findFirst()
        .filter(r -> !r.successful())
        .map(r ->
            r.words() + " of " + Standing.cut(r.deployed()) + " may have deployed a part of it")
        .ifPresent(notes::add);
    String state = github.state();
    if (!state.equals("active")) {
      notes.add("workflow " + github.workflow() + " is " + state + ": pushes deploy nothing");
    }
    return new Inventory(
        Turning.live(runs).map(Run::deployed).map(releases::get),
        List.copyOf(releases.values()),
        excluded.entrySet().stream()
            .map(e -> new Inventory.Excluded(e.getKey(), e.getValue()))
            .toList(),
        notes);
  }

  private Release release(Run run) {
    return new Release(
        component,
        run.deployed(),
        new Origin(
            Optional.of(run.deployed()),
            Optional.of(run.deployed()),
            Optional.empty(),
            Optional.empty()),
        Optional.of(run.created()));
  }

  // ---- the ways

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    List<Run> runs = github.runs();
    List<Run> good =
        runs.stream().filter(r -> r.successful() && r.deployed().equals(to.id())).toList();
    if (good.isEmpty()) {
      throw new PlatformUnreachable(
          component
              + ": no successful run of "
              + github.workflow()
              + " deployed "
              + to.id()
              + " among the newest "
              + runs.size()
              + "; raise `depth`, or choose another");
    }
    boolean active = github.state().equals("active");
    boolean forward = good.getLast().number() > firstOf(runs, from.id());
    List<Method> ways = new ArrayList<>();
    good.stream()
        .filter(r -> r.created().plus(TOO_OLD).isAfter(clock.instant()))
        .findFirst()
        .ifPresent(r -> ways.add(again(r, from, to, active, forward)));
    if (!github.input().isBlank()) {
      ways.add(dispatch(runs, from, to, active, forward));
    }
    if (revert.isPresent()) {
      revert
          .get()
          .way(from, to, Turning.live(runs).map(Run::deployed).orElse(""))
          .map(way -> active ? way : enabledFirst(way, to))
          .ifPresent(ways::add);
    }
    return ways;
  }

  private static long firstOf(List<Run> runs, String commit) {
    return runs.stream()
        .filter(r -> r.successful() && r.deployed().equals(commit))
        .mapToLong(Run::number)
        .min()
        .orElse(0);
  }

  private Method again(Run run, Release from, Release to, boolean active, boolean forward) {
    var act =
        act(
            AGAIN,
            Map.of(
                "from",
                from.id(),
                "to",
                to.id(),
                "run",
                "" + run.id(),
                "attempt",
                "" + run.attempt()),
            "run "
                + run.number()
                + " of "
                + github.workflow()
                + " again: it deploys "
                + Standing.cut(to.id()),
            "gh run rerun " + run.id() + " --repo " + Text.shellWord(github.repository()));
    return new Method(
        "re-run",
        "the run that deployed it runs again, with the workflow of its own commit",
        legs(act, active, forward),
        costs("secrets and variables are those of today"));
  }

  private Method dispatch(
      List<Run> runs, Release from, Release to, boolean active, boolean forward) {
    long newest = runs.isEmpty() ? 0 : runs.getFirst().number();
    var act =
        act(
            DISPATCH,
            Map.of("from", from.id(), "to", to.id(), "after", "" + newest),
            "start " + github.workflow() + " for " + Standing.cut(to.id()),
            "gh workflow run "
                + Text.shellWord(github.workflow())
                + " --repo "
                + Text.shellWord(github.repository())
                + " --ref "
                + Text.shellWord(github.branch())
                + " -f "
                + Text.shellWord(github.input() + "=" + to.id()));
    return new Method(
        "dispatch",
        "a new run of today's workflow for the old commit",
        legs(act, active, forward),
        costs("the commit is built again"));
  }

  /// A disabled workflow runs nothing, so it is disabled last and enabled first.
  private List<Leg> legs(Act act, boolean active, boolean forward) {
    List<Leg> legs = new ArrayList<>();
    if (hold && (forward || !active)) {
      legs.add(
          state(
              ENABLE,
              "enable",
              act.get("to"),
              "let " + github.workflow() + " run again on pushes"));
    }
    legs.add(act);
    if (hold && !forward) {
      legs.add(
          state(
              DISABLE,
              "disable",
              act.get("to"),
              "disable " + github.workflow() + ": pushes deploy nothing"));
    }
    return legs;
  }

  /// Nothing needs to be disabled after it: the branch itself is good again.
  private Method enabledFirst(Method way, Release to) {
    List<Leg> legs = new ArrayList<>();
    legs.add(state(ENABLE, "enable", to.id(), "let " + github.workflow() + " run on pushes"));
    legs.addAll(way.legs());
    return new Method(way.name(), way.says(), legs, way.costs());
  }

  private Act state(String verb, String word, String to, String says) {
    return new Act(
        component,
        verb,
        new TreeMap<>(Map.of("to", to)),
        says,
        "gh workflow "
            + word
            + " "
            + Text.shellWord(github.workflow())
            + " --repo "
            + Text.shellWord(github.repository()),
        SHORT,
        SOON,
        Duration.ZERO);
  }

  private Act act(String verb, Map<String, String> with, String says, String byHand) {
    return new Act(
        component, verb, new TreeMap<>(with), says, byHand, USUAL, LONGEST, Duration.ZERO);
  }

  private List<String> costs(String own) {
    return hold
        ? List.of(own)
        : List.of(own, "nothing stops the next push from replacing it, since hold is off");
  }

  // ---- looking and acting

  private boolean knownToRevert(Act act) {
    return revert.isPresent() && RevertRequest.knows(act);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case AGAIN, DISPATCH -> turning.look(act);
        case ENABLE -> turning.lookAtState(true);
        case DISABLE -> turning.lookAtState(false);
        default ->
            knownToRevert(act)
                ? revert.orElseThrow().look(act)
                : new Sight.Unclear(act.unknownTo("github-actions"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case AGAIN, DISPATCH -> turning.act(act);
        case ENABLE -> turning.turn(true);
        case DISABLE -> turning.turn(false);
        default ->
            knownToRevert(act)
                ? revert.orElseThrow().act(act, key)
                : new Outcome.Refused(act.unknownTo("github-actions"));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before the change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }
}
