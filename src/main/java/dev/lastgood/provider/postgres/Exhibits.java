package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.util.List;

/// What a database looked like before it was left. No text of a query: it may hold customers' data.
final class Exhibits {
  private static final int LINES = 500;
  private static final String SESSIONS =
      "select format('%s as %s: %s%s, transaction since %s', coalesce(nullif(application_name, ''), '?'),"
          + " usename, coalesce(state, backend_type), coalesce(', waits for ' || wait_event, ''),"
          + " coalesce(xact_start::text, '-')) from pg_stat_activity"
          + " where datname = current_database() and pid <> pg_backend_pid() order by xact_start limit "
          + LINES;
  private static final String BLOCKED =
      "select format('pid %s waits for pid %s', pid, array_to_string(pg_blocking_pids(pid), ', '))"
          + " from pg_stat_activity where datname = current_database()"
          + " and cardinality(pg_blocking_pids(pid)) > 0 limit "
          + LINES;
  private static final String TABLES =
      "select format('%s.%s: about %s rows, %s dead; %s inserted, %s updated, %s deleted', schemaname,"
          + " relname, n_live_tup, n_dead_tup, n_tup_ins, n_tup_upd, n_tup_del)"
          + " from pg_stat_user_tables order by 1 limit "
          + LINES;

  private final String component;
  private final Server server;

  Exhibits(String component, Server server) {
    this.component = component;
    this.server = server;
  }

  List<Exhibit> of(String release) {
    String file = component + "-" + release + ".txt";
    String from = component;
    try {
      String database = server.url().database();
      from = server.url().place();
      try (Session session = server.patient(database, java.time.Duration.ofSeconds(10))) {
        return List.of(new Exhibit(file, from, text(session)));
      }
    } catch (SQLException e) {
      return List.of(new Exhibit(file, from, Server.why(e)));
    } catch (PlatformUnreachable e) {
      return List.of(new Exhibit(file, from, String.valueOf(e.getMessage())));
    }
  }

  private static String text(Session session) throws SQLException {
    var text = new StringBuilder();
    text.append(session.text("select version()")).append('\n');
    text.append(session.text("select pg_size_pretty(pg_database_size(current_database()))"));
    part(text, "sessions", session.list(SESSIONS, r -> r.getString(1)));
    part(text, "who waits for whom", session.list(BLOCKED, r -> r.getString(1)));
    part(text, "tables", session.list(TABLES, r -> r.getString(1)));
    return text.toString();
  }

  private static void part(StringBuilder text, String title, List<String> lines) {
    text.append("\n\n").append(title).append('\n');
    lines.forEach(l -> text.append("  ").append(Text.plain(l)).append('\n'));
  }
}
