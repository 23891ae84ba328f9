package dev.lastgood.database.salvage;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One row that users changed.
///
/// @param key as text; for a table without one, its hash
/// @param good the row in the good state, for updates and deletes
/// @param live the row in the live database, for inserts and updates
/// @param whole whether an update carries all columns, those a migration touched included
record Change(Kind kind, List<String> key, @Nullable Row good, @Nullable Row live, boolean whole) {
  enum Kind {
    INSERT("inserted"),
    UPDATE("updated"),
    DELETE("deleted");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  Row liveRow() {
    return Objects.requireNonNull(live);
  }

  /// The row as it is shown: what users wrote, or what they deleted.
  Row shown() {
    return kind == Kind.DELETE ? Objects.requireNonNull(good) : liveRow();
  }

  long size() {
    return live == null ? 0 : live.size();
  }
}
