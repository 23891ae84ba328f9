package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import dev.lastgood.database.sql.Reading;
import dev.lastgood.database.sql.Script;
import dev.lastgood.database.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What tools print of a migration that is not written in SQL.
final class Printed {
  /// Django says so, in a comment, of each operation in Python.
  private static final String NOT_ALL = "CANNOT BE WRITTEN AS SQL";

  /// Alembic says so, in a comment, before each revision.
  private static final Pattern RUNNING = Pattern.compile("(?m)^-- Running upgrade ");

  private Printed() {}

  /// Without what the tool writes down for itself: Alembic prints that, too.
  static String without(String sql, String stateTable) {
    return Script.statements(sql).stream()
        .filter(s -> !about(s, stateTable))
        .map(s -> s.text() + "\n;\n")
        .collect(Collectors.joining());
  }

  /// What is not in it, or not of it; empty: nothing that is known of.
  static String misses(String sql, String stateTable) {
    if (sql.contains(NOT_ALL)) {
      return "a part of it is Python, which is not executed to find out";
    }
    if (RUNNING.matcher(sql).results().count() > 1) {
      return "what its tool printed is of more than this one";
    }
    List<Statement> all = Script.statements(sql).stream().filter(s -> !s.transaction()).toList();
    return !all.isEmpty() && all.stream().allMatch(s -> about(s, stateTable))
        ? "it does something, and its tool printed nothing of it"
        : "";
  }

  private static boolean about(Statement statement, String stateTable) {
    return Reading.of(statement).stream()
        .allMatch(d -> table(d).filter(t -> t.name().equals(stateTable)).isPresent());
  }

  private static Optional<Named> table(Deed deed) {
    return switch (deed) {
      case Deed.CreateTable d -> Optional.of(d.table());
      case Deed.Rows d -> Optional.of(d.table());
      default -> Optional.empty();
    };
  }
}
