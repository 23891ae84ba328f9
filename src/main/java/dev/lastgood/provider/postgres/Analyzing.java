package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Gathers the statistics of a restored database, several tables at once: without them the first
/// queries after the switch would be slow ones.
record Analyzing(Server server, String database, int jobs) {
  private static final String LARGEST_FIRST =
      "select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'm')"
          + " and c.relpersistence <> 't' order by c.relpages desc, 1";

  void all(Duration longest) throws SQLException, PlatformUnreachable {
    try (Session session = server.patient(database, longest)) {
      // Of a partitioned table the whole is read besides its parts, and only `analyze` of
      // everything reads no part twice.
      if (session.yes("select exists (select from pg_class where relkind = 'p')")) {
        session.run("analyze");
        return;
      }
      List<String> tables = session.list(LARGEST_FIRST, r -> r.getString(1));
      new AtOnce(server, database, jobs)
          .each(tables, longest, (one, table) -> one.run("analyze " + table));
    }
  }
}
