package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.SchemaDiff.Match;
import java.util.Optional;
import java.util.Set;

/// One column of the key, and how both servers and this program put its values into one order.
record KeyColumn(Match match, Kind kind) {
  private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8", "oid");
  private static final Set<String> NUMBERS = Set.of("int2", "int4", "int8", "oid", "numeric");
  private static final Set<String> STRINGS = Set.of("text", "varchar", "bpchar", "name");
  // written alike if and only if they are equal
  private static final Set<String> PLAIN =
      Set.of(
          "bytea", "date", "timestamp", "timestamptz", "time", "bool", "inet", "cidr", "macaddr");

  enum Kind {
    INTEGER,
    UUID,
    TEXT
  }

  /// Empty when the two sides cannot be compared by this column.
  static Optional<KeyColumn> of(Match match) {
    String good = match.good().internal();
    String live = match.live().internal();
    if (INTEGERS.contains(good) && INTEGERS.contains(live)) {
      return Optional.of(new KeyColumn(match, Kind.INTEGER));
    }
    if (good.equals("uuid") && live.equals("uuid")) {
      return Optional.of(new KeyColumn(match, Kind.UUID));
    }
    boolean strings =
        STRINGS.contains(good)
            && STRINGS.contains(live)
            && (match.good().exactText() || good.equals("bpchar") || good.equals("name"))
            && (match.live().exactText() || live.equals("bpchar") || live.equals("name"));
    boolean numbers = NUMBERS.contains(good) && NUMBERS.contains(live);
    boolean same = good.equals(live) && (PLAIN.contains(good) || ownType(match.good()));
    return strings || numbers || same
        ? Optional.of(new KeyColumn(match, Kind.TEXT))
        : Optional.empty();
  }

  /// An enum, or a type of an extension. Names of the catalog's types have no dot.
  private static boolean ownType(Column column) {
    return column.base().indexOf('.') >= 0 && !column.internal().startsWith("_");
  }

  private Column column(Side side) {
    return side == Side.GOOD ? match.good() : match.live();
  }

  /// The value as this program reads it.
  String read(Side side) {
    String column = "t." + column(side).quoted();
    if (kind != Kind.TEXT) {
      return column + "::text";
    }
    return switch (column(side).internal()) {
      case "citext" -> "lower(" + column + "::text) collate \"C\"";
      case "int2", "int4", "int8", "oid" ->
          "trim_scale(" + column + "::bigint::numeric)::text collate \"C\"";
      case "numeric" -> "trim_scale(" + column + ")::text collate \"C\"";
      default -> column + "::text collate \"C\"";
    };
  }

  /// A hash of what equal keys of both sides have in common.
  ///
  /// @param at the place in the key
  String hash(Side side, int at) {
    String column = "t." + column(side).quoted();
    return switch (kind) {
      case INTEGER -> RowHash.term("int8", column + "::bigint", at);
      case UUID -> RowHash.term("uuid", column, at);
      case TEXT -> RowHash.text(read(side), at);
    };
  }

  /// A value of a file in the spelling of [#read].
  String canonical(String value) {
    return switch (match.good().internal()) {
      case "numeric" -> {
        try {
          yield new java.math.BigDecimal(value).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
          yield value;
        }
      }
      case "citext" -> value.toLowerCase(java.util.Locale.ROOT);
      case "uuid" -> value.toLowerCase(java.util.Locale.ROOT);
      default -> value;
    };
  }

  /// The order of both sides; one that an index has where possible.
  String order(Side side) {
    return kind == Kind.TEXT ? read(side) : "t." + column(side).quoted();
  }

  /// A condition that an index answers.
  String equal(Side side, String other) {
    Column column = column(side);
    return "t." + column.quoted() + " = " + other + "::" + column.base();
  }

  int compare(String a, String b) {
    return switch (kind) {
      case INTEGER -> Long.compare(Long.parseLong(a), Long.parseLong(b));
      case UUID, TEXT -> bytewise(a, b);
    };
  }

  /// The order of UTF-8 bytes, which is that of code points, not of Java's chars.
  private static int bytewise(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean high = Character.isSurrogate(x) == Character.isSurrogate(y);
        return high ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
