package dev.lastgood.database;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the migrations since the good state did to the schema, as data: which table and column of
/// the good state is which one in the live database, and what is different there.
///
/// @param byIdentity whether tables and columns were matched by their numbers in the catalog, which
///   survive a rename; else by name
/// @param pairs the tables that both sides have
public record SchemaDiff(boolean byIdentity, List<Pair> pairs, List<Change> changes) {
  public SchemaDiff {
    pairs = List.copyOf(pairs);
    changes = List.copyOf(changes);
  }

  /// One table on both sides.
  ///
  /// @param columns each column of the good state that the live table has, too
  public record Pair(Table good, Table live, List<Match> columns) {
    public Pair {
      columns = List.copyOf(columns);
    }

    public Optional<Match> match(int goodNumber) {
      return columns.stream().filter(m -> m.good().number() == goodNumber).findFirst();
    }

    /// Columns that only the live table has.
    public List<Column> added() {
      Set<Integer> known = new HashSet<>();
      columns.forEach(m -> known.add(m.live().number()));
      return live.columns().stream().filter(c -> !known.contains(c.number())).toList();
    }
  }

  /// One column on both sides.
  public record Match(Column good, Column live) {
    /// Whether a migration changed what the column can hold, so that a difference of values says
    /// nothing about users.
    public boolean retyped() {
      return !good.type().equals(live.type()) || good.generated() != live.generated();
    }

    /// Whether the change of type left each value as it was, so that a difference is a user's after
    /// all: among integers, among texts, and where a number or time got more room and is spelled as
    /// before.
    public boolean faithful() {
      return Widening.faithful(good, live);
    }
  }

  /// One difference. Names are those of the side that has it; both where it was renamed.
  public sealed interface Change {
    TableName table();

    record TableAdded(TableName table) implements Change {}

    record TableDropped(TableName table) implements Change {}

    record TableRenamed(TableName table, TableName to) implements Change {}

    /// @param needed whether a row may be refused that is written by who does not know it: null is
    ///   forbidden, and there is no default, or it is computed from columns that may be null
    record ColumnAdded(TableName table, String column, boolean needed) implements Change {}

    record ColumnDropped(TableName table, String column) implements Change {}

    record ColumnRenamed(TableName table, String column, String to) implements Change {}

    /// @param wider whether each value of the old type fits the new one unchanged
    record ColumnRetyped(TableName table, String column, String from, String to, boolean wider)
        implements Change {}

    /// @param now whether a value is needed now
    record NullChanged(TableName table, String column, boolean now) implements Change {}

    /// @param hasDefault whether a row may be written without it
    record DefaultChanged(TableName table, String column, boolean hasDefault) implements Change {}

    record ConstraintAdded(TableName table, String name, String definition) implements Change {}

    record ConstraintDropped(TableName table, String name, String definition) implements Change {}

    record RowSecurityChanged(TableName table, boolean now) implements Change {}
  }

  /// @param renamed columns of the good state by `schema.table.column`, and what they are called in
  ///   the live database; needed only where the two are not of one descent
  public static SchemaDiff of(Catalog good, Catalog live, Map<String, String> renamed) {
    return new Comparison(good, live, renamed).diff();
  }

  private static final class Comparison {
    private final Catalog good;
    private final Catalog live;
    private final Map<String, String> renamed;
    private final List<Pair> pairs = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    Comparison(Catalog good, Catalog live, Map<String, String> renamed) {
      this.good = good;
      this.live = live;
      this.renamed = renamed;
    }

    SchemaDiff diff() {
      Map<Long, Table> liveByIdentity = new HashMap<>();
      live.tables().values().forEach(t -> liveByIdentity.put(t.identity(), t));
      boolean descent = descent(liveByIdentity);
      Set<TableName> used = new HashSet<>();
      for (Table table : good.tables().values()) {
        Table twin = descent ? liveByIdentity.get(table.identity()) : null;
        if (twin == null) {
          twin = live.tables().get(table.name());
          if (twin != null && descent && good.tables().values().stream().anyMatch(same(twin))) {
            twin = null;
          }
        }
        if (twin == null || !used.add(twin.name())) {
          changes.add(new Change.TableDropped(table.name()));
        } else {
          pair(table, twin, descent && twin.identity() == table.identity());
        }
      }
      live.tables().keySet().stream()
          .filter(t -> !used.contains(t))
          .forEach(t -> changes.add(new Change.TableAdded(t)));
      return new SchemaDiff(descent, pairs, changes);
    }

    private static java.util.function.Predicate<Table> same(Table twin) {
      return t -> t.identity() == twin.identity();
    }

