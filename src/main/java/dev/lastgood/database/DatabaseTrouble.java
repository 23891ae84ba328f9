package dev.lastgood.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A database could not be asked, or did not do what it was asked. Nothing of this round was kept:
/// a round is one transaction. The message never holds a URL, a password or a value of a row.
public final class DatabaseTrouble extends Exception {
  private static final long serialVersionUID = 1;

  public DatabaseTrouble(String message) {
    super(message);
  }

  public DatabaseTrouble(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The server's words without its details, which quote rows.
  public static DatabaseTrouble of(String doing, SQLException e) {
    String state = e.getSQLState() == null ? "no state" : e.getSQLState();
    String next =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          case "08", "57" -> "check that the server runs, then repeat: nothing was kept";
          case "28", "3D" -> "check user, password and database name of the URL";
          case "42" -> "check the rights of the user";
          case "53" -> "make room on the server, then repeat: nothing was kept";
          case "25" -> "the server does not accept writes (a standby?): use a primary";
          case "55" -> "somebody holds a lock: end that session or wait, then repeat";
          default -> "repeat once; if it comes again, this is likely a defect";
        };
    return new DatabaseTrouble(
        doing + ": " + ServerSays.message(e) + " (" + state + "); " + next, e);
  }
}
