package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.util.List;

/// Schemas whose names Lastgood uses for its notes. It makes, empties and drops them, and neither
/// keeps nor carries over what is in them, so nothing of others may be there.
final class Reserved {
  private static final String OF_OTHERS =
      """
      select format('%I.%I', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and (
        n.nspname = '_lastgood' and c.relname !~ '^(step([0-9]+_[0-9]+)?|replayed|migrated|skipped)$'
        or n.nspname = '_lastgood_noting' and c.relname not in ('noting', 'noted')
        or n.nspname in ('_lastgood_parting', '_lastgood_parting_next')
          and c.relname not in ('parting', 'compared', 'differs', 'whole')
        or n.nspname = '_lastgood_slot')
      order by 1 limit 3\
      """;

  private Reserved() {}

  /// @param inside a session of the live database
  /// @throws PlatformUnreachable when something of others is in one of them
  static void look(Session inside, String database) throws SQLException, PlatformUnreachable {
    List<String> found = inside.list(OF_OTHERS, r -> Text.plain(r.getString(1)));
    if (!found.isEmpty()) {
      throw new PlatformUnreachable(
          database
              + " has "
              + String.join(", ", found)
              + ", which is not Lastgood's, in a schema whose name Lastgood uses for its own notes:"
              + " rename the schema (alter schema … rename to …)");
    }
  }
}
