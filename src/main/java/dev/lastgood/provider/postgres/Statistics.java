package dev.lastgood.provider.postgres;

import java.sql.SQLException;

/// Since when the server has counted the writes of a database without a break.
final class Statistics {
  private Statistics() {}

  static String since(Session session) throws SQLException {
    return session.text(
        "select coalesce(stats_reset::text, 'ever') from pg_stat_database"
            + " where datname = current_database()");
  }
}
