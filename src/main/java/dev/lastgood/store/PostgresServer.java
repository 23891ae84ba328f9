package dev.lastgood.store;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/// A PostgreSQL server by its URL.
final class PostgresServer {
  /// Per process: one for each of the runs that journal at the same moment, and one for heartbeats.
  static final int CONNECTIONS = 12;

  private final String url;

  PostgresServer(String url) {
    this.url = url;
  }

  /// Without what stands before the host and after the database, which may be credentials.
  String place() {
    String bare = url.replaceFirst("\\?.*$", "");
    return bare.replaceFirst("//.*@", "//").replaceFirst("^jdbc:", "");
  }

  /// By names: its classes carry annotations that the compiler cannot read.
  HikariConfig pool() {
    var config = new HikariConfig();
    config.setDriverClassName("org.postgresql.Driver");
    config.setJdbcUrl(url);
    config.addDataSourceProperty("ApplicationName", "lastgood");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", "10");
    // no statement of ours takes long, and a dead network must not hold a run for ever
    config.addDataSourceProperty("socketTimeout", "30");
    config.setMaximumPoolSize(CONNECTIONS);
    return config;
  }

  /// A server that says "committed" before it is on disk may forget an intent, and then a step
  /// would be repeated blindly.
  void check(DataSource source) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('synchronous_commit'), current_setting('fsync'),"
                    + " current_setting('server_version_num')::int")) {
      row.next();
      if (row.getString(1).equals("off") || row.getString(2).equals("off")) {
        throw new StoreUnavailable(
            "the server may forget what it has confirmed (synchronous_commit is "
                + row.getString(1)
                + ", fsync is "
                + row.getString(2)
                + ")",
            place(),
            "set both to on for this database");
      }
      if (row.getInt(3) < 150_000) {
        throw new StoreUnavailable(
            "the server is older than PostgreSQL 15", place(), "use 15 or newer");
      }
    } catch (SQLException e) {
      throw Trouble.explain(e, place());
    }
  }
}
