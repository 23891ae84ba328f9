package dev.lastgood.provider.postgres;

import dev.lastgood.database.salvage.Departure;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a snapshot says about itself, written when it is complete.
///
/// @param release its id
/// @param database name of the database it was taken of
/// @param oid of that database; with the same oid and unbroken statistics, what was written since
///   can be counted
/// @param at when
/// @param server version number, e.g. 150008
/// @param bytes size of the database then
/// @param mark `pg_current_snapshot()`: transactions that had committed are in it
/// @param wal position of the write-ahead log; empty where it may not be asked
/// @param statistics since when the server counts writes
/// @param departure what tells the rows that were written to the database since; not there in
///   manifests of earlier versions
/// @param timeline number of the server's history; not there where it may not be asked
record Manifest(
    int form,
    String release,
    String database,
    long oid,
    Instant at,
    int server,
    long bytes,
    String mark,
    String wal,
    String statistics,
    SortedMap<String, Long> rows,
    List<String> shape,
    SortedMap<String, Content.Written> written,
    @Nullable Departure departure,
    @Nullable Integer timeline) {
  static final int FORM = 1;
  static final String FILE = "manifest.json";
  private static final int LARGEST = 64 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  Content content() {
    return new Content(rows, shape, written);
  }

  void write(Path folder) throws IOException {
    AtomicFiles.write(folder.resolve(FILE), MAPPER.writeValueAsString(this));
  }

  static Manifest read(Path folder) throws IOException {
    String text = AtomicFiles.read(folder.resolve(FILE), LARGEST);
    try {
      Manifest read = MAPPER.readValue(text, Manifest.class);
      if (read.form != FORM
          || read.release == null
          || read.database == null
          || read.at == null
          || read.rows == null
          || read.shape == null
          || read.written == null) {
        throw new IOException(folder.resolve(FILE) + " is not in the form this version knows");
      }
      return read;
    } catch (JacksonException e) {
      throw new IOException(
          folder.resolve(FILE) + " cannot be read: it is not what was written", e);
    }
  }
}
