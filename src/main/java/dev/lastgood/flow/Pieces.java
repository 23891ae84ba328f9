package dev.lastgood.flow;

import dev.lastgood.plan.Change;
import dev.lastgood.provider.Piecemeal;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import dev.lastgood.provider.Piecemeal.Piece;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// What goes back where only parts of a component shall.
///
/// @param changes as they are planned: a component of which a part goes back is a release of its
///   own then
record Pieces(List<Change> changes, Map<String, Piece> pieces) {
  static final Pieces NONE = new Pieces(List.of(), Map.of());

  static Pieces of(List<Change> changes, List<String> tables, SortedMap<String, Platform> platforms)
      throws Refusal {
    if (tables.isEmpty()) {
      return new Pieces(changes, Map.of());
    }
    List<Change> able =
        changes.stream().filter(c -> platforms.get(c.component()) instanceof Piecemeal).toList();
    if (able.size() != 1) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "--tables needs exactly one database that goes back, and here "
              + (able.isEmpty()
                  ? "there is none"
                  : "there are "
                      + able.stream().map(Change::component).collect(Collectors.joining(", ")))
              + ": name it, e.g. lastgood rollback database --tables customer");
    }
    Change one = able.getFirst();
    Piece piece = piece(one, tables, platforms);
    List<Change> all = new ArrayList<>(changes);
    all.replaceAll(c -> c.equals(one) ? new Change(c.component(), c.from(), piece.to()) : c);
    return new Pieces(List.copyOf(all), new HashMap<>(Map.of(one.component(), piece)));
  }

  private static Piece piece(
      Change change, List<String> tables, SortedMap<String, Platform> platforms) throws Refusal {
    String component = change.component();
    if (!(platforms.get(component) instanceof Piecemeal platform)) {
      throw new IllegalStateException(component + " has no parts");
    }
    try {
      return platform.piece(change.from(), change.to(), tables);
    } catch (NoSuchPart e) {
      throw new Refusal(Refusal.Turn.INPUT, component + ": " + e.getMessage());
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          component + " cannot be planned, so nothing was changed: " + e.getMessage());
    }
  }

  Optional<Piece> of(Change change) {
    return Optional.ofNullable(pieces.get(change.component()));
  }
}
