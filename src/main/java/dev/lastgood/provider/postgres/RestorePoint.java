package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A place in the write-ahead log at which replay can stop.
///
/// @param name of the restore point there; empty for a bare moment
/// @param lsn position just behind it; empty for a bare moment
/// @param system identifier of the cluster whose log it is; empty when it may not be asked
/// @param exact whether no transaction was under way between the count of the snapshot and the
///   point, so that what is brought back must have exactly its rows
/// @param at when
record RestorePoint(String name, String lsn, String system, boolean exact, Instant at) {
  static final String FILE = "point.json";
  private static final int LARGEST = 1 << 16;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// PostgreSQL refuses the form of ISO 8601, with `T` and `Z`, for `recovery_target_time`.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'").withZone(ZoneOffset.UTC);

  static RestorePoint moment(Instant at) {
    return new RestorePoint("", "", "", false, at);
  }

  void write(Path folder) throws IOException {
    AtomicFiles.write(folder.resolve(FILE), MAPPER.writeValueAsString(this));
  }

  /// @return empty when the snapshot was taken without one
  /// @throws IOException if it is there and cannot be read
  static Optional<RestorePoint> in(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      RestorePoint read = MAPPER.readValue(AtomicFiles.read(file, LARGEST), RestorePoint.class);
      if (read.name == null || read.lsn == null || read.system == null || read.at == null) {
        throw new IOException(file + " is not in the form this version knows");
      }
      return Optional.of(read);
    } catch (JacksonException e) {
      throw new IOException(file + " cannot be read: it is not what was written", e);
    }
  }

  /// As PostgreSQL and pgBackRest want it.
  String target() {
    return name.isEmpty() ? TIME.format(at) : name;
  }

  /// For messages: `restore point lastgood-…` or the moment.
  String says() {
    return name.isEmpty() ? at.toString() : "restore point " + name;
  }
}
