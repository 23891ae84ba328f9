package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which columns were renamed since a snapshot: it notes the numbers of all columns, and a rename
/// leaves the number as it was. A database that was restored has numbers of its own.
final class Renames {
  private static final String FILE = "columns.json";
  private static final int LARGEST = 64 << 20;
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final String COLUMNS =
      """
      select n.nspname, c.relname, a.attname, c.oid, a.attnum
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
      order by c.oid, a.attnum\
      """;

  private Renames() {}

  record Column(String schema, String table, String column, long oid, int number) {
    private String place() {
      return oid + " " + number;
    }
  }

  private record File(List<Column> columns) {}

  /// @param view the transaction of the snapshot
  static void note(Session view, Path snapshot) throws SQLException, IOException {
    AtomicFiles.write(snapshot.resolve(FILE), MAPPER.writeValueAsString(new File(columns(view))));
  }

  private static List<Column> columns(Session session) throws SQLException {
    return session.list(
        COLUMNS,
        r -> new Column(r.getString(1), r.getString(2), r.getString(3), r.getLong(4), r.getInt(5)));
  }

  /// @return columns of the snapshot by `schema.table.column`, and what they are called in the live
  ///   database; empty when it is not the database the snapshot was taken of
  static Map<String, String> since(Server server, Optional<Source> source, Standing live)
      throws SQLException, PlatformUnreachable {
    if (source.flatMap(Source::manifest).filter(m -> m.oid() == live.oid()).isEmpty()) {
      return Map.of();
    }
    Path file = source.get().path().resolveSibling(FILE);
    if (!Files.isReadable(file)) {
      return Map.of();
    }
    var now = new HashMap<String, Column>();
    try (Session inside = server.patient(live.name(), LONGEST)) {
      columns(inside).forEach(c -> now.put(c.place(), c));
    }
    var renamed = new HashMap<String, String>();
    for (Column then : read(file)) {
      Column column = now.get(then.place());
      if (column != null && !column.column().equals(then.column())) {
        renamed.put(then.schema() + "." + then.table() + "." + then.column(), column.column());
      }
    }
    return renamed;
  }

  private static List<Column> read(Path file) throws PlatformUnreachable {
    try {
      return MAPPER.readValue(AtomicFiles.read(file, LARGEST), File.class).columns();
    } catch (IOException | JacksonException e) {
      throw new PlatformUnreachable(file + " cannot be read: it is not what was written", e);
    }
  }
}
