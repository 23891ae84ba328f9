package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.SchemaDiff.Match;
import java.util.ArrayList;
import java.util.List;

/// One number of 64 bits for some columns of a row, in SQL. Each column is hashed by itself, from a
/// start of its own, and the numbers are joined: putting a row together for the server's hash of
/// records takes longer than all of it.
///
/// A value is hashed as it is stored only where equal values are spelled alike; any other goes
/// through its text, since `1.0` is not `1.00` for whoever wrote it.
final class RowHash {
  private RowHash() {}

  /// @return an expression of the type bigint; never null
  static String of(List<Match> columns, Side side) {
    var hash = new ArrayList<String>();
    for (Match match : columns) {
      Column column = TablePlan.column(match, side);
      String value = "t." + column.quoted();
      String one =
          alike(match)
              ? term(column.internal(), value + "::" + column.base(), hash.size())
              : text(value + "::text", hash.size());
      hash.add("coalesce(" + one + ", 0)");
    }
    return joined(hash);
  }

  /// As [#of], of the values as they are written.
  static String ofTexts(List<Match> columns, Side side) {
    var hash = new ArrayList<String>();
    for (Match match : columns) {
      String value = "t." + TablePlan.column(match, side).quoted() + "::text";
      hash.add("coalesce(" + text(value, hash.size()) + ", 0)");
    }
    return joined(hash);
  }

  private static String joined(List<String> hashes) {
    return hashes.isEmpty() ? "0::bigint" : "(" + String.join(" # ", hashes) + ")";
  }

  private static boolean alike(Match match) {
    return match.good().exactText()
        && match.live().exactText()
        && match.good().internal().equals(match.live().internal());
  }

  /// @param type the internal name of one whose equal values are spelled alike
  /// @param value of this type
  /// @param at the place among the columns: the same value elsewhere has another hash
  /// @return null where the value is
  static String term(String type, String value, int at) {
    return switch (type) {
      // as the start, since the server's own hash of it takes only 32 bits of the value
      case "int8" -> "hashint4extended(" + at + ", " + value + ")";
      case "int4" -> call("hashint4extended", value, at);
      case "int2" -> call("hashint2extended", value, at);
      case "oid" -> call("hashoidextended", value, at);
      case "bool" -> call("hashint4extended", "(" + value + ")::int", at);
      case "uuid" -> call("uuid_hash_extended", value, at);
      // the server's own hash takes neither the sign nor, other than by an exclusive or, the size
      case "numeric" -> text(value + "::text", at);
      case "text", "varchar" -> text(value, at);
      case "bpchar" -> call("hashbpcharextended", value + " collate \"C\"", at);
      case "timestamp" -> moment(value, value, at, "timestamp '2000-01-01'");
      // the same number under the name for which all versions have a hash
      case "timestamptz" ->
          moment(value, "timezone(interval '0', " + value + ")", at, "timestamptz '2000-01-01Z'");
      case "date" ->
          "case when isfinite("
              + value
              + ") then "
              + call("hashint4extended", value + " - date '2000-01-01'", at)
              + record(value, at)
              + " end";
      case "time" -> text(value + "::text", at);
      default -> "case" + record(value, at) + " end";
    };
  }

  /// The server's hash takes only 32 bits of a time, so that one time in a whole lot would be taken
  /// for another. The other half is hashed first: how often 2^32 microseconds have gone by.
  ///
  /// @param plain the value without a zone
  /// @param zero from where times are counted: those before are negative, and hashed as text
  private static String moment(String value, String plain, int at, String zero) {
    String half =
        plain.replace(value, "date_bin(interval '4294.967296 s', " + value + ", " + zero + ")");
    return "case when %s >= %s then timestamp_hash_extended(%s, %s) else %s end"
        .formatted(
            value,
            zero,
            plain,
            call("timestamp_hash_extended", half, at),
            text(value + "::text", at));
  }

  /// Under no language's rules: values that a collation takes for equal differ.
  static String text(String value, int at) {
    return call("hashtextextended", value + " collate \"C\"", at);
  }

  private static String record(String value, int at) {
    return " when "
        + value
        + " is not null then "
        + call("hash_record_extended", "row(" + value + ")", at);
  }

  private static String call(String function, String value, int at) {
    return function + "(" + value + ", " + start(at) + ")";
  }

  /// Far from each other in all bits, and positive.
  private static long start(int at) {
    return ((at + 1) * 0x9E3779B97F4A7C15L) & Long.MAX_VALUE;
  }
}
