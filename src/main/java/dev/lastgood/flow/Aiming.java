package dev.lastgood.flow;

import dev.lastgood.ledger.Aim;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.ledger.Reach;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Fingerprints;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Asks the ledger for the target. Reading the content of releases takes time, so only the target,
/// what is live and what is bad are compared, and the ledger is asked again when one turns out to
/// be a copy.
final class Aiming {
  private static final int ROUNDS = 10;
  private final Parts parts;
  private final Survey survey;
  private final Ledger ledger;
  private final Map<String, Map<String, String>> prints = new HashMap<>();

  Aiming(Parts parts, Survey survey, Ledger ledger) {
    this.parts = parts;
    this.survey = survey;
    this.ledger = ledger;
  }

  Aim at(Wish wish) throws Refusal {
    for (int round = 0; round < ROUNDS; round++) {
      Aim aim = ask(wish);
      if (!(aim instanceof Aim.Target target) || !readMore(target.constellation())) {
        return aim;
      }
    }
    throw new Refusal(
        Refusal.Turn.RULE,
        ROUNDS + " releases in a row turned out to be copies of bad ones; choose one with --to");
  }

  private Aim ask(Wish wish) {
    Map<String, Reach> reach = reach();
    return wish.to().isEmpty()
        ? ledger.target(wish.components(), reach, survey.live())
        : ledger.explicitTarget(wish.to(), reach, survey.live());
  }

  private Map<String, Reach> reach() {
    Map<String, Reach> reach = new TreeMap<>();
    survey.unreachable().forEach((component, why) -> reach.put(component, Reach.none(why)));
    survey
        .inventories()
        .forEach((component, inventory) -> {
          Map<String, String> excluded = new TreeMap<>();
          inventory.excluded().forEach(e -> excluded.put(e.id(), e.reason()));
          reach.put(
              component,
              Reach.of(inventory.releases(), prints.getOrDefault(component, Map.of()), excluded));
        });
    return reach;
  }

  /// @return whether something was read that the ledger has not seen yet
  private boolean readMore(Constellation target) throws Refusal {
    boolean more = false;
    for (Release release : target.releases().values()) {
      String component = release.component();
      Optional<Inventory> inventory = survey.of(component);
      boolean moves = inventory.isPresent() && inventory.get().live().filter(release::is).isEmpty();
      if (moves && parts.platforms().get(component) instanceof Fingerprints source) {
        more |= read(source, inventory.get(), release);
      }
    }
    return more;
  }

  private boolean read(Fingerprints source, Inventory inventory, Release target) throws Refusal {
    Set<Release> compared = new HashSet<>(List.of(target));
    inventory.live().ifPresent(compared::add);
    inventory.releases().stream().filter(r -> ledger.bad(r).isPresent()).forEach(compared::add);
    Map<String, String> known = prints.computeIfAbsent(target.component(), _ -> new TreeMap<>());
    compared.removeIf(r -> known.containsKey(r.id()));
    try {
      for (Release release : compared) {
        known.put(release.id(), source.fingerprint(release));
      }
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          target.component() + " cannot be compared with what is bad: " + e.getMessage());
    }
    return !compared.isEmpty();
  }
}
