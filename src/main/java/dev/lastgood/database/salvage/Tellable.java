package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which tables a replication slot can tell: those with a primary key, by which the server names
/// the rows that are changed. The others are compared.
///
/// @param tables to be told
/// @param others the other ones, with the reason
public record Tellable(List<TableName> tables, List<String> others) {
  private static final String NAMED =
      "select c.oid::bigint from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indrelid = c.oid"
          + " where i.indisprimary and i.indimmediate and i.indisvalid and c.relreplident in ('d', 'f')"
          + " and c.relpersistence = 'p'";

  public Tellable {
    tables = List.copyOf(tables);
    others = List.copyOf(others);
  }

  /// @param live with an empty search path
  /// @param state tables that are not users', and need not be told
  /// @throws SQLException when the server does not answer
  public static Tellable of(Connection live, StateTables state) throws SQLException {
    Catalog catalog = CatalogReader.read(live);
    Set<Long> named = new HashSet<>();
    try (Statement statement = live.createStatement();
        ResultSet rows = statement.executeQuery(NAMED)) {
      while (rows.next()) {
        named.add(rows.getLong(1));
      }
    }
    Map<TableName, String> not = new LinkedHashMap<>();
    for (Table table : catalog.tables().values()) {
      why(table, named).ifPresent(reason -> not.put(table.name(), reason));
    }
    // a row cannot come before the one it refers to, and that one would only be found by comparison
    for (boolean more = true; more; ) {
      more = false;
      for (Table table : catalog.tables().values()) {
        Optional<TableName> parent =
            table.foreignKeys().stream()
                .map(Catalog.ForeignKey::to)
                .filter(not::containsKey)
                .findFirst();
        if (parent.isPresent() && !not.containsKey(table.name())) {
          not.put(table.name(), "refers to " + parent.get());
          more = true;
        }
      }
    }
    List<TableName> told =
        catalog.tables().values().stream()
            .filter(t -> !not.containsKey(t.name()) && !state.is(t))
            .map(Table::name)
            .toList();
    return new Tellable(told, words(not));
  }

  private static List<String> words(Map<TableName, String> not) {
    List<String> words = new ArrayList<>();
    not.forEach((table, reason) -> words.add(table + " (" + reason + ")"));
    return words;
  }

  private static Optional<String> why(Table table, Set<Long> named) {
    if (!named.contains(table.identity())) {
      return Optional.of("no primary key that names its rows in the log");
    }
    boolean known =
        table.key().stream()
            .flatMap(n -> table.column(n).stream())
            .allMatch(c -> KeyColumn.of(new Match(c, c)).isPresent());
    return known ? Optional.empty() : Optional.of("a type in its key that cannot be compared");
  }
}
