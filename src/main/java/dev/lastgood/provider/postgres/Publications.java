package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Publications of two databases that are exchanged: they belong to their database, and no row of a
/// user tells of them.
final class Publications {
  private static final String ALL =
      """
      select p.pubname, concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
        case when not p.puballtables then (select string_agg(format('%I.%I', t.schemaname, t.tablename), ','
          order by t.schemaname, t.tablename) from pg_publication_tables t where t.pubname = p.pubname) end)
      from pg_publication p where p.pubname not like 'lastgood\\_%'\
      """;

  private Publications() {}

  /// Those that were made, changed or dropped in the live database since the other one was left,
  /// for the plan.
  static List<String> changed(Session live, Session kept) throws SQLException {
    SortedMap<String, String> now = all(live);
    SortedMap<String, String> then = all(kept);
    List<String> lines = new ArrayList<>();
    now.forEach((name, what) -> {
      if (!what.equals(then.remove(name))) {
        lines.add(
            "publication "
                + Text.plain(name)
                + " was made or changed since and stays as it is with the database that is left: make"
                + " it anew after the switch");
      }
    });
    then.keySet()
        .forEach(name ->
            lines.add(
                "publication " + Text.plain(name) + " was dropped since and will be there again"));
    return lines;
  }

  private static SortedMap<String, String> all(Session session) throws SQLException {
    var all = new TreeMap<String, String>();
    session
        .list(ALL, r -> List.of(r.getString(1), r.getString(2)))
        .forEach(p -> all.put(p.getFirst(), p.getLast()));
    return all;
  }
}
