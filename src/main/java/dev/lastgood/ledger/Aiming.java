package dev.lastgood.ledger;

import dev.lastgood.ledger.Aim.Alternative;
import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.ledger.Aim.WhyNot;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Finds the newest known good constellation that can be reached from what is live.
final class Aiming {
  /// More than a person reads at three in the morning.
  private static final int SHOWN = 5;

  private final Ground ground;
  private final List<KnownGood> proven;

  Aiming(Ground ground, List<KnownGood> proven) {
    this.ground = ground;
    this.proven = proven;
  }

  /// A known good constellation that will do, or why it will not.
  private sealed interface Judged {
    record Yes(KnownGood good, Constellation result, List<String> warnings) implements Judged {}

    record No(WhyNot why) implements Judged {}

    /// From a time before what is asked for was there: a reason only when there is no other.
    record Silent(WhyNot why) implements Judged {}
  }

  Aim newest(Set<String> wanted) {
    boolean all = wanted.isEmpty();
    Set<String> components = new TreeSet<>(all ? ground.reach().keySet() : wanted);
    for (String component : components) {
      if (!ground.reach().containsKey(component)) {
        return unknown(component);
      }
    }
    List<Judged.Yes> fit = new ArrayList<>();
    List<WhyNot> unfit = new ArrayList<>();
    List<WhyNot> silent = new ArrayList<>();
    List<WhyNot> newer = List.of();
    for (KnownGood good : proven) {
      switch (judge(good, components, all)) {
        case Judged.No no -> unfit.add(no.why());
        case Judged.Silent none -> silent.add(none.why());
        case Judged.Yes yes -> {
          if (fit.isEmpty()) {
            newer = List.copyOf(unfit);
          }
          if (fit.stream().noneMatch(f -> f.result().sameReleases(yes.result()))) {
            fit.add(yes);
          }
        }
      }
    }
    if (fit.isEmpty()) {
      return new Nowhere(ground).of(components, unfit.isEmpty() ? silent : unfit);
    }
    Judged.Yes best = fit.getFirst();
    return new Target(
        best.result(),
        String.join("; ", best.good().why()),
        best.warnings(),
        fit.stream()
            .skip(1)
            .limit(SHOWN)
            .map(f -> new Alternative(f.result(), String.join("; ", f.good().why())))
            .toList(),
        newer.stream().limit(SHOWN).toList());
  }

  private NoTarget unknown(String component) {
    return new NoTarget(Ground.unknownComponent(component, ground.reach()), List.of(), List.of());
  }

  private Judged judge(KnownGood good, Set<String> components, boolean all) {
    Constellation result = ground.live();
    List<String> notes = new ArrayList<>();
    boolean moves = false;
    for (String component : components) {
      Optional<Release> to = good.constellation().on(component);
      if (to.isEmpty() && !all) {
        return new Judged.Silent(
            new WhyNot(
                good.constellation(), "nothing is known about " + component + " at that time"));
      }
      if (to.isEmpty()) {
        notes.add(component + " was not part of it and stays as it is");
        continue;
      }
      Optional<String> obstacle = ground.obstacle(to.get());
      if (obstacle.isPresent()) {
        return no(good, obstacle.get());
      }
      Optional<String> copy = ground.copyOfLive(to.get());
      copy.ifPresent(notes::add);
      if (copy.isEmpty() && !ground.isLive(to.get())) {
        result = result.with(ground.found(to.get()));
        moves = true;
      }
    }
    if (!moves) {
      return no(good, notes.isEmpty() ? "it is what is live" : String.join("; ", notes));
    }
    ground.lastWordOn(good.constellation()).ifPresent(notes::add);
    notes.addAll(ground.warnings(result));
    return new Judged.Yes(good, result, notes);
  }

  private static Judged no(KnownGood good, String why) {
    return new Judged.No(new WhyNot(good.constellation(), why));
  }
}
