package dev.lastgood.database.migration;

import java.math.BigInteger;
import java.util.Comparator;

/// Versions of migrations: `7`, `0007`, `1.2`, `20260101120000`.
final class Numbers {
  /// By number, part by part; what is no number comes last, by its letters.
  static final Comparator<String> ORDER = Numbers::compare;

  private Numbers() {}

  private static int compare(String a, String b) {
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      int order = part(left, i).compareTo(part(right, i));
      if (order != 0) {
        return order;
      }
    }
    return a.compareTo(b);
  }

  private static BigInteger part(String[] parts, int i) {
    if (i >= parts.length || leading(parts[i]).isEmpty()) {
      return i >= parts.length ? BigInteger.ZERO : BigInteger.TWO.pow(200);
    }
    return new BigInteger(leading(parts[i]));
  }

  /// The digits a name begins with.
  static String leading(String name) {
    int end = 0;
    while (end < name.length() && end < 40 && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
      end++;
    }
    return name.substring(0, end);
  }

  /// Without leading zeros, as a number in a state table.
  static String plain(String digits) {
    return new BigInteger(digits).toString();
  }
}
