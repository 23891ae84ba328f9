package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableLocks;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// Lets the transactions of some roles and applications say into the log whose they are, since a
/// replication slot does not tell it: a trigger of each table, whose condition is false for
/// everybody else and costs them next to nothing.
///
/// Made after a snapshot, so that it is not in it, and taken away with the last slot.
final class Migrators {
  /// Nobody else uses this schema.
  private static final String SCHEMA = "_lastgood_slot";

  /// Writers wait no longer than this while the trigger of a table is made.
  private static final Duration BRIEFLY = Duration.ofMillis(100);

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Server server;
  private final List<String> names;
  private final Duration patience;

  /// @param names of roles and of applications
  Migrators(Server server, List<String> names) {
    this(server, names, PATIENCE);
  }

  /// @param patience with those who hold a table
  Migrators(Server server, List<String> names, Duration patience) {
    this.server = server;
    this.names = List.copyOf(names);
    this.patience = patience;
  }

  /// @return why it is not done; empty when it is, or when there is nobody to name
  Optional<String> begin(String database, String publication)
      throws SQLException, PlatformUnreachable {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    try (Session inside = server.patient(database, PATIENCE.multipliedBy(2))) {
      try {
        inside.run(function());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (String table :
            inside.list(
                "select r.prrelid::regclass::text from pg_publication_rel r join pg_publication p on"
                    + " p.oid = r.prpubid where p.pubname = ? order by 1",
                r -> r.getString(1),
                publication)) {
          briefly(inside, trigger(table), deadline);
        }
        return Optional.empty();
      } catch (SQLException e) {
        if (Server.lost(e)) {
          throw e;
        }
        briefly(inside, ending(), System.nanoTime() + PATIENCE.toNanos());
        return Optional.of(
            "transactions of " + String.join(", ", names) + " cannot be told: " + Server.why(e));
      }
    }
  }

  /// Takes it away, should there be anything of it.
  void end(String database) throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(database, PATIENCE.multipliedBy(2))) {
      if (inside.yes("select to_regnamespace('" + SCHEMA + "') is not null")) {
        briefly(inside, ending(), System.nanoTime() + patience.toNanos());
      }
    }
  }

  /// What takes it away, as one statement.
  static String ending() {
    return "do $$ begin if pg_catalog.to_regnamespace('"
        + SCHEMA
        + "') is not null then drop schema "
        + SCHEMA
        + " cascade; end if; end $$";
  }

  /// Without an exception block: what is said in its subtransaction comes after the first row.
  private static String function() {
    String quote = "$who" + UUID.randomUUID().toString().replace("-", "") + "$";
    return """
    drop schema if exists %1$s cascade;
    create schema %1$s;
    create function %1$s.who() returns trigger language plpgsql set search_path = pg_catalog as %2$s
    begin
      perform pg_catalog.pg_logical_emit_message(true, 'lastgood',
        'migration: it is of ' || session_user || case current_setting('application_name')
          when '' then '' else ' as ' || current_setting('application_name') end);
      return null;
    end %2$s\
    """
        .formatted(SCHEMA, quote);
  }

  /// Before the statement, so that the log tells whose a transaction is before it tells a row.
  private String trigger(String table) {
    String all = names.stream().map(Quoted::text).collect(Collectors.joining(", "));
    return """
    create trigger _lastgood_who before insert or update or delete or truncate on %s for each statement
      when (session_user in (%s) or current_setting('application_name') in (%s))
      execute function %s.who()\
    """
        .formatted(table, all, all, SCHEMA);
  }

  private static void briefly(Session session, String sql, long deadline)
      throws SQLException, PlatformUnreachable {
    try {
      TableLocks.briefly(session.connection(), sql, BRIEFLY, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }
}
