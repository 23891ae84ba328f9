package dev.lastgood.database;

import dev.lastgood.database.Catalog.Column;
import java.util.List;

/// Whether each value of one type fits another unchanged, both ways of use included: what old code
/// writes is accepted. Only what PostgreSQL converts without loss is called wider.
final class Widening {
  private static final List<String> INTEGERS = List.of("int2", "int4", "int8");
  private static final List<String> TEXTS = List.of("varchar", "text");

  private Widening() {}

  static boolean wider(Column before, Column after) {
    if (before.generated() != after.generated()) {
      return false;
    }
    int from = INTEGERS.indexOf(before.internal());
    int to = INTEGERS.indexOf(after.internal());
    if (from >= 0 && to >= 0) {
      return to >= from;
    }
    if (TEXTS.contains(before.internal()) && TEXTS.contains(after.internal())) {
      return !after.limited() || (before.limited() && length(after) >= length(before));
    }
    return before.internal().equals("numeric")
        && after.internal().equals("numeric")
        && !after.limited();
  }

  /// Narrower types of the same family fail rather than change a value; numbers are rounded.
  static boolean faithful(Column before, Column after) {
    boolean integers = INTEGERS.contains(before.internal()) && INTEGERS.contains(after.internal());
    boolean texts = TEXTS.contains(before.internal()) && TEXTS.contains(after.internal());
    return before.generated() == after.generated() && (integers || texts || wider(before, after));
  }

  private static int length(Column column) {
    int open = column.type().indexOf('(');
    int close = column.type().indexOf(')');
    try {
      return open < 0 ? 0 : Integer.parseInt(column.type().substring(open + 1, close));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
