package dev.lastgood.flow;

import dev.lastgood.ledger.Mark;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Copies of what is live where the next deploy writes over it: made when somebody says what is
/// live, removed by retention.
final class Copies {
  private final Parts parts;
  private final Office office;

  Copies(Parts parts, Office office) {
    this.parts = parts;
    this.office = office;
  }

  /// Of a component whose platform keeps nothing there is nothing to do.
  Kept keep(Set<String> components) {
    List<String> lines = new ArrayList<>();
    List<String> troubles = new ArrayList<>();
    parts
        .platforms()
        .forEach((component, platform) -> {
          if (components.contains(component) && platform instanceof Keeping keeping) {
            keep(component, keeping, lines, troubles);
          }
        });
    return new Kept(lines, troubles);
  }

  /// Only when this release is what is live: else something that nobody spoke of would be kept.
  Kept keep(String component, String id) {
    Platform platform = parts.platforms().get(component);
    if (!(platform instanceof Keeping)) {
      return Kept.NOTHING;
    }
    try {
      Inventory there = platform.inventory();
      Optional<String> live = there.live().map(Release::id);
      if (live.filter(Predicate.isEqual(id)).isPresent()) {
        return keep(Set.of(component));
      }
      return there.find(id).isPresent()
          ? Kept.NOTHING
          : new Kept(
              List.of(
                  component + " " + id + " is not live, and no copy of it is there to go back to"),
              List.of());
    } catch (PlatformUnreachable e) {
      return new Kept(
          List.of(),
          List.of(
              "whether a copy of "
                  + component
                  + " "
                  + id
                  + " is kept is not known: "
                  + e.getMessage()));
    }
  }

  private void keep(String component, Keeping keeping, List<String> lines, List<String> troubles) {
    try {
      Keeping.Kept kept = keeping.keep();
      kept.ids().forEach(id -> lines.add(component + " " + id + " is kept"));
      kept.lost()
          .forEach(where -> troubles.add(lost(component + " could not be kept on " + where)));
      if (kept.ids().isEmpty()) {
        return;
      }
    } catch (PlatformUnreachable e) {
      troubles.add(lost(component + " could not be kept: " + e.getMessage()));
      return;
    }
    try {
      List<String> removed = prune(component);
      if (!removed.isEmpty()) {
        lines.add("removed by retention: " + String.join(", ", removed));
      }
    } catch (PlatformUnreachable e) {
      troubles.add("old releases could not be removed: " + e.getMessage());
    }
  }

  private static String lost(String what) {
    return what + ". There may be no way back to what is live there now";
  }

  /// @return ids of what was removed; never what is known good or marked
  List<String> prune(String component) throws PlatformUnreachable {
    if (!(parts.platforms().get(component) instanceof Retention retention)) {
      return List.of();
    }
    Set<String> stay = new HashSet<>();
    office
        .ledger()
        .knownGood()
        .forEach(g -> g.constellation().on(component).ifPresent(r -> stay.add(r.id())));
    parts.book().marks(office.scope()).stream()
        .filter(m -> m.component().equals(component))
        .map(Mark::release)
        .forEach(stay::add);
    return retention.prune(stay);
  }
}