    /// One descent: every table that both sides know by name has the same number, and its columns
    /// agree by number in name or in type. Fresh clusters that ran the same script agree, too, and
    /// there the numbers mean the same; anything else is matched by name.
    private boolean descent(Map<Long, Table> liveByIdentity) {
      int agreeing = 0;
      for (Table table : good.tables().values()) {
        Table named = live.tables().get(table.name());
        Table twin = liveByIdentity.get(table.identity());
        if (named != null && named.identity() == table.identity()) {
          agreeing++;
        }
        if (named != null && twin == null && !createdAnew(table, named)) {
          return false;
        }
        if (twin != null && !columnsAgree(table, twin)) {
          return false;
        }
      }
      return agreeing > 0;
    }

    /// A table that a migration dropped and made again under its name is newer than all others.
    private boolean createdAnew(Table table, Table named) {
      return named.identity() > table.identity()
          && good.tables().values().stream().noneMatch(t -> t.identity() >= named.identity());
    }

    private static boolean columnsAgree(Table table, Table twin) {
      boolean any = false;
      for (Column column : table.columns()) {
        Optional<Column> other = twin.column(column.number());
        if (other.isPresent()) {
          any |= other.get().name().equals(column.name());
          if (!other.get().name().equals(column.name())
              && !other.get().type().equals(column.type())) {
            return false;
          }
        }
      }
      return any;
    }

    private void pair(Table table, Table twin, boolean byNumber) {
      Map<Integer, Column> matched = new LinkedHashMap<>();
      Set<Integer> taken = new HashSet<>();
      for (Column column : table.columns()) {
        Optional<Column> other =
            byNumber ? twin.column(column.number()) : named(table, twin, column);
        other.ifPresent(o -> {
          if (taken.add(o.number())) {
            matched.put(column.number(), o);
          }
        });
      }
      // dropped and added again under the same name is the same column to the old code
      for (Column column : table.columns()) {
        if (!matched.containsKey(column.number())) {
          named(table, twin, column)
              .filter(o -> !taken.contains(o.number()))
              .ifPresent(o -> {
                taken.add(o.number());
                matched.put(column.number(), o);
              });
        }
      }
      List<Match> matches =
          table.columns().stream()
              .filter(c -> matched.containsKey(c.number()))
              .map(c -> new Match(c, java.util.Objects.requireNonNull(matched.get(c.number()))))
              .toList();
      var pair = new Pair(table, twin, matches);
      pairs.add(pair);
      describe(pair);
    }

    private Optional<Column> named(Table table, Table twin, Column column) {
      String told =
          renamed.get(table.name().schema() + "." + table.name().name() + "." + column.name());
      return twin.column(told == null ? column.name() : told);
    }

    private void describe(Pair pair) {
      TableName name = pair.good().name();
      if (!name.equals(pair.live().name())) {
        changes.add(new Change.TableRenamed(name, pair.live().name()));
      }
      for (Column column : pair.good().columns()) {
        Optional<Match> match = pair.match(column.number());
        if (match.isEmpty()) {
          changes.add(new Change.ColumnDropped(name, column.name()));
        } else {
          describe(name, match.get());
        }
      }
      for (Column column : pair.added()) {
        changes.add(
            new Change.ColumnAdded(
                name,
                column.name(),
                column.notNull() && (column.generated() || !column.hasDefault())));
      }
      describeConstraints(pair, name);
    }

    private void describe(TableName table, Match match) {
      Column before = match.good();
      Column after = match.live();
      if (!before.name().equals(after.name())) {
        changes.add(new Change.ColumnRenamed(table, before.name(), after.name()));
      }
      if (match.retyped()) {
        changes.add(
            new Change.ColumnRetyped(
                table, before.name(), before.type(), after.type(), Widening.wider(before, after)));
      }
      if (before.notNull() != after.notNull()) {
        changes.add(new Change.NullChanged(table, before.name(), after.notNull()));
      }
      if (before.hasDefault() != after.hasDefault()) {
        changes.add(new Change.DefaultChanged(table, before.name(), after.hasDefault()));
      }
    }

    private void describeConstraints(Pair pair, TableName table) {
      Map<String, String> before = definitions(pair.good());
      Map<String, String> after = definitions(pair.live());
      after.forEach((name, definition) -> {
        if (!before.containsKey(name) && !before.containsValue(definition)) {
          changes.add(new Change.ConstraintAdded(table, name, definition));
        } else if (before.containsKey(name) && !definition.equals(before.get(name))) {
          changes.add(new Change.ConstraintAdded(table, name, definition));
        }
      });
      before.forEach((name, definition) -> {
        boolean kept = definition.equals(after.get(name)) || after.containsValue(definition);
        if (!kept) {
          changes.add(new Change.ConstraintDropped(table, name, definition));
        }
      });
      if (pair.good().rowSecurity() != pair.live().rowSecurity()) {
        changes.add(new Change.RowSecurityChanged(table, pair.live().rowSecurity()));
      }
    }

    private static Map<String, String> definitions(Table table) {
      Map<String, String> all = new LinkedHashMap<>();
      table.constraints().forEach(c -> all.put(c.name(), c.definition()));
      table.foreignKeys().forEach(c -> all.put(c.name(), c.definition()));
      return all;
    }
  }
}
