package dev.lastgood.database;

import dev.lastgood.model.Secret;
import dev.lastgood.store.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A live database on a real server, and the good state that was copied from it.
public final class TwoStates {
  private final String liveUrl;
  private String goodUrl = "";

  public TwoStates(String... schema) {
    this(PostgresFixture.url(), schema);
  }

  private TwoStates(String liveUrl, String... schema) {
    this.liveUrl = liveUrl;
    live(schema);
  }

  /// On a server that can be read through replication slots.
  public static TwoStates logical(String... schema) {
    return new TwoStates(PostgresFixture.logicalUrl(), schema);
  }

  /// On a server on which a transaction can have a few hundred locks.
  public static TwoStates narrow(String... schema) {
    return new TwoStates(PostgresFixture.narrowUrl(), schema);
  }

  /// The good state: a copy on the same server, as a snapshot makes it.
  public TwoStates snapshot() {
    String name = liveUrl.replaceAll(".*/([^?]*)\\?.*", "$1");
    goodUrl = liveUrl.replace("/" + name + "?", "/" + name + "_good?");
    run(
        liveUrl.replace("/" + name + "?", "/postgres?"),
        "create database " + name + "_good template " + name);
    return this;
  }

  /// The good state made by running the schema again, as a dump is restored.
  public TwoStates rebuilt(String... schema) {
    goodUrl = PostgresFixture.url();
    // other numbers than the live database has
    good("create table first_comes_another (a int); drop table first_comes_another");
    good(schema);
    return this;
  }

  public void live(String... sql) {
    run(liveUrl, sql);
  }

  public void good(String... sql) {
    run(goodUrl, sql);
  }

  public String liveUrl() {
    return liveUrl;
  }

  public String goodUrl() {
    return goodUrl;
  }

  public DatabaseUrl liveDatabase() {
    return new DatabaseUrl(new Secret("${env:LIVE}", () -> liveUrl));
  }

  public DatabaseUrl goodDatabase() {
    return new DatabaseUrl(new Secret("${env:GOOD}", () -> goodUrl));
  }

  public List<String> inGood(String sql) {
    return rows(goodUrl, sql);
  }

  public List<String> inLive(String sql) {
    return rows(liveUrl, sql);
  }

  /// First column to the rest.
  public Map<String, String> map(boolean good, String sql) {
    var map = new TreeMap<String, String>();
    for (String row : rows(good ? goodUrl : liveUrl, sql)) {
      int bar = row.indexOf('|');
      map.put(row.substring(0, bar), row.substring(bar + 1));
    }
    return map;
  }

  public static void run(String url, String... statements) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  public static List<String> rows(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var all = new ArrayList<String>();
      int width = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= width; i++) {
          row.add(String.valueOf(rows.getString(i)));
        }
        all.add(String.join("|", row));
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
