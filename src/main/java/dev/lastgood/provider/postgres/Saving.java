package dev.lastgood.provider.postgres;

import dev.lastgood.database.Quote;
import dev.lastgood.database.migration.Drops;
import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Copies what is about to be dropped into the schema `_lastgood`, and puts it back.
final class Saving {
  private static final String COLUMNS =
      """
      select c.oid || '.' || a.attnum, n.nspname || '.' || c.relname || '.' || a.attname
      from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema', '_lastgood') and n.nspname not like 'pg\\_t%'\
      """;

  private final Session session;

  /// By identity, so that a column that is merely renamed has not gone.
  private final List<String[]> before;

  private final Set<String> saved = new HashSet<>();

  Saving(Session session) throws SQLException {
    this.session = session;
    this.before = session.list(COLUMNS, r -> new String[] {r.getString(1), r.getString(2)});
  }

  /// Something cannot be saved so that it could be put back.
  static final class Lossy extends Exception {
    private static final long serialVersionUID = 1;

    Lossy(String message) {
      super(message);
    }
  }

  /// @param step whose it is
  void save(Drops drops, long step) throws SQLException, Lossy {
    for (Named table : drops.tables()) {
      Optional<Long> oid = oid(table);
      if (oid.isPresent()) {
        locked(oid.get());
        keep(step, "table", oid.get(), "*", "", List.of(), List.of());
        saved.addAll(
            before.stream().map(c -> c[0]).filter(id -> id.startsWith(oid.get() + ".")).toList());
      }
    }
    for (Deed.DropColumn drop : drops.columns()) {
      Optional<Long> oid = oid(drop.table());
      Optional<String> number =
          oid.isPresent() ? number(oid.get(), drop.column()) : Optional.empty();
      if (oid.isPresent() && number.isPresent() && !saved.contains(number.get())) {
        List<String> key = key(oid.get());
        if (key.isEmpty()) {
          throw new Lossy(
              drop.table()
                  + " has no primary key, so "
                  + drop.column()
                  + " could not be put back; save it by hand");
        }
        locked(oid.get());
        keep(
            step,
            "column",
            oid.get(),
            names(key) + ", " + Quote.name(drop.column()),
            " where " + Quote.name(drop.column()) + " is not null",
            key,
            List.of(drop.column()));
        saved.add(number.get());
      }
    }
  }

  /// What is gone now and was not saved.
  List<String> lost() throws SQLException {
    Set<String> still =
        new HashSet<>(session.list("select * from (" + COLUMNS + ") x", r -> r.getString(1)));
    return before.stream()
        .filter(c -> !still.contains(c[0]) && !saved.contains(c[0]))
        .map(c -> c[1])
        .toList();
  }

  private Optional<Long> oid(Named table) throws SQLException {
    return session
        .first("select pg_catalog.to_regclass(?)::oid::bigint", r -> r.getLong(1), table.quoted())
        .filter(oid -> oid > 0);
  }

  private Optional<String> number(long oid, String column) throws SQLException {
    return session.first(
        "select attrelid || '.' || attnum from pg_catalog.pg_attribute"
            + " where attrelid = ?::bigint::oid and attname = ? and not attisdropped",
        r -> r.getString(1),
        oid,
        column);
  }

  private List<String> key(long oid) throws SQLException {
    return session.list(
        "select a.attname from pg_catalog.pg_index i"
            + " join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
            + " where i.indrelid = ?::bigint::oid and i.indisprimary order by a.attnum",
        r -> r.getString(1),
        oid);
  }

  private String name(long oid) throws SQLException {
    return session.text(
        "select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c"
            + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = ?::bigint::oid",
        oid);
  }

  /// Nobody writes between the copy and the drop; readers go on until the drop.
  private void locked(long oid) throws SQLException {
    session.run("lock table " + name(oid) + " in share row exclusive mode");
  }

  private void keep(
      long step,
      String kind,
      long oid,
      String what,
      String where,
      List<String> key,
      List<String> columns)
      throws SQLException {
    long n =
        session.number("select jsonb_array_length(saved) from _lastgood.step where id = ?", step);
    String into = "step" + step + "_" + (n + 1);
    String table = name(oid);
    session.run("create table _lastgood." + into + " as select " + what + " from " + table + where);
    session.list(
        "update _lastgood.step set saved = saved || jsonb_build_object('kind', ?::text, 'table',"
            + " ?::text, 'into', ?::text, 'key', to_jsonb(?::text[]), 'columns',"
            + " to_jsonb(?::text[])) where id = ? returning id",
        r -> r.getLong(1),
        kind,
        table,
        into,
        key.toArray(new String[0]),
        columns.toArray(new String[0]),
        step);
  }

  /// A saved thing.
  ///
  /// @param table where it was, for SQL
  record Kept(String kind, String table, String into, List<String> key, List<String> columns) {}

  /// Puts back what a step saved; what was dropped last comes first.
  static List<String> putBack(Session session, long step) throws SQLException {
    List<Kept> all =
        session.list(
            "select e ->> 'kind', e ->> 'table', e ->> 'into',"
                + " array(select jsonb_array_elements_text(e -> 'key')),"
                + " array(select jsonb_array_elements_text(e -> 'columns'))"
                + " from _lastgood.step, jsonb_array_elements(saved) with ordinality as x(e, n)"
                + " where id = ? order by n desc",
            r ->
                new Kept(
                    r.getString(1),
                    r.getString(2),
                    r.getString(3),
                    List.of((String[]) r.getArray(4).getArray()),
                    List.of((String[]) r.getArray(5).getArray())),
            step);
    List<String> said = new ArrayList<>();
    for (Kept one : all) {
      said.add(one.kind().equals("table") ? rows(session, one) : values(session, one));
    }
    return said;
  }

  private static String values(Session session, Kept kept) throws SQLException {
    String column = Quote.name(kept.columns().getFirst());
    String same =
        kept.key().stream()
            .map(k -> "t." + Quote.name(k) + " = s." + Quote.name(k))
            .collect(Collectors.joining(" and "));
    long changed =
        session.number(
            "with put as (update "
                + kept.table()
                + " t set "
                + column
                + " = s."
                + column
                + " from _lastgood."
                + kept.into()
                + " s where "
                + same
                + " returning 1) select count(*) from put");
    return changed + " values of " + kept.table() + "." + kept.columns().getFirst() + " put back";
  }

  private static String rows(Session session, Kept kept) throws SQLException {
    List<String> columns =
        session.list(
            "select a.attname from pg_catalog.pg_attribute a where a.attrelid = ?::regclass"
                + " and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''"
                + " and exists (select from pg_catalog.pg_attribute s where s.attrelid = ?::regclass"
                + " and s.attname = a.attname and not s.attisdropped) order by a.attnum",
            r -> r.getString(1),
            kept.table(),
            "_lastgood." + kept.into());
    String list = names(columns);
    long put =
        session.number(
            "with put as (insert into "
                + kept.table()
                + " ("
                + list
                + ") overriding system value select "
                + list
                + " from _lastgood."
                + kept.into()
                + " returning 1) select count(*) from put");
    for (String column : columns) {
      session.first(
          "select setval(s::regclass, greatest((select coalesce(max("
              + Quote.name(column)
              + ")::bigint, 1) from "
              + kept.table()
              + "), 1)) from pg_catalog.pg_get_serial_sequence(?, ?) s where s is not null",
          r -> r.getLong(1),
          kept.table(),
          column);
    }
    return put + " rows of " + kept.table() + " put back";
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Quote::name).collect(Collectors.joining(", "));
  }
}
