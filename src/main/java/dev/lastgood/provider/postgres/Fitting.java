package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableName;
import dev.lastgood.model.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whether foreign keys between tables that come and those that stay would hold.
final class Fitting {
  private static final int SHOWN = 3;

  private final Session session;
  private final TableSide side;

  /// @param session that sees every row
  Fitting(Session session, TableSide side) {
    this.session = session;
    this.side = side;
  }

  /// What does not fit, one line for each key; empty: all do. Of keys that were never validated
  /// nobody knows whether they held.
  ///
  /// @param in keys of tables that stay
  /// @param out keys of tables that come
  /// @param live the tables that are live now, of those that come
  List<String> wrong(List<Ties.Key> in, List<Ties.Key> out, Set<TableName> live)
      throws SQLException {
    List<String> wrong = new ArrayList<>();
    for (Ties.Key key : in) {
      if (key.valid() && live.contains(key.to())) {
        inwards(key).ifPresent(wrong::add);
      }
    }
    for (Ties.Key key : out) {
      if (key.valid()) {
        outwards(key).ifPresent(wrong::add);
      }
    }
    return wrong;
  }

  /// Only rows that go away can be missed, so no table that stays is read as a whole.
  private Optional<String> inwards(Ties.Key key) throws SQLException {
    TableName to = key.to();
    for (String column : key.toColumns()) {
      if (!column(side.schema(), to.name(), column)) {
        return Optional.of(
            key.shown()
                + " refers to the column "
                + Text.plain(to + "." + column)
                + ", which the table does not have as it was; take "
                + Text.plain(key.of().toString())
                + " along: --tables "
                + word(key.of())
                + ",…");
      }
    }
    String gone =
        "(select "
            + columns("l", key.toColumns())
            + " from "
            + to.quoted()
            + " l where not exists (select from "
            + side.place(to)
            + " s where "
            + equal("s", key.toColumns(), "l", key.toColumns())
            + ")) v";
    return rows("select "
            + masked("o", key.columns())
            + " as m from "
            + key.of().quoted()
            + " o join "
            + gone
            + " on "
            + equal("o", key.columns(), "v", key.toColumns()))
        .map(found ->
            key.shown()
                + ": "
                + found
                + " of "
                + Text.plain(key.of().toString())
                + " would refer to rows of "
                + Text.plain(to.toString())
                + " that are not there as they were; take "
                + Text.plain(key.of().toString())
                + " along: --tables "
                + word(key.of())
                + ",…");
  }

  private Optional<String> outwards(Ties.Key key) throws SQLException {
    for (String column : key.toColumns()) {
      if (!column(key.to().schema(), key.to().name(), column)) {
        return Optional.of(
            key.shown()
                + " refers to "
                + Text.plain(key.to() + "." + column)
                + ", which is not there any more; take "
                + Text.plain(key.to().toString())
                + " along: --tables "
                + word(key.to())
                + ",…");
      }
    }
    String set =
        key.columns().stream()
            .map(c -> "c." + Quoted.name(c) + " is not null")
            .collect(Collectors.joining(" and "));
    return rows("select "
            + masked("c", key.columns())
            + " as m from "
            + side.place(key.of())
            + " c where "
            + set
            + " and not exists (select from "
            + key.to().quoted()
            + " p where "
            + equal("p", key.toColumns(), "c", key.columns())
            + ")")
        .map(found ->
            key.shown()
                + ": "
                + found
                + " of "
                + Text.plain(key.of().toString())
                + " as it was refer to rows of "
                + Text.plain(key.to().toString())
                + " that are not there any more; take "
                + Text.plain(key.to().toString())
                + " along: --tables "
                + word(key.to())
                + ",…");
  }

  /// As it can be typed.
  static String word(TableName table) {
    return Text.plain(
            part(table.schema().equals("public") ? "" : table.schema()) + part(table.name()))
        .replaceFirst("\\.$", "");
  }

  private static String part(String name) {
    if (name.isEmpty()) {
      return "";
    }
    boolean simple = name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_');
    return (simple ? name : '"' + name.replace("\"", "\"\"") + '"') + ".";
  }

  private boolean column(String schema, String table, String column) throws SQLException {
    return session.yes(
        "select exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n"
            + " on n.oid = c.relnamespace where n.nspname = ? and c.relname = ? and a.attname = ? and a.attnum > 0"
            + " and not a.attisdropped)",
        schema,
        table,
        column);
  }

  /// `12 rows (e.g. 4711, 4712, a…)`
  private Optional<String> rows(String sql) throws SQLException {
    return session
        .first(
            "select count(*), array_to_string((array_agg(m))[1:"
                + SHOWN
                + "], '; ') from ("
                + sql
                + ") q",
            r -> {
              long count = r.getLong(1);
              return count == 0
                  ? ""
                  : count + (count == 1 ? " row" : " rows") + " (e.g. " + r.getString(2) + ")";
            })
        .filter(words -> !words.isEmpty())
        .map(Text::plain);
  }

  private static String columns(String alias, List<String> names) {
    return names.stream().map(n -> alias + "." + Quoted.name(n)).collect(Collectors.joining(", "));
  }

  private static String equal(String a, List<String> as, String b, List<String> bs) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < as.size(); i++) {
      parts.add(a + "." + Quoted.name(as.get(i)) + " = " + b + "." + Quoted.name(bs.get(i)));
    }
    return String.join(" and ", parts);
  }

  /// Numbers as they are, of everything else one letter.
  private static String masked(String alias, List<String> names) {
    return "concat_ws(', ', "
        + names.stream()
            .map(n -> alias + "." + Quoted.name(n) + "::text")
            .map(v ->
                "case when "
                    + v
                    + " ~ '^-?[0-9]+$' then "
                    + v
                    + " else left("
                    + v
                    + ", 1) || '…' end")
            .collect(Collectors.joining(", "))
        + ")";
  }

  /// The tables of these that are there.
  static Set<TableName> present(Session session, Set<TableName> tables) throws SQLException {
    Set<TableName> all = new TreeSet<>();
    for (TableName table : tables) {
      if (session.yes(
          "select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ?"
              + " and c.relname = ? and c.relkind in ('r', 'p'))",
          table.schema(),
          table.name())) {
        all.add(table);
      }
    }
    return all;
  }
}
