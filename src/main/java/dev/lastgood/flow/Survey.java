package dev.lastgood.flow;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What every platform says at one moment.
///
/// @param inventories by component, of those that answered
/// @param unreachable why the others did not, by component
public record Survey(
    Instant at, SortedMap<String, Inventory> inventories, SortedMap<String, String> unreachable) {
  public Survey {
    inventories = Collections.unmodifiableSortedMap(new TreeMap<>(inventories));
    unreachable = Collections.unmodifiableSortedMap(new TreeMap<>(unreachable));
  }

  /// What is live, as observed; components without a live release are not in it.
  public Constellation live() {
    Constellation live = Constellation.EMPTY;
    for (Inventory inventory : inventories.values()) {
      if (inventory.live().isPresent()) {
        live = live.with(inventory.live().get());
      }
    }
    return live;
  }

  /// The release before the live one, in the order of its platform; nobody says that it was good.
  ///
  /// @return its id; empty when nothing is live or there is none
  public Optional<String> before(String component) {
    return of(component)
        .flatMap(inventory ->
            inventory.releases().stream()
                .map(Release::id)
                .dropWhile(id -> inventory.live().filter(l -> l.id().equals(id)).isEmpty())
                .skip(1)
                .findFirst());
  }

  /// Which components nobody could look at, and why, a sentence each.
  public List<String> unseen() {
    return unreachable.entrySet().stream()
        .map(e ->
            e.getKey()
                + " cannot be looked at, so what is live on it is not known: "
                + e.getValue())
        .toList();
  }

  public Optional<Inventory> of(String component) {
    return Optional.ofNullable(inventories.get(component));
  }
}
