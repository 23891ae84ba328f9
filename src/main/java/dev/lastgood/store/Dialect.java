package dev.lastgood.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/// What the two databases spell differently. Everything else is one SQL.
public enum Dialect {
  SQLITE,
  POSTGRES;

  /// Types in the migrations.
  Map<String, String> placeholders() {
    return switch (this) {
      case SQLITE ->
          Map.of(
              "identity", "integer primary key autoincrement",
              "bytes", "blob",
              // db-scheduler binds epoch milliseconds here
              "instant", "integer",
              "bool", "integer");
      case POSTGRES ->
          Map.of(
              "identity", "bigint generated always as identity primary key",
              "bytes", "bytea",
              "instant", "timestamp with time zone",
              "bool", "boolean");
    };
  }

  /// A time as db-scheduler's columns keep it.
  Object instant(Instant at) {
    return switch (this) {
      case SQLITE -> at.toEpochMilli();
      case POSTGRES -> at.atOffset(ZoneOffset.UTC);
    };
  }

  /// An expression of such a time, in epoch milliseconds.
  String millis(String time) {
    return switch (this) {
      case SQLITE -> time;
      case POSTGRES -> "cast(extract(epoch from " + time + ") * 1000 as bigint)";
    };
  }

  /// Ends a select whose rows must not change before the statement is over. SQLite has one writer,
  /// so there nothing can.
  String share() {
    return switch (this) {
      case SQLITE -> "";
      case POSTGRES -> " for share";
    };
  }
}
