package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What else hangs on the live database and will notice that it changed.
final class Neighbours {
  private Neighbours() {}

  static List<String> costs(Session session, Standing live) throws SQLException {
    List<String> costs = new ArrayList<>();
    List<String> sessions = Sessions.inWords(session, live.oid());
    if (!sessions.isEmpty()) {
      costs.add("ends these sessions, which must connect again: " + String.join(", ", sessions));
    }
    Sessions.untouchable(session, live.oid())
        .forEach(u -> costs.add("the switch is refused as long as this is so: " + u));
    session
        .list(
            "select slot_name from pg_replication_slots where database = ?"
                + " and slot_name not like 'lastgood\\_%' order by 1",
            r -> Text.plain(r.getString(1)), live.name())
        .forEach(s ->
            costs.add(
                "replication slot "
                    + s
                    + " stays with the old database: make it anew, and let its reader begin anew"));
    session
        .list(
            "select subname from pg_subscription where subdbid = ?::bigint::oid order by 1",
            r -> Text.plain(r.getString(1)),
            live.oid())
        .forEach(s ->
            costs.add(
                "subscription "
                    + s
                    + " stays with the old database: make it anew if it is wanted"));
    return costs;
  }
}
