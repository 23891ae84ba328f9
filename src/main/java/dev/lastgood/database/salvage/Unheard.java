package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which tables a slot tells no longer, although it did when it was opened: a migration made them
/// anew under their name, or somebody took them out of the publication. What users wrote since is
/// not in the slot, so they are compared.
///
/// A table that was dropped and has no successor is none of them: the slot tells it to its end.
public final class Unheard {
  /// Those that are in the publication since it was made. One that was put back was not heard for a
  /// while.
  private static final String PUBLISHED =
      """
      with p as (select oid, xmin from pg_catalog.pg_publication where pubname = ?),
        r as (select r.prrelid, r.xmin from pg_catalog.pg_publication_rel r join p on p.oid = r.prpubid)
      select prrelid::bigint from r where xmin::text =
        (select a.xmin::text from (select xmin from p union all select xmin from r) a order by age(a.xmin) desc limit 1)\
      """;

  private Unheard() {}

  /// The slot without the tables that it tells no longer.
  ///
  /// @throws DatabaseTrouble when the live database cannot be asked
  public static Prepared now(DatabaseUrl live, Prepared prepared) throws DatabaseTrouble {
    try (Connection connection = live.reader()) {
      return prepared.without(over(connection, prepared));
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the publication " + prepared.slot() + " of " + live, e);
    }
  }

  /// The same, and without the tables of the good state that refer to such a one: their rows cannot
  /// come before those that are only found by comparison.
  ///
  /// @throws DatabaseTrouble when a database cannot be asked
  public static Prepared now(DatabaseUrl good, DatabaseUrl live, Prepared prepared)
      throws DatabaseTrouble {
    Prepared now = now(live, prepared);
    Set<TableName> over = new HashSet<>(prepared.told());
    over.removeAll(now.told());
    if (over.isEmpty()) {
      return prepared;
    }
    try (Connection connection = good.reader()) {
      return prepared.without(withThoseThatRefer(CatalogReader.read(connection), over));
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the catalog of " + good, e);
    }
  }

  private static Set<TableName> withThoseThatRefer(Catalog good, Set<TableName> over) {
    Set<TableName> all = new HashSet<>(over);
    for (boolean more = true; more; ) {
      more = false;
      for (Catalog.Table table : good.tables().values()) {
        if (table.foreignKeys().stream().anyMatch(f -> all.contains(f.to()))) {
          more |= all.add(table.name());
        }
      }
    }
    return all;
  }

  /// @return tables as the good state calls them
  static Set<TableName> over(Connection live, Prepared prepared) throws SQLException {
    Set<Long> published = published(live, prepared.slot());
    Layout now = Layout.read(live);
    Set<TableName> over = new HashSet<>();
    for (Layout.Laid then : prepared.layout().tables()) {
      Optional<Layout.Laid> successor = now.named(then.schema(), then.name());
      if (prepared.tables().contains(then.oid())
          && successor.isPresent()
          && (successor.get().oid() != then.oid() || !published.contains(then.oid()))) {
        over.add(new TableName(then.schema(), then.name()));
      }
    }
    return over;
  }

  private static Set<Long> published(Connection live, String publication) throws SQLException {
    Set<Long> published = new HashSet<>();
    try (PreparedStatement ask = live.prepareStatement(PUBLISHED)) {
      ask.setString(1, publication);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          published.add(rows.getLong(1));
        }
      }
    }
    return published;
  }
}
