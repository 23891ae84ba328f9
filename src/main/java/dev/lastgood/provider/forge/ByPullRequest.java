package dev.lastgood.provider.forge;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Brings a change into a branch that takes no push: opens a pull request from a branch of ours and
/// follows it until it is merged. What counts is the branch that deploys, not what the pull request
/// says of itself.
public final class ByPullRequest {
  public static final String OPEN = "open-pull-request";
  public static final String MERGE = "merge-pull-request";

  private static final String STEP = "Lastgood-Step: ";
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration MOMENT = Duration.ofSeconds(3);
  private static final Duration PERSON = Duration.ofMinutes(10);
  private static final Duration LASTGOOD = Duration.ofSeconds(30);

  private final String component;
  private final Forge forge;
  private final PullRequestSettings settings;

  public ByPullRequest(String component, Forge forge, PullRequestSettings settings) {
    this.component = component;
    this.forge = forge;
    this.settings = settings;
  }

  public static boolean knows(Act act) {
    return act.verb().equals(OPEN) || act.verb().equals(MERGE);
  }

  // ---- planning

  /// @param with what the adapter needs to see where the branch is
  /// @param ours the branch the change is in
  public List<Act> acts(SortedMap<String, String> with, String ours, String branch, String title) {
    Act open =
        new Act(
            component,
            OPEN,
            with,
            "open a pull request into " + branch + " of " + forge.repository(),
            forge.byHand(ours, branch, title),
            MOMENT,
            SOON,
            Duration.ZERO);
    Duration usual = settings.ours() ? LASTGOOD : PERSON;
    Duration half = settings.atMost().dividedBy(2);
    Act merge =
        new Act(
            component,
            MERGE,
            with,
            settings.ours()
                ? "merge it into " + branch + " as soon as its rules let us"
                : "wait until a person merges it into " + branch,
            forge.mergeByHand(ours),
            usual.compareTo(half) < 0 ? usual : half,
            settings.atMost(),
            Duration.ZERO);
    return List.of(open, merge);
  }

  /// Who must act, for the plan.
  public String cost(Protection protection) {
    String who =
        settings.ours()
            ? "Lastgood merges the pull request when nothing is missing; approvals are given by people"
            : "a person must merge the pull request within " + words(settings.atMost());
    return who + " (" + protection.says() + ")";
  }

  private static String words(Duration time) {
    return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toMinutes() + " min";
  }

  // ---- looking

  public Sight look(Act act, Standing at) throws PlatformUnreachable {
    if (at.there()) {
      return new Sight.Holds(at.seen());
    }
    Optional<PullRequest> newest = newest(at);
    if (newest.isEmpty()) {
      return new Sight.NotYet("there is no pull request from " + at.ours());
    }
    return act.verb().equals(OPEN) ? opened(newest.get()) : merged(newest.get(), at);
  }

  /// Whether a closed one is ours or of an earlier run, which does not count, is seen when acting.
  private static Sight opened(PullRequest request) {
    return request.is(PullRequest.State.CLOSED)
        ? new Sight.Failed(closed(request))
        : new Sight.Holds(request.words());
  }

  private Optional<PullRequest> newest(Standing at) throws PlatformUnreachable {
    return forge.pullRequests(at.ours(), at.branch()).stream().findFirst();
  }

  private Sight merged(PullRequest request, Standing at) throws PlatformUnreachable {
    return switch (request.state()) {
      case CLOSED -> new Sight.Failed(closed(request));
      case MERGED ->
          at.moved()
              ? new Sight.Failed(mergedElsewhere(request, at))
              : new Sight.UnderWay(
                  request.words() + " is merged, and " + at.branch() + " does not show it yet");
      case OPEN ->
          at.moved()
              ? new Sight.Failed(overtaken(request, at))
              : settings.ours() ? ready(request) : new Sight.UnderWay(waits(request));
    };
  }

  private Sight ready(PullRequest request) throws PlatformUnreachable {
    return switch (forge.mergeable(request)) {
      case Forge.Mergeable.Now(String says) -> new Sight.NotYet(says);
      case Forge.Mergeable.NotYet(String says) -> new Sight.UnderWay(says);
      case Forge.Mergeable.Never(String says) -> new Sight.Failed(says);
    };
  }

