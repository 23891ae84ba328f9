package dev.lastgood.database.migration;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Types of columns as people write them, and whether one takes every value of another.
final class Types {
  private static final List<String> INTEGERS = List.of("int2", "int4", "int8");
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("smallint", "int2"),
          Map.entry("smallserial", "int2"),
          Map.entry("int", "int4"),
          Map.entry("integer", "int4"),
          Map.entry("serial", "int4"),
          Map.entry("bigint", "int8"),
          Map.entry("bigserial", "int8"),
          Map.entry("character varying", "varchar"),
          Map.entry("decimal", "numeric"),
          Map.entry("timestamp with time zone", "timestamptz"),
          Map.entry("timestamp without time zone", "timestamp"),
          Map.entry("bool", "boolean"),
          Map.entry("double precision", "float8"),
          Map.entry("real", "float4"));

  private Types() {}

  enum Change {
    SAME_OR_WIDER,
    /// The server refuses a value that does not fit, so none was changed.
    NARROWER,
    /// Values may have been cut, rounded or computed anew.
    UNKNOWN
  }

  static Change change(String from, String to) {
    String before = plain(from);
    String after = plain(to);
    if (before.equals(after)) {
      return Change.SAME_OR_WIDER;
    }
    int small = INTEGERS.indexOf(before);
    int large = INTEGERS.indexOf(after);
    if (small >= 0 && large >= 0) {
      return large >= small ? Change.SAME_OR_WIDER : Change.NARROWER;
    }
    Optional<Integer> had = length(before);
    Optional<Integer> has = length(after);
    if (had.isPresent() && has.isPresent()) {
      return has.get() >= had.get() ? Change.SAME_OR_WIDER : Change.NARROWER;
    }
    return Change.UNKNOWN;
  }

  /// The longest text a type takes; empty: it is no text.
  private static Optional<Integer> length(String type) {
    if (type.equals("text") || type.equals("varchar")) {
      return Optional.of(Integer.MAX_VALUE);
    }
    if (!type.startsWith("varchar(")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(type.substring(8, type.length() - 1)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static String plain(String type) {
    String text = type.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    int open = text.indexOf('(');
    String name = (open < 0 ? text : text.substring(0, open)).strip();
    String rest = open < 0 ? "" : text.substring(open).replace(" ", "");
    return NAMES.getOrDefault(name, name) + rest;
  }
}
