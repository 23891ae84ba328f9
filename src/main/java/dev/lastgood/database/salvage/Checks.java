package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Sequence;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.Quote;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a person asks about a restored database before they trust it, each put to both sides: are
/// all tables there, how many rows, how new, do the rules hold, would the next number collide.
///
/// @param tables counts of tables both sides have
/// @param onlyRestored tables that only the restored state has
/// @param onlyLive tables that only the live database has
/// @param invalidRules rules of the restored state that were never checked against its rows
/// @param sequencesBehind sequences of the restored state whose next number is taken already
/// @param extensions those that differ, as `restored / live` versions
/// @param queries answers to a person's own queries
public record Checks(
    List<TableFacts> tables,
    SortedSet<TableName> onlyRestored,
    SortedSet<TableName> onlyLive,
    List<String> invalidRules,
    List<String> sequencesBehind,
    SortedMap<String, String> extensions,
    List<Answer> queries) {
  /// What newest rows are told by, in the order of preference.
  private static final List<String> NEWEST = List.of("created_at", "createdAt", "inserted_at");

  private static final int QUERY_SECONDS = 60;

  public Checks {
    tables = List.copyOf(tables);
    invalidRules = List.copyOf(invalidRules);
    sequencesBehind = List.copyOf(sequencesBehind);
    queries = List.copyOf(queries);
  }

  /// @param newest the latest `created_at`, or a column of that kind; empty where there is none
  /// @param rowSecurity whether row-level security is on
  public record Facts(long rows, Optional<String> newest, boolean rowSecurity) {}

  public record TableFacts(TableName table, Facts restored, Facts live) {}

  /// The first row of each side, or what went wrong.
  public record Answer(String query, String restored, String live) {}

  /// @param queries read-only, each with one row as its answer
  /// @throws DatabaseTrouble when a side cannot be asked
  public static Checks of(DatabaseUrl restored, DatabaseUrl live, List<String> queries)
      throws DatabaseTrouble {
    try (Connection here = restored.reader();
        Connection there = live.reader()) {
      return of(here, there, queries);
    } catch (SQLException e) {
      throw DatabaseTrouble.of("checking " + restored + " against " + live, e);
    }
  }

  private static Checks of(Connection here, Connection there, List<String> queries)
      throws SQLException {
    Catalog good = CatalogReader.read(here);
    Catalog live = CatalogReader.read(there);
    var tables = new ArrayList<TableFacts>();
    var invalid = new ArrayList<String>();
    for (Table table : good.tables().values()) {
      table.constraints().stream()
          .filter(c -> !c.valid())
          .forEach(c -> invalid.add(table.name() + ": " + c.name()));
      table.foreignKeys().stream()
          .filter(c -> !c.valid())
          .forEach(c -> invalid.add(table.name() + ": " + c.name()));
      Table twin = live.tables().get(table.name());
      if (twin != null) {
        tables.add(new TableFacts(table.name(), facts(here, table), facts(there, twin)));
      }
    }
    var answers = new ArrayList<Answer>();
    for (String query : queries) {
      answers.add(new Answer(query, answer(here, query), answer(there, query)));
    }
    return new Checks(
        tables,
        without(good, live),
        without(live, good),
        invalid,
        behind(here, good),
        extensions(good, live),
        answers);
  }

  private static SortedSet<TableName> without(Catalog a, Catalog b) {
    var names = new TreeSet<>(a.tables().keySet());
    names.removeAll(b.tables().keySet());
    return names;
  }

  private static Facts facts(Connection connection, Table table) throws SQLException {
    Optional<String> column =
        NEWEST.stream()
            .flatMap(n -> table.column(n).stream())
            .filter(c -> c.internal().startsWith("timestamp") || c.internal().equals("date"))
            .map(c -> Quote.name(c.name()))
            .findFirst();
    String sql =
        "select count(*), "
            + column.map(c -> "max(" + c + ")::text").orElse("null")
            + " from "
            + table.source();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Facts(row.getLong(1), Optional.ofNullable(row.getString(2)), table.rowSecurity());
    }
  }

  private static List<String> behind(Connection connection, Catalog good) throws SQLException {
    var behind = new ArrayList<String>();
    for (Sequence sequence : good.sequences()) {
      Optional<Long> held = Sequences.held(connection, good, sequence);
      boolean collides =
          held.isPresent()
              && (sequence.last().isEmpty()
                  || !Sequences.further(sequence.last(), held, sequence.step())
                      .equals(sequence.last()));
      if (collides) {
        behind.add(sequence.name() + " is behind its column, which holds " + held.get());
      }
    }
    return behind;
  }

  private static SortedMap<String, String> extensions(Catalog good, Catalog live) {
    var differing = new TreeMap<String, String>();
    var names = new TreeSet<>(good.extensions().keySet());
    names.addAll(live.extensions().keySet());
    for (String name : names) {
      String here = good.extensions().getOrDefault(name, "none");
      String there = live.extensions().getOrDefault(name, "none");
      if (!here.equals(there)) {
        differing.put(name, here + " / " + there);
      }
    }
    return differing;
  }

  /// A person's query sees the database as their programs do, but can write nothing.
  private static String answer(Connection connection, String query) throws SQLException {
    var before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute("reset search_path");
      statement.setQueryTimeout(QUERY_SECONDS);
      statement.setMaxRows(1);
      try (ResultSet row = statement.executeQuery(query)) {
        if (!row.next()) {
          return "no row";
        }
        var parts = new ArrayList<String>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          parts.add(String.valueOf(row.getString(i)));
        }
        return String.join(" | ", parts);
      }
    } catch (SQLException e) {
      connection.rollback(before);
      return "cannot be answered: " + dev.lastgood.database.ServerSays.message(e);
    }
  }
}
