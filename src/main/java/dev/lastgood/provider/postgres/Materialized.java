package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/// Materialized views. They show what was in the tables when they were last refreshed, and nothing
/// of what was carried over since. How long a refresh takes, and when, is for a person to say: it
/// may be the most expensive query of the database.
final class Materialized {
  private static final int SHOWN = 8;

  private Materialized() {}

  /// How they are brought up to date, in an order in which one may read another; empty: there are
  /// none.
  static String refreshing(Session inside) throws SQLException {
    List<String> all =
        inside.list(
            "select format('refresh materialized view %I.%I', n.nspname, c.relname) from pg_class c"
                + " join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' and"
                + " c.relispopulated and n.nspname !~ '^(pg_|_lastgood_)' order by c.oid",
            r -> Text.plain(r.getString(1)));
    return all.stream().limit(SHOWN).collect(Collectors.joining("; "))
        + (all.size() > SHOWN ? "; and " + (all.size() - SHOWN) + " more" : "");
  }

  /// For the plan.
  static List<String> costs(Session inside) throws SQLException {
    String how = refreshing(inside);
    return how.isEmpty()
        ? List.of()
        : List.of(
            "materialized views show nothing of what is carried over until they are refreshed; after"
                + " the switch: "
                + how);
  }
}
