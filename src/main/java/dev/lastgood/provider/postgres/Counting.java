package dev.lastgood.provider.postgres;

import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.StateTables;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Counts, cheaply, what was written to the live database since a moment, and would be gone.
final class Counting {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int SHOWN = 12;

  private final Server server;
  private final StateTables state;

  /// @param state tables that go with their schema, and not with users
  Counting(Server server, StateTables state) {
    this.server = server;
    this.state = state;
  }

  /// For people: since when, to the second.
  static String since(Manifest then) {
    return "since " + then.at().truncatedTo(ChronoUnit.SECONDS);
  }

  /// @param before what it was like then
  /// @param when then, in words
  List<String> lost(Standing live, Manifest before, String when) throws PlatformUnreachable {
    return lost(live, before, when, _ -> true);
  }

  /// @param wanted the tables that count, as `schema.table`
  List<String> lost(Standing live, Manifest before, String when, Predicate<String> wanted)
      throws PlatformUnreachable {
    List<String> lines = new ArrayList<>();
    try (Session inside = server.patient(live.name(), LONGEST)) {
      SortedMap<String, Long> rows = Content.rows(inside);
      boolean counted =
          live.oid() == before.oid() && before.statistics().equals(Statistics.since(inside));
      SortedMap<String, Content.Written> written = Content.written(inside);
      var tables = new TreeSet<>(rows.keySet());
      tables.addAll(before.rows().keySet());
      tables.removeIf(wanted.negate());
      CatalogReader.read(inside.connection()).tables().values().stream()
          .filter(state::is)
          .forEach(t -> tables.remove(t.name().schema() + "." + t.name().name()));
      for (String table : tables) {
        Optional<Content.Written> since =
            counted && written.containsKey(table)
                ? Optional.of(difference(before, written, table))
                : Optional.empty();
        line(table, before.rows().get(table), rows.get(table), since).ifPresent(lines::add);
      }
      if (!counted) {
        lines.add("rows that were changed in place since then: this cannot be counted here");
      }
      if (Sessions.count(inside, live.oid()) > 0) {
        lines.add("whatever is written between this plan and the switch");
      }
    } catch (SQLException e) {
      lines.add("an unknown number of rows: they could not be counted (" + Server.why(e) + ")");
    }
    return bounded(lines, when);
  }

  private static Content.Written difference(
      Manifest before, SortedMap<String, Content.Written> written, String table) {
    Content.Written now = written.getOrDefault(table, new Content.Written(0, 0, 0));
    return now.since(before.written().getOrDefault(table, new Content.Written(0, 0, 0)));
  }

  @SuppressWarnings("NullAway") // a table may be on one side only
  private static Optional<String> line(
      String table,
      @org.jspecify.annotations.Nullable Long before,
      @org.jspecify.annotations.Nullable Long now,
      Optional<Content.Written> since) {
    if (now == null) {
      return Optional.empty(); // it is the restored one that has it
    }
    if (before == null) {
      return Optional.of(table + ": the table itself, with " + now + (now == 1 ? " row" : " rows"));
    }
    if (since.filter(Content.Written::possible).isPresent()) {
      Content.Written w = since.get();
      // A row that came and was counted, but is not in the statistics yet.
      long inserted = Math.max(w.inserted(), now - before + w.deleted());
      var all = new Content.Written(inserted, w.updated(), w.deleted());
      return all.none()
          ? Optional.empty()
          : Optional.of(
              table
                  + ": "
                  + inserted
                  + " inserted, "
                  + w.updated()
                  + " updated, "
                  + w.deleted()
                  + " deleted");
    }
    long more = now - before;
    return more == 0
        ? Optional.empty()
        : Optional.of(
            table
                + ": "
                + Math.abs(more)
                + (more > 0 ? " rows more" : " rows fewer")
                + " than then");
  }

  private static List<String> bounded(List<String> lines, String when) {
    if (lines.isEmpty()) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    lines.stream().limit(SHOWN).forEach(l -> all.add("written " + when + ": " + l));
    if (lines.size() > SHOWN) {
      all.add("and " + (lines.size() - SHOWN) + " more tables");
    }
    return all;
  }
}
