package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.SchemaDiff.Pair;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Layout.Laid;
import dev.lastgood.database.salvage.Layout.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which table and column of the good state is which one of the stream. The stream tells a table as
/// it was when the change was made: as in the good state, as it is now, or in between.
final class Mapping {
  /// Of a type that neither side has: only values that are written alike are the same.
  private static final String BETWEEN = "?";

  private final Prepared prepared;
  private final Catalog good;
  private final Catalog live;
  private final Layout now;
  private final Policy policy;

  Mapping(Prepared prepared, Catalog good, Catalog live, Layout now, Policy policy) {
    this.prepared = prepared;
    this.good = good;
    this.live = live;
    this.now = now;
    this.policy = policy;
  }

  /// Whether rows of a table of the stream are replayed; those of others are compared.
  boolean tells(long oid) {
    return prepared.tells(oid);
  }

  /// How rows of a table of the stream are written. Empty when the good state has no such table.
  Optional<TablePlan> plan(PgOutput.Said.Relation relation) {
    return prepared
        .layout()
        .table(relation.oid())
        .flatMap(then ->
            Optional.ofNullable(good.tables().get(new TableName(then.schema(), then.name())))
                .map(table -> plan(relation, then, table)));
  }

  private TablePlan plan(PgOutput.Said.Relation relation, Laid then, Table table) {
    List<Integer> numbers = numbers(relation, then, now.table(relation.oid()));
    var columns = new ArrayList<Column>();
    var matches = new ArrayList<Match>();
    for (int i = 0; i < relation.columns().size(); i++) {
      int number = numbers.get(i);
      Optional<Column> twin = then.numbered(number).flatMap(place -> table.column(place.name()));
      Column column = column(relation, then, twin, i, number);
      columns.add(column);
      twin.ifPresent(t -> matches.add(new Match(t, column)));
    }
    matches.sort(java.util.Comparator.comparingInt(m -> m.good().number()));
    Set<Integer> key = new HashSet<>();
    matches.stream()
        .filter(m -> table.key().contains(m.good().number()))
        .forEach(m -> key.add(m.live().number()));
    var told =
        new Table(
            new TableName(relation.schema(), relation.name()),
            relation.oid(),
            table.partitioned(),
            false,
            true,
            0,
            columns,
            List.of(),
            Set.of(key),
            List.of(),
            List.of(),
            java.util.Map.of());
    return new TablePlan(new Pair(table, told, matches), policy);
  }

  /// The numbers in the catalog, which the stream does not tell. Columns come in their order. One
  /// whose number cannot be told has none (-1), and is taken for one that the good state does not
  /// have.
  private static List<Integer> numbers(
      PgOutput.Said.Relation relation, Laid then, Optional<Laid> now) {
    List<String> names = relation.columns().stream().map(PgOutput.Column::name).toList();
    if (names.equals(then.stored().stream().map(Place::name).toList())) {
      return then.stored().stream().map(Place::number).toList();
    }
    if (now.isPresent() && names.equals(now.get().stored().stream().map(Place::name).toList())) {
      return now.get().stored().stream().map(Place::number).toList();
    }
    var numbers = new ArrayList<Integer>();
    int highest = 0;
    for (String name : names) {
      Optional<Integer> before = then.named(name).map(Place::number);
      Optional<Integer> after = now.flatMap(n -> n.named(name)).map(Place::number);
      boolean sure = before.isEmpty() || after.isEmpty() || before.equals(after);
      int number = sure ? before.or(() -> after).orElse(-1) : -1;
      numbers.add(number > highest ? number : -1);
      highest = Math.max(highest, number);
    }
    return between(numbers, then, now);
  }

  /// Columns whose names neither side knows: renamed twice. Those that are still there must be
  /// among them, between the same neighbours; when there are as many, they are these.
  private static List<Integer> between(List<Integer> known, Laid then, Optional<Laid> now) {
    var numbers = new ArrayList<>(known);
    for (int from = 0; from < numbers.size(); from++) {
      if (numbers.get(from) >= 0) {
        continue;
      }
      int to = from;
      while (to < numbers.size() && numbers.get(to) < 0) {
        to++;
      }
      int low = from == 0 ? 0 : numbers.get(from - 1);
      int high = to == numbers.size() ? Integer.MAX_VALUE : numbers.get(to);
      List<Integer> before =
          then.stored().stream().map(Place::number).filter(n -> n > low && n < high).toList();
      List<Integer> still =
          before.stream().filter(n -> now.flatMap(l -> l.numbered(n)).isPresent()).toList();
      boolean closed = to < numbers.size();
      List<Integer> these = closed && before.size() == to - from ? before : still;
      for (int i = from; i < to && these.size() == to - from; i++) {
        numbers.set(i, these.get(i - from));
      }
      from = to;
    }
    return numbers;
  }

  /// A column of the stream, numbered by its place there.
  private Column column(
      PgOutput.Said.Relation relation, Laid then, Optional<Column> twin, int at, int number) {
    PgOutput.Column told = relation.columns().get(at);
    if (twin.isPresent() && then.numbered(number).filter(p -> alike(p, told)).isPresent()) {
      return named(twin.get(), told.name(), at + 1, false);
    }
    Optional<Laid> laid = now.table(relation.oid());
    Optional<Column> present =
        laid.flatMap(
                l -> Optional.ofNullable(live.tables().get(new TableName(l.schema(), l.name()))))
            .flatMap(t -> t.column(number));
    boolean asNow = laid.flatMap(l -> l.numbered(number)).filter(p -> alike(p, told)).isPresent();
    if (present.isPresent() && asNow) {
      return named(present.get(), told.name(), at + 1, false);
    }
    return new Column(
        at + 1, told.name(), BETWEEN, BETWEEN, BETWEEN, false, false, false, false, false, false);
  }

  private static boolean alike(Place place, PgOutput.Column told) {
    return place.type() == told.type() && place.modifier() == told.modifier();
  }

  private static Column named(Column like, String name, int number, boolean generated) {
    return new Column(
        number,
        name,
        like.type(),
        like.base(),
        like.internal(),
        like.limited(),
        like.exactText(),
        like.notNull(),
        like.hasDefault(),
        generated,
        like.identityAlways());
  }
}
