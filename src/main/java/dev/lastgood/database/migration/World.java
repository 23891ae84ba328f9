package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The schema as far as migrations tell it: which types columns had, and what is new since the
/// target, so that what happens to it cannot hurt older code.
final class World {
  private final Map<String, Map<String, String>> types = new HashMap<>();
  private final Set<String> newTables = new HashSet<>();
  private final Set<String> newColumns = new HashSet<>();

  /// Of the new columns: where null is forbidden, and where something gives a value.
  private final Set<String> must = new HashSet<>();

  private final Set<String> given = new HashSet<>();
  private final Set<String> made = new HashSet<>();
  private final Set<String> madeSince = new HashSet<>();
  private boolean since;

  /// From here on everything is newer than the target.
  void targetReached() {
    since = true;
  }

  boolean isNew(Named table) {
    return newTables.contains(table.name());
  }

  boolean isNew(Named table, String column) {
    return isNew(table) || newColumns.contains(key(table, column));
  }

  /// Whether null is forbidden in a new column.
  boolean isMust(Named table, String column) {
    return must.contains(key(table, column));
  }

  /// Whether something gives a new column its value when nobody does.
  boolean isGiven(Named table, String column) {
    return given.contains(key(table, column));
  }

  private static String key(Named table, String column) {
    return table.name() + "." + column;
  }

  private static void set(Set<String> all, String key, boolean there) {
    if (there) {
      all.add(key);
    } else {
      all.remove(key);
    }
  }

  /// Whether something of that kind and name was made by a migration the target knows.
  boolean wasMade(String kind, Named name) {
    return made.contains(kind + " " + name.name());
  }

  boolean wasMade(String kind, Named table, String name) {
    return made.contains(kind + " " + table.name() + "." + name);
  }

  boolean madeSince(String kind, Named name) {
    return madeSince.contains(kind + " " + name.name());
  }

  Optional<String> type(Named table, String column) {
    return Optional.ofNullable(types.getOrDefault(table.name(), Map.of()).get(column));
  }

  void after(Deed deed) {
    switch (deed) {
      case Deed.CreateTable d -> {
        boolean known = types.containsKey(d.table().name());
        types.putIfAbsent(d.table().name(), new HashMap<>(d.columns()));
        if (since && !known) {
          newTables.add(d.table().name());
        }
      }
      case Deed.AddColumn d -> {
        types.computeIfAbsent(d.table().name(), _ -> new HashMap<>()).put(d.column(), d.type());
        if (since) {
          newColumns.add(key(d.table(), d.column()));
          set(must, key(d.table(), d.column()), d.must());
          set(given, key(d.table(), d.column()), d.given());
        }
      }
      case Deed.NotNull d -> set(must, key(d.table(), d.column()), d.now());
      case Deed.Default d -> set(given, key(d.table(), d.column()), d.value().isPresent());
      case Deed.ChangeType d ->
          types.computeIfAbsent(d.table().name(), _ -> new HashMap<>()).put(d.column(), d.type());
      case Deed.RenameColumn d -> {
        Map<String, String> columns = types.computeIfAbsent(d.table().name(), _ -> new HashMap<>());
        String type = columns.remove(d.from());
        if (type != null) {
          columns.put(d.to(), type);
        }
        for (Set<String> some : List.of(newColumns, must, given)) {
          if (some.remove(key(d.table(), d.from()))) {
            some.add(key(d.table(), d.to()));
          }
        }
      }
      case Deed.RenameTable d -> {
        Map<String, String> columns = types.remove(d.from().name());
        if (columns != null) {
          types.put(d.to().name(), columns);
        }
        if (newTables.remove(d.from().name())) {
          newTables.add(d.to().name());
        }
      }
      case Deed.DropTable d -> types.remove(d.table().name());
      case Deed.Make d -> (since ? madeSince : made).add(d.kind() + " " + d.name().name());
      case Deed.CreateIndex d ->
          d.name().ifPresent(n -> (since ? madeSince : made).add("index " + n.name()));
      case Deed.AddRule d ->
          d.name()
              .ifPresent(n -> (since ? madeSince : made).add("rule " + d.table().name() + "." + n));
      default -> {}
    }
  }
}
