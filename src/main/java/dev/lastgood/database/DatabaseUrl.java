package dev.lastgood.database;

import dev.lastgood.model.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/// Where a PostgreSQL database is: `postgres://…` or `jdbc:postgresql://…`. Never shown; people see
/// the reference.
public final class DatabaseUrl {
  private final Secret secret;
  private final Optional<Duration> longest;

  public DatabaseUrl(Secret secret) {
    this(secret, Optional.empty());
  }

  private DatabaseUrl(Secret secret, Optional<Duration> longest) {
    this.secret = secret;
    this.longest = longest;
  }

  /// The same, with connections that end when the server says nothing for so long.
  public DatabaseUrl within(Duration answer) {
    return new DatabaseUrl(secret, Optional.of(answer));
  }

  /// A connection that reads all values in one spelling: names are qualified, times are UTC, floats
  /// are exact. A row that row-level security would hide is an error, never an absence.
  ///
  /// @throws DatabaseTrouble when there is none
  public Connection reader() throws DatabaseTrouble {
    Connection connection = open();
    try {
      settle(connection, "set search_path = ''");
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw DatabaseTrouble.of("the database " + secret, e);
    }
  }

  /// A connection that writes. It keeps the database's own search path, since functions in checks
  /// and generated columns may rely on it.
  ///
  /// @throws DatabaseTrouble when there is none
  public Connection writer() throws DatabaseTrouble {
    Connection connection = open();
    try {
      settle(connection, "set lock_timeout = '60s'");
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw DatabaseTrouble.of("the database " + secret, e);
    }
  }

  /// A connection for the owner of the tables: each statement is its own transaction.
  ///
  /// @throws DatabaseTrouble when there is none
  public Connection owner() throws DatabaseTrouble {
    Connection connection = open();
    try {
      settle(connection, "set search_path = ''");
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw DatabaseTrouble.of("the database " + secret, e);
    }
  }

  /// A connection that speaks the protocol of replication about this one database. Values are
  /// spelled as for [#reader].
  ///
  /// @throws DatabaseTrouble when there is none
  public Connection replication() throws DatabaseTrouble {
    Properties properties = new Properties();
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "14");
    Connection connection = open(properties);
    try {
      // Whoever reads writes meanwhile, and may be silent for longer than a minute.
      settle(connection, "set wal_sender_timeout = 0");
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw DatabaseTrouble.of("the database " + secret, e);
    }
  }

  private static void settle(Connection connection, String more) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          KeptAlive.onTheServer()
              + "; set timezone = 'UTC'; set jit = off; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';"
              + " set extra_float_digits = 1; set bytea_output = 'hex'; set row_security = off;"
              + " set statement_timeout = 0; "
              + Unhurried.onTheServer()
              + "; set quote_all_identifiers = off; set xmloption = content; set lc_monetary = 'C'; "
              + more);
    }
  }

  private Connection open() throws DatabaseTrouble {
    return open(new Properties());
  }

  private Connection open(Properties properties) throws DatabaseTrouble {
    try {
      String url = jdbc(secret.reveal(), properties);
      properties.setProperty("ApplicationName", "lastgood-salvage");
      properties.setProperty("connectTimeout", "10");
      longest.ifPresent(
          l -> properties.setProperty("socketTimeout", Long.toString(Math.max(1, l.toSeconds()))));
      KeptAlive.on(properties);
      return DriverManager.getConnection(url, properties);
    } catch (SQLException e) {
      // a URL that no driver takes is quoted in the message: say nothing of it but where it stands
      if ("08001".equals(e.getSQLState()) && e.getCause() == null) {
        throw new DatabaseTrouble(secret + " cannot be reached, or is no URL of PostgreSQL");
      }
      throw DatabaseTrouble.of("the database " + secret, e);
    } catch (URISyntaxException e) {
      throw new DatabaseTrouble(
          secret
              + " is no URL of a PostgreSQL database: write postgresql://user:password@host/name,"
              + " special characters of the password as %XX");
    }
  }

  private static String jdbc(String url, Properties properties) throws URISyntaxException {
    if (url.startsWith("jdbc:postgresql:")) {
      return url;
    }
    if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
      throw new URISyntaxException("…", "not a URL of PostgreSQL");
    }
    URI uri = withoutInput(url);
    String user = uri.getRawUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      properties.setProperty("user", decoded(colon < 0 ? user : user.substring(0, colon)));
      if (colon >= 0) {
        properties.setProperty("password", decoded(user.substring(colon + 1)));
      }
    }
    String host = uri.getHost() == null ? "localhost" : uri.getHost();
    return "jdbc:postgresql://"
        + host
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
        + (uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private static URI withoutInput(String url) throws URISyntaxException {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // its message quotes the URL
      throw new URISyntaxException("…", "not a URL");
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the server ends it when it notices
    }
  }

  /// The reference, never the value.
  @Override
  public String toString() {
    return secret.toString();
  }
}
