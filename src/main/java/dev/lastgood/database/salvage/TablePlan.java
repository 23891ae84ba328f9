package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.SchemaDiff.Pair;
import dev.lastgood.database.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How one table is compared and written.
final class TablePlan {
  private static final Set<String> SMALL =
      Set.of(
          "int2",
          "int4",
          "int8",
          "bool",
          "date",
          "timestamp",
          "timestamptz",
          "time",
          "uuid",
          "oid");

  private final Pair pair;
  private final List<KeyColumn> key;
  private final List<Match> carried;
  private final List<Match> users;
  private final List<Match> touched;
  private final List<Match> hashed;
  private final Optional<String> trouble;

  TablePlan(Pair pair, Policy policy) {
    this.pair = pair;
    this.carried = pair.columns().stream().filter(m -> !m.good().generated()).toList();
    this.touched = carried.stream().filter(m -> touched(m, policy)).toList();
    this.users = carried.stream().filter(m -> !touched(m, policy)).toList();
    var columns = new ArrayList<KeyColumn>();
    var live = new HashSet<Integer>();
    boolean mapped = true;
    for (int number : pair.good().key()) {
      Optional<Match> match = pair.match(number);
      Optional<KeyColumn> column = match.flatMap(KeyColumn::of);
      column.ifPresent(columns::add);
      match.ifPresent(m -> live.add(m.live().number()));
      mapped &= column.isPresent();
    }
    boolean unique = pair.live().unique().stream().anyMatch(live::containsAll);
    if (mapped && unique && !columns.isEmpty()) {
      this.key = List.copyOf(columns);
      this.trouble = Optional.empty();
    } else {
      this.key = List.of();
      this.trouble = trouble(mapped);
    }
    this.hashed = users.stream().filter(m -> key.stream().noneMatch(k -> names(k, m))).toList();
  }

  /// Whether rows with the same key have the same value there, spelled alike.
  private static boolean names(KeyColumn key, Match column) {
    return key.match().equals(column) && key.kind() != KeyColumn.Kind.TEXT;
  }

  private TablePlan(TablePlan plan, String trouble) {
    this.pair = plan.pair;
    this.carried = plan.carried;
    this.touched = plan.touched;
    this.users = plan.users;
    this.key = plan.key;
    this.hashed = plan.hashed;
    this.trouble = Optional.of(trouble);
  }

  /// The same table, whose rows go into a file as they are.
  TablePlan aside(String why) {
    return new TablePlan(this, why);
  }

  /// Without a key on both sides rows are compared whole. Where the key itself was changed, the
  /// same row looks different on both sides, and comparing would delete and insert all of them.
  private Optional<String> trouble(boolean mapped) {
    return mapped || pair.good().key().isEmpty()
        ? Optional.empty()
        : Optional.of("its key was dropped or changed its type, so no row can be recognised");
  }

  private boolean touched(Match match, Policy policy) {
    TableName table = pair.good().name();
    return (match.retyped() && !match.faithful())
        || policy
            .touched()
            .contains(table.schema() + "." + table.name() + "." + match.good().name());
  }

  Pair pair() {
    return pair;
  }

  TableName name() {
    return pair.good().name();
  }

  Table table(Side side) {
    return side == Side.GOOD ? pair.good() : pair.live();
  }

  static Column column(Match match, Side side) {
    return side == Side.GOOD ? match.good() : match.live();
  }

  boolean keyed() {
    return !key.isEmpty();
  }

  List<KeyColumn> key() {
    return key;
  }

  /// Columns whose values are carried over: both sides have them, and the good state stores them.
  List<Match> carried() {
    return carried;
  }

  /// Those of them in which a difference is a user's.
  List<Match> users() {
    return users;
  }

  /// Those of them that a migration changed.
  List<Match> touched() {
    return touched;
  }

  /// Whether a migration changed the type of one of the columns that are users'. It may have
  /// rewritten them on the way.
  boolean doubtful() {
    return users.stream().anyMatch(Match::retyped);
  }

  /// Why its rows cannot be told apart at all.
  Optional<String> trouble() {
    return trouble;
  }

  boolean wide() {
    return pair.good().wide() || pair.live().wide();
  }

  /// One number for what users can change in a row; 64 bits.
  String hash(Side side) {
    return RowHash.of(hashed, side);
  }

  String touchedHash(Side side) {
    return RowHash.ofTexts(touched, side);
  }

  /// Bytes of the values that may be stored aside, as far as the server knows without reading them.
  String size(Side side) {
    String sum =
        carried.stream()
            .map(m -> column(m, side))
            .filter(c -> !SMALL.contains(c.internal()))
            .map(c -> "coalesce(pg_column_size(t." + c.quoted() + "), 0)")
            .collect(Collectors.joining(" + "));
    return !wide() || sum.isEmpty() ? "0" : sum;
  }

  String readKey(Side side) {
    return key.stream().map(k -> k.read(side)).collect(Collectors.joining(", "));
  }

  String orderKey(Side side) {
    return key.stream().map(k -> k.order(side)).collect(Collectors.joining(", "));
  }

  /// Joins `t` with an unnested table `u` of keys.
  String onKey(Side side) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < key.size(); i++) {
      parts.add(key.get(i).equal(side, "u.k" + i));
    }
    return String.join(" and ", parts);
  }

  /// `unnest(?::text[], …) as u(k0, …)`
  String keysAsTable() {
    var marks = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < key.size(); i++) {
      marks.add("?::text[]");
      names.add("k" + i);
    }
    return "unnest(" + String.join(", ", marks) + ") as u(" + String.join(", ", names) + ")";
  }

  int compareKeys(List<String> a, List<String> b) {
    for (int i = 0; i < key.size(); i++) {
      int order = key.get(i).compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
