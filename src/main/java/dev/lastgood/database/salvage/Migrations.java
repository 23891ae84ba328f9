package dev.lastgood.database.salvage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which transactions changed the schema since a slot was opened: they wrote rows of the catalog,
/// and each row says who wrote it. The slot itself keeps the server from forgetting it.
///
/// Not asked is `pg_class`, which TRUNCATE, GRANT and the server's own housekeeping write, too.
/// What a transaction only dropped leaves no row.
final class Migrations {
  private static final String OWN =
      " where %s in (select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid ="
          + " c.relnamespace where c.relpersistence <> 't' and n.nspname not in ('_lastgood',"
          + " '_lastgood_noting'))";
  private static final List<String> WRITTEN =
      List.of(
          "pg_attribute" + OWN.formatted("attrelid"),
          "pg_attrdef" + OWN.formatted("adrelid"),
          "pg_constraint",
          "pg_index" + OWN.formatted("indexrelid"),
          "pg_proc where pronamespace not in (select oid from pg_catalog.pg_namespace where nspname like 'pg\\_temp%' or nspname like '\\_lastgood%')",
          "pg_trigger where tgname not like '\\_lastgood\\_%' and not tgisinternal",
          "pg_policy",
          "pg_enum",
          "pg_rewrite",
          "pg_extension",
          "pg_namespace where nspname not like 'pg\\_%' and nspname not like '\\_lastgood%'");

  private Migrations() {}

  /// Ids of 32 bits, as in `xmin`.
  static Set<Long> since(Connection live, String slot) throws SQLException {
    String all =
        WRITTEN.stream()
            .map(t -> "select xmin from pg_catalog." + t)
            .collect(Collectors.joining(" union all "));
    var ids = new HashSet<Long>();
    try (PreparedStatement ask =
        live.prepareStatement(
            "select distinct x.xmin::text::bigint from ("
                + all
                + ") x, pg_catalog.pg_replication_slots s where s.slot_name = ? and"
                + " x.xmin::text::bigint > 2 and age(x.xmin) <= age(s.catalog_xmin)")) {
      ask.setString(1, slot);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }
}
