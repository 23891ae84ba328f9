package dev.lastgood.database.salvage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what users did to a row since two databases were exchanged. All that was written since
/// is theirs; what differed before is known, and is no doing of theirs.
final class Since {
  private static final String TWO_ROWS =
      "the kept database has another row with this key, which had been left out of this one";
  private static final String RETYPED =
      "it differs only in columns whose type a migration changed, and what users wrote there cannot"
          + " be told";

  private Since() {}

  sealed interface Verdict {
    /// Nothing of users is to be carried over.
    record Nothing() implements Verdict {}

    /// It is alike on both sides.
    record Alike() implements Verdict {}

    record Carry(Change change) implements Verdict {}

    record Leave(Change change, String reason) implements Verdict {}
  }

  static Verdict deleted(List<String> key, Row here, @Nullable Left left) {
    return left != null && left.kind() == Left.Kind.MISSING
        ? new Verdict.Nothing() // it was never in this database
        : new Verdict.Carry(new Change(Change.Kind.DELETE, key, here, null, true));
  }

  /// @param here the row in the kept database, if it has one
  /// @param there as users left it
  /// @param base hashes of the values that were carried over already, by column, if any were
  static Verdict written(
      TablePlan plan,
      List<String> key,
      @Nullable Row here,
      Row there,
      @Nullable Left left,
      @Nullable Map<Integer, @Nullable Long> base) {
    if (here == null || !plan.keyed()) {
      return new Verdict.Carry(new Change(Change.Kind.INSERT, key, null, there, true));
    }
    if (left != null && left.kind() == Left.Kind.DIFFERENT) {
      Optional<Row> merged = merged(plan, here, there, base == null ? left.was() : base);
      return merged.isEmpty()
          ? new Verdict.Nothing()
          : new Verdict.Carry(new Change(Change.Kind.UPDATE, key, here, merged.get(), true));
    }
    Carrying.Differs differs = Carrying.differs(plan, here, there);
    if (!differs.users() && !differs.touched()) {
      return new Verdict.Alike();
    }
    var change = new Change(Change.Kind.UPDATE, key, here, there, false);
    if (left != null && left.kind() == Left.Kind.MISSING) {
      return new Verdict.Leave(change, TWO_ROWS);
    }
    return differs.users() ? new Verdict.Carry(change) : new Verdict.Leave(change, RETYPED);
  }

  /// Users' values where they wrote, the kept database's where they did not.
  ///
  /// @return empty when they wrote nothing
  private static Optional<Row> merged(
      TablePlan plan, Row here, Row there, Map<Integer, @Nullable Long> base) {
    var values = new ArrayList<@Nullable String>();
    boolean any = false;
    for (int i = 0; i < plan.carried().size(); i++) {
      int column = TablePlan.column(plan.carried().get(i), Side.LIVE).number();
      boolean wrote =
          !base.containsKey(column) || !Objects.equals(base.get(column), Left.hash(there.value(i)));
      boolean same = Objects.equals(here.value(i), there.value(i));
      any |= wrote && !same;
      values.add(wrote ? there.value(i) : here.value(i));
    }
    return any ? Optional.of(there.with(values.toArray(String[]::new))) : Optional.empty();
  }
}
