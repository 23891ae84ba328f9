package dev.lastgood.provider.flag;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// One flag, wherever it is kept. Its releases are its states, and what is said of a way is what
/// the state it leads to gives people. A flag that somebody turned after the plan was made is left
/// alone: nobody approved that.
public final class FlagPlatform implements Platform {
  public static final String TURN = "turn-flag";
  private static final String FLAG = "flag";
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final Duration DEADLINE = Duration.ofSeconds(28);

  private final String component;
  private final FlagStore store;

  public FlagPlatform(String component, FlagStore store) {
    this.component = component;
    this.store = store;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Flag flag = store.read();
    List<Release> all = new ArrayList<>();
    Optional<Release> live = flag.now().map(this::release);
    live.ifPresent(all::add);
    flag.others().forEach(other -> all.add(release(other)));
    return new Inventory(live, all, List.of(), flag.notes());
  }

  private Release release(FlagState state) {
    return Release.of(component, state.id());
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Flag flag = store.read();
    FlagState state = flag.state(component, to.id());
    if (flag.now().isEmpty()) {
      throw new PlatformUnreachable(
          component
              + ": how the flag stands could not be put back: "
              + String.join("; ", flag.notes()));
    }
    if (!state.target()) {
      return List.of();
    }
    var with = new TreeMap<>(store.place());
    with.put(FROM, from.id());
    with.put(TO, state.id());
    Act act =
        new Act(
            component,
            TURN,
            with,
            "turn flag " + with.get(FLAG) + " " + state.id() + " " + store.where(),
            store.byHand(state),
            store.expected(),
            store.expected().plus(DEADLINE),
            Duration.ZERO);
    return List.of(new Method("turn", state.serves(), List.of(act), store.costs()));
  }

  @Override
  public Sight look(Act act) {
    if (!act.verb().equals(TURN)) {
      return new Sight.Unclear(act.unknownTo(store.platform()));
    }
    Optional<String> elsewhere = elsewhere(act);
    if (elsewhere.isPresent()) {
      return new Sight.Unclear(elsewhere.get());
    }
    try {
      Flag flag = store.read();
      String seen = "flag " + act.get(FLAG) + " is " + flag.standing() + " " + store.where();
      return stands(flag, act.get(TO))
          ? store.served(flag.state(component, act.get(TO)), seen)
          : new Sight.NotYet(seen);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    if (!act.verb().equals(TURN)) {
      return new Outcome.Refused(act.unknownTo(store.platform()));
    }
    Optional<String> elsewhere = elsewhere(act);
    if (elsewhere.isPresent()) {
      return new Outcome.Refused(elsewhere.get());
    }
    String to = act.get(TO);
    try {
      Flag flag = store.read();
      if (stands(flag, to)) {
        return new Outcome.Done("it is " + to + " already");
      }
      FlagState wanted = flag.state(component, to);
      Optional<FlagState> changed = flag.now().filter(now -> !now.id().equals(act.get(FROM)));
      if (changed.isPresent()) {
        return new Outcome.Refused(
            component
                + ": not turned "
                + to
                + ": somebody turned the flag after the plan was made: it is "
                + changed.get().id()
                + ", not "
                + act.get(FROM)
                + "; plan again");
      }
      return store.turn(flag, wanted, "Lastgood, run and step " + key);
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(
          component + ": not turned " + to + ": " + e.getMessage() + "; nothing was changed");
    }
  }

  private static boolean stands(Flag flag, String id) {
    return flag.now().filter(s -> s.id().equals(id)).isPresent();
  }

  /// Why this plan is not about this flag.
  private Optional<String> elsewhere(Act act) {
    return store.place().entrySet().stream()
        .filter(e -> !e.getValue().equals(act.with().get(e.getKey())))
        .findFirst()
        .map(e ->
            component
                + ": the plan is for the "
                + e.getKey()
                + " "
                + act.with().getOrDefault(e.getKey(), "of another version")
                + ", and "
                + e.getValue()
                + " is configured: plan again");
  }
}