  private static String waits(PullRequest request) {
    return request.words() + " waits: a person must merge it";
  }

  private static String closed(PullRequest request) {
    return request.words()
        + " was closed and not merged: somebody decided against it. Ask who did, reopen it, or plan"
        + " again";
  }

  private static String mergedElsewhere(PullRequest request, Standing at) {
    return request.words() + " was merged, but " + at.movedOn() + "; plan again";
  }

  private static String pushedTo(PullRequest request, Forge.Draft draft) {
    return request.words()
        + " is not merged: it brings "
        + request.head()
        + (draft.tree().isPresent()
            ? ", which is not the content that was approved; somebody pushed to "
                + draft.from()
                + ". Look at it, then close it and plan again"
            : ", and nobody here knows any more whether that was approved. Look at it, and merge it"
                + " yourself or close it and plan again");
  }

  private static String overtaken(PullRequest request, Standing at) {
    return at.movedOn()
        + ", so that "
        + request.words()
        + " would not lead there any more; close it and plan again";
  }

  // ---- acting

  /// @param draft made only when it is needed
  /// @param key the same for each attempt of this step: it is written into the pull request
  public Outcome act(Act act, Standing at, Forge.Draft draft, String key)
      throws PlatformUnreachable {
    if (at.there()) {
      return new Outcome.Done(at.seen() + " already");
    }
    List<PullRequest> all = forge.pullRequests(at.ours(), at.branch());
    Optional<PullRequest> newest = all.stream().findFirst();
    return act.verb().equals(OPEN)
        ? open(at, all, draft, key)
        : newest.isEmpty()
            ? refused("there is no pull request to merge: the step " + OPEN + " is first")
            : merge(newest.get(), at, draft);
  }

  private Outcome open(Standing at, List<PullRequest> all, Forge.Draft draft, String key)
      throws PlatformUnreachable {
    String mark = STEP + key;
    for (PullRequest request : all) {
      if (!request.is(PullRequest.State.CLOSED)) {
        return new Outcome.Done(request.words() + " is there already");
      }
      if (request.body().lines().anyMatch(l -> l.strip().equals(mark))) {
        return refused(closed(request));
      }
    }
    if (at.moved()) {
      return refused(at.movedOn() + "; plan again");
    }
    String body = draft.body() + "\n" + mark + "\n";
    Outcome outcome =
        forge.open(new Forge.Draft(draft.from(), draft.into(), draft.title(), body, draft.tree()));
    // "It exists already" is no refusal when it is our request that made it.
    return outcome instanceof Outcome.Refused ? seenAgain(outcome, at, OPEN) : outcome;
  }

  private Outcome merge(PullRequest request, Standing at, Forge.Draft draft)
      throws PlatformUnreachable {
    return switch (merged(request, at)) {
      case Sight.Failed(String seen) -> refused(seen);
      case Sight.NotYet _ -> {
        if (!draft.tree().equals(Optional.of(forge.tree(request.head())))) {
          yield refused(pushedTo(request, draft));
        }
        Outcome outcome = forge.merge(request, settings.how(), draft.body());
        yield outcome instanceof Outcome.Refused ? seenAgain(outcome, at, MERGE) : outcome;
      }
      case Sight.Holds(String seen) -> new Outcome.Done(seen);
      case Sight.UnderWay(String seen) -> new Outcome.Done(seen);
      case Sight.Unclear(String seen) -> new Outcome.Unknown(seen);
    };
  }

  private Outcome seenAgain(Outcome outcome, Standing at, String verb) {
    try {
      return newest(at)
          .filter(r ->
              verb.equals(OPEN) ? !r.is(PullRequest.State.CLOSED) : r.is(PullRequest.State.MERGED))
          .<Outcome>map(r -> new Outcome.Done(r.words() + " is there already"))
          .orElse(outcome);
    } catch (PlatformUnreachable e) {
      return outcome;
    }
  }

  private Outcome refused(String why) {
    return new Outcome.Refused(component + ": " + why);
  }
}
