package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From SQL to what it does.
public final class Reading {
  private static final int LONGEST = 4 << 20;

  private Reading() {}

  /// What a script does, statement by statement. What cannot be judged is [Deed.Unjudged].
  public static List<Deed> of(String sql) {
    if (sql.length() > LONGEST) {
      return List.of(
          new Deed.Unjudged("a script of " + sql.length() + " characters", "too long to judge"));
    }
    List<Deed> deeds = new ArrayList<>();
    for (Statement statement : Script.statements(sql)) {
      deeds.addAll(of(statement));
    }
    return List.copyOf(deeds);
  }

  public static List<Deed> of(Statement statement) {
    try {
      Optional<List<Deed>> own = Headers.read(statement);
      return own.isPresent() ? own.get() : Parsed.read(statement);
    } catch (Strange e) {
      return List.of(
          new Deed.Unjudged(
              "line " + statement.line() + ", " + statement.shown(),
              String.valueOf(e.getMessage())));
    }
  }
}
