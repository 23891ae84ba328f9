package dev.lastgood.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/// Turns what a driver threw into what a person can do.
final class Trouble {
  private Trouble() {}

  static StoreUnavailable explain(SQLException e, String place) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        return sqlite(sqlite, place);
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return postgres(sql, sql.getSQLState(), place);
      }
    }
    return new StoreUnavailable(
        "the database did not answer (" + e.getMessage() + ")", place, "try again", e);
  }

  private static StoreUnavailable sqlite(SQLiteException e, String place) {
    // extended codes keep the plain one in the low byte
    return switch (e.getResultCode().code & 0xff) {
      case 13 -> new StoreUnavailable("the disk is full", place, "make room and try again", e);
      case 8 ->
          new StoreUnavailable(
              "the file is read-only", place, "make it writable for this user and try again", e);
      case 14, 23, 3 ->
          new StoreUnavailable(
              "the file cannot be opened",
              place,
              "check that the folder exists and that this user may write in it. A folder is for one"
                  + " account; several share a PostgreSQL database, see `state` in the configuration",
              e);
      case 10 ->
          full(place)
              ? new StoreUnavailable("the disk is full", place, "make room and try again", e)
              : new StoreUnavailable(
                  "reading or writing the file failed (" + e.getResultCode() + ")",
                  place,
                  "check the disk and the space on it, then try again",
                  e);
      case 5, 6 ->
          new StoreUnavailable(
              "another process keeps the file locked",
              place,
              "wait for it to end, then try again",
              e);
      case 26, 11 ->
          new StoreUnavailable(
              "the file is damaged or is no state of Lastgood (" + e.getResultCode() + ")",
              place,
              "move it away, keep it, and restore it from a backup or begin anew",
              e);
      default ->
          new StoreUnavailable(
              "SQLite says " + e.getMessage(), place, "this is likely a defect", e);
    };
  }

  /// SQLite says "I/O error" when its shared memory finds no room.
  private static boolean full(String file) {
    try {
      return Files.getFileStore(Path.of(file)).getUsableSpace() < 64 << 10;
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static StoreUnavailable postgres(SQLException e, String state, String place) {
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "08", "57" ->
          new StoreUnavailable(
              "the server cannot be reached or is stopping", place, "start it or check the URL", e);
      case "28" ->
          new StoreUnavailable(
              "the server refused the login", place, "check user and password in the URL", e);
      case "3D" ->
          new StoreUnavailable("there is no such database", place, "create it or check the URL", e);
      case "53" ->
          new StoreUnavailable(
              "the server is out of space, memory or connections (" + state + ")",
              place,
              "free some and try again",
              e);
      case "42" ->
          new StoreUnavailable(
              "the user may not do this, or the tables are not Lastgood's (" + state + ")",
              place,
              "check the rights of the user and the schema",
              e);
      case "25" ->
          new StoreUnavailable(
              "the server is read-only (a standby?)", place, "use the URL of the primary", e);
      default -> new StoreUnavailable("SQL state " + state, place, "this is likely a defect", e);
    };
  }
}
