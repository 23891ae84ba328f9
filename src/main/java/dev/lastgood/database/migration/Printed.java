package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import dev.lastgood.database.sql.Reading;
import dev.lastgood.database.sql.Script;
import dev.lastgood.database.sql.Statement;
import java.util.Optional;
import java.util.stream.Collectors;

/// What tools print of a migration that is not written in SQL.
final class Printed {
  /// Django says so, in a comment, of each operation in Python.
  private static final String NOT_ALL = "CANNOT BE WRITTEN AS SQL";

  private Printed() {}

  /// Without what the tool writes down for itself: Alembic prints that, too.
  static String without(String sql, String stateTable) {
    return Script.statements(sql).stream()
        .filter(s -> !about(s, stateTable))
        .map(s -> s.text() + "\n;\n")
        .collect(Collectors.joining());
  }

  /// What is not in it; empty: nothing that is known of.
  static String misses(String sql) {
    return sql.contains(NOT_ALL) ? "a part of it is Python, which is not executed to find out" : "";
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
