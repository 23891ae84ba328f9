package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.KeptAlive;
import dev.lastgood.database.Unhurried;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/// The server of the database, by the URL of the configuration. The acting session sits in another
/// database than the one it renames.
final class Server {
  /// What the driver says when the reason is in the cause alone.
  private static final String NO_ANSWER = "The connection attempt failed.";

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int LONGEST_WORDS = 300;

  private final Secret secret;
  private final String maintenance;

  Server(Secret secret, String maintenance) {
    this.secret = secret;
    this.maintenance = maintenance;
  }

  PostgresUrl url() throws PlatformUnreachable {
    PostgresUrl url = PostgresUrl.parse(secret.reveal(), secret.reference());
    if (url.database().equals(maintenance)) {
      throw new PlatformUnreachable(
          url.place()
              + " is also the database the server is managed from, and nobody can rename the"
              + " database he sits in; name another one under maintenance");
    }
    return url;
  }

  /// A session for short questions: no answer within seconds is none.
  Session maintenance() throws SQLException, PlatformUnreachable {
    return open(maintenance, Duration.ofSeconds(15));
  }

  /// A session whose statements may take as long as they are allowed to by the server's clock.
  Session patient(String database, Duration longest) throws SQLException, PlatformUnreachable {
    return open(database, longest);
  }

  Session patient(Duration longest) throws SQLException, PlatformUnreachable {
    return open(maintenance, longest);
  }

  /// A session that speaks the protocol of replication, too, about one database.
  Session replication(String database, Duration longest) throws SQLException, PlatformUnreachable {
    Properties more = new Properties();
    more.setProperty("replication", "database");
    more.setProperty("preferQueryMode", "simple");
    more.setProperty("assumeMinServerVersion", "14");
    return open(database, longest, more);
  }

  private Session open(String database, Duration longest) throws SQLException, PlatformUnreachable {
    return open(database, longest, new Properties());
  }

  private Session open(String database, Duration longest, Properties more)
      throws SQLException, PlatformUnreachable {
    PostgresUrl url = url();
    Properties properties = url.properties();
    properties.putAll(more);
    properties.setProperty("ApplicationName", "lastgood");
    properties.setProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
    properties.setProperty("loginTimeout", Long.toString(CONNECT.toSeconds()));
    properties.setProperty("socketTimeout", Long.toString(longest.toSeconds() + 5));
    KeptAlive.on(properties);
    Connection connection = DriverManager.getConnection(url.jdbc(database), properties);
    var session = new Session(connection);
    try {
      // Settings of the database or the role (a short time-out, a read-only default) are theirs.
      session.run(
          KeptAlive.onTheServer()
              + "; set statement_timeout = "
              + longest.toMillis()
              + "; set lock_timeout = 0; "
              + Unhurried.onTheServer()
              + "; set default_transaction_read_only = off; set quote_all_identifiers = off;"
              + " set search_path = pg_catalog;"
              + " set client_min_messages = error");
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /// One database of it, for those who compare and carry over.
  DatabaseUrl whole(String database) throws PlatformUnreachable {
    String url = url().whole(database);
    return new DatabaseUrl(new Secret(database, () -> url));
  }

  Map<String, String> environment(String database) throws PlatformUnreachable {
    return url().environment(database);
  }

  /// Why the server did not do it, in its own words, on one line.
  static String why(SQLException e) {
    if (NO_ANSWER.equals(e.getMessage())) {
      return switch (e.getCause()) {
        case java.net.UnknownHostException _ -> "the name of the host cannot be resolved";
        case java.net.SocketTimeoutException _ -> "it does not answer";
        case java.io.EOFException _ -> "it closed the connection at once: it starts, or it ends";
        case null, default -> "no connection came about";
      };
    }
    return Why.plain(String.valueOf(e.getMessage()), LONGEST_WORDS);
  }

  /// Whether the connection broke: then nobody knows what came of the statement.
  static boolean lost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P") || state.equals("null");
  }

  PlatformUnreachable gone(SQLException e) {
    String place;
    try {
      place = url().place();
    } catch (PlatformUnreachable unusable) {
      return unusable;
    }
    return new PlatformUnreachable("PostgreSQL at " + place + ": " + why(e), e);
  }
}
