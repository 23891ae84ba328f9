package dev.lastgood.database.salvage;

import dev.lastgood.database.Quote;
import dev.lastgood.database.SchemaDiff.Match;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row left out, as a line of CSV, as a statement, and masked for people.
final class Words {
  private Words() {}

  static String header(TablePlan plan) {
    var fields = new ArrayList<String>();
    fields.add("lastgood_table");
    fields.add("lastgood_kind");
    fields.add("lastgood_reason");
    plan.carried().forEach(m -> fields.add(LeftOut.field(m.good().name())));
    plan.pair().added().forEach(c -> fields.add(LeftOut.field("live:" + c.name())));
    return String.join(",", fields);
  }

  static String csv(TablePlan plan, Change change, String reason) {
    Row row = change.shown();
    var fields = new ArrayList<String>();
    fields.add(LeftOut.field(plan.name().schema() + "." + plan.name().name()));
    fields.add(change.kind().word());
    fields.add(LeftOut.field(reason));
    for (int i = 0; i < plan.carried().size(); i++) {
      fields.add(LeftOut.field(row.value(i)));
    }
    for (int i = 0; i < plan.pair().added().size(); i++) {
      fields.add(change.kind() == Change.Kind.DELETE ? "" : LeftOut.field(row.more(i)));
    }
    return String.join(",", fields);
  }

  static String sql(TablePlan plan, Change change, String reason) {
    Row row = change.shown();
    String why = why(reason);
    String table = plan.name().quoted();
    List<Match> carried = plan.carried();
    var names = new ArrayList<String>();
    var values = new ArrayList<String>();
    var sets = new ArrayList<String>();
    var where = new ArrayList<String>();
    for (int i = 0; i < carried.size(); i++) {
      Match match = carried.get(i);
      boolean key = plan.key().stream().anyMatch(k -> k.match().equals(match));
      String value = literal(row.value(i));
      names.add(match.good().quoted());
      values.add(value);
      if (key || !plan.keyed()) {
        where.add(match.good().quoted() + (value.equals("null") ? " is null" : " = " + value));
      } else if (!match.good().identityAlways()) {
        sets.add(match.good().quoted() + " = " + value);
      }
    }
    String condition = " where " + String.join(" and ", where);
    return switch (change.kind()) {
      case INSERT -> insert(table, names, values, reason);
      case UPDATE -> "update " + table + " set " + String.join(", ", sets) + condition + ";" + why;
      case DELETE -> "delete from " + table + condition + ";" + why;
    };
  }

  /// @param values literals, as many as names
  static String insert(String table, List<String> names, List<String> values, String reason) {
    return "insert into "
        + table
        + " ("
        + String.join(", ", names)
        + ") overriding system value values ("
        + String.join(", ", values)
        + ");"
        + why(reason);
  }

  private static String why(String reason) {
    return " -- " + reason.replaceAll("\\p{Cntrl}", " ");
  }

  static String literal(@Nullable String value) {
    return value == null ? "null" : Quote.literal(value);
  }

  /// Enough to recognise a row in front of one's own screen, too little to learn anything from it.
  static String masked(TablePlan plan, Change change, String reason) {
    Row row = change.shown();
    var parts = new ArrayList<String>();
    for (int i = 0; i < plan.carried().size() && i < 6; i++) {
      Match match = plan.carried().get(i);
      boolean number =
          plan.key().stream()
              .anyMatch(k -> k.match().equals(match) && k.kind() == KeyColumn.Kind.INTEGER);
      parts.add(match.good().name() + "=" + (number ? row.value(i) : masked(row.value(i))));
    }
    return change.kind().word() + " " + String.join(" ", parts) + ": " + reason;
  }

  static String masked(@Nullable String value) {
    if (value == null) {
      return "null";
    }
    if (value.length() < 4) {
      return "•••";
    }
    String first = value.substring(0, value.offsetByCodePoints(0, 1));
    return (Character.isISOControl(first.charAt(0)) ? "" : first) + "••• (" + value.length() + ")";
  }
}
