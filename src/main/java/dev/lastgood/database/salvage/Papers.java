package dev.lastgood.database.salvage;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Rows left out, and values without a place, in the files of a round. A table that looked
/// otherwise before a migration has a file for each of its forms, since each has another first
/// line.
final class Papers {
  /// The first line of a `.sql`.
  static final String HEAD =
      "-- Rows that were not carried over. Read before you run it: lastgood salvage apply takes the .csv";

  private final LeftOut files;

  Papers(LeftOut files) {
    this.files = files;
  }

  void leftOut(TablePlan plan, Change change, String reason) {
    String name = name(plan);
    line(name + ".csv", Words.header(plan), Words.csv(plan, change, reason));
    line(name + ".sql", HEAD, Words.sql(plan, change, reason));
  }

  void withoutPlace(TablePlan plan, Change change) {
    line(
        name(plan) + ".columns.csv",
        Words.header(plan),
        Words.csv(plan, change, "carried over, but these columns are not in the good state"));
  }

  private static String name(TablePlan plan) {
    return LeftOut.fileName(plan.name().schema(), plan.name().name());
  }

  private void line(String file, String header, String line) {
    try {
      files.line(file, header, line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
