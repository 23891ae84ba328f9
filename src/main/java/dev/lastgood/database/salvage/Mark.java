package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// A moment in the life of the live database: everything that was not visible then was written by a
/// transaction with this id or a later one. From there on a round needs to look at few rows only.
///
/// @param system the cluster; a copy of its files shares it
/// @param database oid of the database
/// @param transaction 64 bits
/// @param noting id of the [Noting] that was under way at this moment; empty: none was
public record Mark(String system, long database, long transaction, String noting) {
  /// Transaction ids in rows have 32 bits, and half of them are the past.
  private static final long FAR = 2_000_000_000L;

  static Mark now(Connection live, Catalog.Server server, String noting) throws SQLException {
    return new Mark(
        server.system(),
        server.database(),
        number(live, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
        noting);
  }

  /// This moment, or the other one if that is later. Both are of one database.
  Mark notBefore(Mark other) {
    return new Mark(system, database, Math.max(transaction, other.transaction), noting);
  }

  /// Whether the rows still tell what was written since.
  boolean usable(Connection live, Catalog.Server server) throws SQLException {
    long next = number(live, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    return system.equals(server.system())
        && database == server.database()
        && next >= transaction
        && next - transaction < FAR;
  }

  /// A condition on rows of the alias `t`. It may be true of rows written earlier, never false of
  /// one written since.
  String since() {
    return "age(t.xmin) <= age('" + (transaction & 0xffff_ffffL) + "'::xid)";
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
