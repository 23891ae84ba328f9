package dev.lastgood.database;

import dev.lastgood.database.Catalog.Column;
import java.util.List;
import java.util.stream.Stream;

/// Whether each value of one type fits another unchanged, both ways of use included: what old code
/// writes is accepted. Only what PostgreSQL converts without loss is called wider.
final class Widening {
  private static final List<String> INTEGERS = List.of("int2", "int4", "int8");
  private static final List<String> TEXTS = List.of("varchar", "text");
  private static final List<String> TIMES = List.of("timestamp", "timestamptz");
  private static final int MOST_OF_A_SECOND = 6;

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
    if (unknown(after) || (unknown(before) && after.limited())) {
      return false;
    }
    if (TEXTS.contains(before.internal()) && TEXTS.contains(after.internal())) {
      return !after.limited() || (before.limited() && length(after) >= length(before));
    }
    if (!before.internal().equals(after.internal())) {
      return false;
    }
    if (before.internal().equals("numeric")) {
      return !after.limited() || (before.limited() && moreDigits(limits(before), limits(after)));
    }
    return TIMES.contains(before.internal()) && digits(before) <= digits(after);
  }

  /// Narrower types of the same family fail rather than change a value; numbers are rounded.
  static boolean faithful(Column before, Column after) {
    boolean integers = INTEGERS.contains(before.internal()) && INTEGERS.contains(after.internal());
    boolean texts = TEXTS.contains(before.internal()) && TEXTS.contains(after.internal());
    return before.generated() == after.generated() && (integers || texts || wider(before, after));
  }

  /// As many digits behind the point, and no fewer before it: `1.50` stays `1.50`.
  private static boolean moreDigits(List<Integer> before, List<Integer> after) {
    return after.getFirst() >= before.getFirst() && scale(after) == scale(before);
  }

  private static int scale(List<Integer> limits) {
    return limits.size() > 1 ? limits.get(1) : 0;
  }

  /// Digits of a second.
  private static int digits(Column time) {
    return limits(time).stream().findFirst().orElse(MOST_OF_A_SECOND);
  }

  private static int length(Column column) {
    return limits(column).stream().findFirst().orElse(0);
  }

  /// A domain has limits of its own, which its name does not say.
  private static boolean unknown(Column column) {
    return column.limited() && limits(column).isEmpty();
  }

  /// The numbers in the parentheses of a type.
  private static List<Integer> limits(Column column) {
    int open = column.type().indexOf('(');
    int close = column.type().indexOf(')');
    try {
      return open < 0
          ? List.of()
          : Stream.of(column.type().substring(open + 1, close).split(",", -1))
              .map(String::strip)
              .map(Integer::valueOf)
              .toList();
    } catch (NumberFormatException e) {
      return List.of();
    }
  }
}
