package dev.lastgood.provider.forge;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Follows the deploy that a push sets off: first until it shows up, then to its end. Nothing is
/// done to it. One that never shows up is unknown when the time is over, never a success.
public final class Following {
  public static final String BEGIN = "see-deploy-begin";
  public static final String END = "see-deploy-end";
  private static final Duration MOMENT = Duration.ofSeconds(10);

  private final String component;
  private final Deploys deploys;

  public Following(String component, Deploys deploys) {
    this.component = component;
    this.deploys = deploys;
  }

  public static boolean knows(Act act) {
    return act.verb().equals(BEGIN) || act.verb().equals(END);
  }

  /// @param usual how long the deploy takes
  public List<Act> acts(SortedMap<String, String> with, Duration usual) {
    return List.of(
        act(BEGIN, with, "see " + deploys.name() + " begin for it", MOMENT, deploys.appears()),
        act(END, with, "follow " + deploys.name() + " to its end", usual, deploys.takes()));
  }

  private Act act(
      String verb, SortedMap<String, String> with, String says, Duration usual, Duration most) {
    Duration half = most.dividedBy(2);
    return new Act(
        component,
        verb,
        with,
        says,
        deploys.byHand(),
        usual.compareTo(half) < 0 ? usual : half,
        most,
        Duration.ZERO);
  }

  public Sight look(Act act, Standing at) throws PlatformUnreachable {
    if (!at.there()) {
      return at.moved() ? new Sight.Failed(at.movedOn()) : new Sight.NotYet(at.seen());
    }
    Deploys.Seen seen = deploys.of(at.head(), at.branch());
    if (act.verb().equals(BEGIN)) {
      return seen instanceof Deploys.Seen.None
          ? new Sight.UnderWay(seen.says())
          : new Sight.Holds(seen.says());
    }
    return switch (seen) {
      case Deploys.Seen.None(String says) -> new Sight.UnderWay(says);
      case Deploys.Seen.Going(String says) -> new Sight.UnderWay(says);
      case Deploys.Seen.Good(String says) -> new Sight.Holds(says);
      case Deploys.Seen.Bad(String says) -> new Sight.Failed(says);
    };
  }

  /// There is nothing to do but to say how it is.
  public Outcome act(Act act, Standing at) throws PlatformUnreachable {
    return switch (look(act, at)) {
      case Sight.Holds(String seen) -> new Outcome.Done(seen);
      case Sight.UnderWay(String seen) -> new Outcome.Done(seen);
      case Sight.NotYet(String seen) ->
          new Outcome.Refused(component + ": nothing to follow: " + seen);
      case Sight.Failed(String seen) when !at.there() ->
          new Outcome.Refused(component + ": " + seen + "; plan again");
      case Sight.Failed _ ->
          new Outcome.Unknown(component + ": a part of it may be deployed, look at it");
      case Sight.Unclear(String seen) -> new Outcome.Unknown(seen);
    };
  }
}
