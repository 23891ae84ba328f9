package dev.lastgood.database.salvage;

import dev.lastgood.database.salvage.PgOutput.Tuple;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What some changes of one row, one after the other, come to.
final class Net {
  enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    /// Deleted, and inserted again.
    REPLACE
  }

  final TablePlan plan;
  final List<String> key;
  Kind kind;

  /// How many changes it stands for.
  int changes = 1;

  /// What a migration left in the row, should one have written it.
  @Nullable Image image;

  private @Nullable String[] values;
  private final BitSet known = new BitSet();

  /// The values of the first update, to be held against what a migration left.
  private final @Nullable String[] first;

  private final BitSet firstKnown = new BitSet();

  /// Columns of which it is sure that a user changed them, or that nobody did.
  private final BitSet changed = new BitSet();

  private final BitSet same = new BitSet();

  private Net(TablePlan plan, List<String> key, Kind kind, Tuple row) {
    this.plan = plan;
    this.key = key;
    this.kind = kind;
    this.values = new @Nullable String[row.width()];
    for (int i = 0; i < row.width(); i++) {
      values[i] = row.value(i);
      known.set(i, !row.unchanged(i));
    }
    this.first = values.clone();
    this.firstKnown.or(known);
  }

  static Net of(Raw raw) {
    var net = new Net(raw.plan(), raw.key(), raw.kind(), raw.row());
    raw.whole().ifPresent(before -> net.unchanged(before, raw.row()));
    return net;
  }

  private void unchanged(Tuple before, Tuple after) {
    for (int i = 0; i < after.width(); i++) {
      if (!after.unchanged(i) && Objects.equals(before.value(i), after.value(i))) {
        same.set(i);
      }
    }
  }

  /// One change of the stream.
  ///
  /// @param row the new row; of a deleted one its key
  /// @param whole the whole old row, where the server gives it
  record Raw(TablePlan plan, List<String> key, Kind kind, Tuple row, Optional<Tuple> whole) {}

  /// The next change of the same row.
  ///
  /// @return false when nothing is left of it all
  boolean then(Raw raw) {
    changes++;
    switch (raw.kind()) {
      case INSERT, REPLACE -> {
        kind = kind == Kind.DELETE ? Kind.REPLACE : kind;
        same.clear();
        overlay(raw.row());
      }
      case UPDATE -> overlay(raw.row());
      case DELETE -> {
        if (kind == Kind.INSERT) {
          return false;
        }
        kind = Kind.DELETE;
      }
    }
    return true;
  }

  private void overlay(Tuple row) {
    if (values.length < row.width()) {
      values = java.util.Arrays.copyOf(values, row.width());
    }
    for (int i = 0; i < row.width(); i++) {
      if (!row.unchanged(i)) {
        if (!known.get(i) || !Objects.equals(values[i], row.value(i))) {
          changed.set(i);
          same.clear(i);
        }
        values[i] = row.value(i);
        known.set(i);
      }
    }
  }

  /// Whether every value is known: what is stored aside and was not touched is not sent.
  boolean complete() {
    return known.cardinality() == values.length;
  }

  @Nullable String value(int at) {
    return values[at];
  }

  boolean known(int at) {
    return known.get(at);
  }

  /// Whether a user changed this column, as far as it can be told.
  ///
  /// @param before what a migration left in the row; empty: no migration wrote it
  boolean users(int at, Optional<Image> before) {
    if (!known.get(at)) {
      return false;
    }
    if (changed.get(at)) {
      return true;
    }
    if (same.get(at)) {
      return false;
    }
    return before.isEmpty() || !firstKnown.get(at) || !before.get().holds(plan, at, first[at]);
  }

  /// The row in the order of a plan.
  Row row(TablePlan wanted) {
    return row(wanted, Optional.empty());
  }

  /// @param before where to take from what is not known
  Row row(TablePlan wanted, Optional<Row> before) {
    var carried = new ArrayList<@Nullable String>();
    for (int i = 0; i < wanted.carried().size(); i++) {
      int at = wanted.carried().get(i).live().number() - 1;
      carried.add(known.get(at) || before.isEmpty() ? values[at] : before.get().value(i));
    }
    var more = new ArrayList<@Nullable String>();
    wanted.pair().added().forEach(c -> more.add(values[c.number() - 1]));
    return new Row(
        carried.toArray(new @Nullable String[0]), more.toArray(new @Nullable String[0]), 0);
  }
}
