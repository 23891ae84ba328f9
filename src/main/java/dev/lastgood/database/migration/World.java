package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Check;
import dev.lastgood.database.sql.ColumnRule;
import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

  /// New columns that are made of others.
  private final Set<String> computed = new HashSet<>();

  /// New columns that a check forbids to be null.
  private final Set<String> refuseNull = new HashSet<>();

  /// New columns that a rule needs to be null in rows of older code.
  private final Set<String> stayNull = new HashSet<>();

  /// Rules and indexes the target knows that make values unique.
  private final Set<String> unique = new HashSet<>();

  private final Set<String> made = new HashSet<>();
  private final Set<String> madeSince = new HashSet<>();

  /// Tables whose definition was read, so that all their columns are known.
  private final Set<String> whole = new HashSet<>();

  /// Tables and columns that the target knows, whatever became of them.
  private final Set<String> old = new HashSet<>();

  /// What the target did and nobody could judge.
  private final StringBuilder unread = new StringBuilder();

  private boolean hidden;
  private boolean since;

  /// From here on everything is newer than the target.
  void targetReached() {
    since = true;
    types.forEach((table, columns) -> {
      old.add(table);
      columns.keySet().forEach(c -> old.add(table + "." + c));
    });
  }

  /// The target has a migration whose SQL is not known: it may have made anything.
  void hidden() {
    hidden = true;
  }

  /// The target has a migration that is understood in part only.
  void unread(String sql) {
    unread.append(sql.toLowerCase(Locale.ROOT)).append('\n');
  }

  boolean isNew(Named table) {
    return newTables.contains(table.name());
  }

  boolean isNew(Named table, String column) {
    return isNew(table) || newColumns.contains(key(table, column));
  }

  /// Whether null is forbidden in a new column.
  boolean isMust(Named table, String column) {
    return must.contains(key(table, column)) || refuseNull.contains(key(table, column));
  }

  /// Whether something gives a new column its value when nobody does.
  boolean isGiven(Named table, String column) {
    return given.contains(key(table, column));
  }

  boolean isComputed(Named table, String column) {
    return computed.contains(key(table, column));
  }

  /// Whether a check reads one new column alone and holds for what stands there in each row that
  /// older code writes: a default was chosen with it in mind.
  boolean holds(Named table, Check check) {
    return check.columns().size() == 1
        && check.columns().stream()
            .allMatch(c ->
                newColumns.contains(key(table, c))
                    && !isComputed(table, c)
                    && (isGiven(table, c) || !check.refusesNull()));
  }

  /// Whether one of these columns is null in each row that older code writes.
  boolean staysNull(Named table, List<String> columns) {
    return columns.stream().anyMatch(c -> staysNull(table, c));
  }

  private boolean staysNull(Named table, String column) {
    return newColumns.contains(key(table, column))
        && !isGiven(table, column)
        && !isComputed(table, column);
  }

  /// Whether a rule holds only as long as it does.
  boolean mustStayNull(Named table, String column) {
    return stayNull.contains(key(table, column));
  }

  /// Whether the target counts on no two rows being alike there.
  boolean isUnique(Named table, String rule) {
    return unique.contains(ofRule(table, rule));
  }

  boolean isUnique(Named index) {
    return unique.contains("index " + index.name());
  }

  /// Whether it may be unique, since its making was not read: what PostgreSQL calls a check or a
  /// foreign key is neither.
  boolean mayBeUnique(Named table, String rule) {
    return notRead(ofRule(table, rule)) && !rule.endsWith("_fkey") && !rule.endsWith("_check");
  }

  boolean mayBeUnique(Named index) {
    return notRead("index " + index.name());
  }

  private boolean notRead(String key) {
    return !made.contains(key) && !madeSince.contains(key);
  }

  private static String ofRule(Named table, String rule) {
    return "rule " + key(table, rule);
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

  /// The same, or nobody can say.
  boolean mayBeMade(String kind, Named name) {
    return hidden || wasMade(kind, name);
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
      case Deed.CreateTable d -> create(d);
      case Deed.AddColumn d -> add(d);
      case Deed.NotNull d -> set(must, key(d.table(), d.column()), d.now());
      case Deed.Default d -> {
        set(given, key(d.table(), d.column()), d.value().isPresent());
        computed.remove(key(d.table(), d.column()));
      }
      case Deed.ChangeType d ->
          types.computeIfAbsent(d.table().name(), _ -> new HashMap<>()).put(d.column(), d.type());
      case Deed.RenameColumn d -> rename(d);
      case Deed.RenameTable d -> rename(d);
      case Deed.RenameRule d -> moved(ofRule(d.table(), d.from()), ofRule(d.table(), d.to()));
      case Deed.DropTable d -> {
        leaves(d.table());
        types.remove(d.table().name());
        whole.remove(d.table().name());
      }
      case Deed.DropColumn d -> {
        leaves(d.table(), d.column());
        types.getOrDefault(d.table().name(), new HashMap<>()).remove(d.column());
      }
      case Deed.Make d -> {
        if (!since) {
          made.add(d.kind() + " " + d.name().name());
        } else if (!wasMade(d.kind(), d.name()) && !(hidden && d.replace())) {
          madeSince.add(d.kind() + " " + d.name().name());
        }
      }
      case Deed.CreateIndex d -> {
        noted(d.name().map(n -> "index " + n.name()), d.unique());
        needNull(d.table(), d.unique() ? d.columns() : List.of());
      }
      case Deed.AddRule d -> {
        noted(d);
        needNull(d.table(), d.columns());
        d.check()
            .filter(Check::refusesNull)
            .ifPresent(c -> c.columns().forEach(column -> refuse(d.table(), column)));
      }
      case Deed.RuleOfColumn d -> {
        noted(d.rule().name().map(n -> ofRule(d.table(), n)), d.rule().alone());
        if (d.rule().holds() == ColumnRule.Holds.GIVEN) {
          refuse(d.table(), d.column());
        } else if (!d.rule().kind().equals("CHECK")) {
          needNull(d.table(), List.of(d.column()));
        }
      }
      default -> {}
    }
  }

  private void noted(Deed.AddRule rule) {
    noted(rule.name().map(n -> ofRule(rule.table(), n)), rule.alone());
  }

  private void noted(Optional<String> key, boolean alone) {
    key.ifPresent(k -> {
      (since ? madeSince : made).add(k);
      if (alone && !since) {
        unique.add(k);
      }
    });
  }

  private void moved(String from, String to) {
    for (Set<String> some : List.of(made, madeSince, unique)) {
      if (some.remove(from)) {
        some.add(to);
      }
    }
  }

  private void refuse(Named table, String column) {
    if (newColumns.contains(key(table, column))) {
      refuseNull.add(key(table, column));
    }
  }

  private void needNull(Named table, List<String> columns) {
    columns.stream().filter(c -> staysNull(table, c)).forEach(c -> stayNull.add(key(table, c)));
  }

  private void create(Deed.CreateTable deed) {
    String name = deed.table().name();
    boolean known = types.containsKey(name) || old.contains(name);
    if (since && !known && deed.unlessThere() && mayBeThere(name)) {
      return;
    }
    if (types.putIfAbsent(name, new HashMap<>(deed.columns())) == null
        && !deed.columns().isEmpty()) {
      whole.add(name);
      deed.rules().forEach(this::noted);
    }
    if (since && !known) {
      newTables.add(name);
    }
  }

  private void add(Deed.AddColumn deed) {
    Map<String, String> columns = types.computeIfAbsent(deed.table().name(), _ -> new HashMap<>());
    if (deed.unlessThere()) {
      boolean unknown =
          !isNew(deed.table())
              && (!whole.contains(deed.table().name()) || mayBeThere(deed.column()));
      if (columns.containsKey(deed.column()) || (since && unknown)) {
        return;
      }
    }
    String key = key(deed.table(), deed.column());
    columns.put(deed.column(), deed.type());
    if (since && !old.contains(key)) {
      newColumns.add(key);
      set(must, key, deed.must());
      set(given, key, deed.filled() == Deed.Filled.YES);
      set(computed, key, deed.filled() == Deed.Filled.COMPUTED);
    }
  }

  /// Whether the target may have made something of that name where nobody can read it.
  private boolean mayBeThere(String name) {
    return hidden || unread.indexOf(name.toLowerCase(Locale.ROOT)) >= 0;
  }

  private void rename(Deed.RenameColumn deed) {
    leaves(deed.table(), deed.from());
    Map<String, String> columns = types.computeIfAbsent(deed.table().name(), _ -> new HashMap<>());
    String type = columns.remove(deed.from());
    if (type != null) {
      columns.put(deed.to(), type);
    }
    String to = key(deed.table(), deed.to());
    for (Set<String> some : List.of(newColumns, must, given, computed, stayNull, refuseNull)) {
      if (some.remove(key(deed.table(), deed.from())) && !old.contains(to)) {
        some.add(to);
      }
    }
  }

  private void rename(Deed.RenameTable deed) {
    leaves(deed.from());
    String rules = ofRule(deed.from(), "");
    for (Set<String> some : List.of(made, madeSince, unique)) {
      some.stream()
          .filter(k -> k.startsWith(rules))
          .toList()
          .forEach(k -> moved(k, ofRule(deed.to(), k.substring(rules.length()))));
    }
    Map<String, String> columns = types.remove(deed.from().name());
    if (columns != null) {
      types.put(deed.to().name(), columns);
    }
    if (whole.remove(deed.from().name())) {
      whole.add(deed.to().name());
    }
    if (newTables.remove(deed.from().name()) && !old.contains(deed.to().name())) {
      newTables.add(deed.to().name());
    }
  }

  /// The target goes on asking for the name.
  private void leaves(Named table) {
    if (since && !isNew(table)) {
      old.add(table.name());
    }
  }

  private void leaves(Named table, String column) {
    if (since && !isNew(table, column)) {
      old.add(key(table, column));
    }
  }
}
