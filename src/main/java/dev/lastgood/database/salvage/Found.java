package dev.lastgood.database.salvage;

import java.io.IOException;
import java.nio.file.Path;

/// What comparing the keys of one table found.
final class Found implements AutoCloseable {
  final TablePlan plan;

  /// Rows that are new or different in the live database.
  final Spool written;

  /// Rows that only the good state has.
  final Spool gone;

  long onlyLive;
  long different;
  long goodRows;
  long liveRows;

  /// Rows that differ only where a migration changed the column.
  long migrated;

  Found(TablePlan plan, Path folder) throws IOException {
    this.plan = plan;
    this.written = new Spool(folder);
    this.gone = new Spool(folder);
  }

  @Override
  public void close() throws IOException {
    try (gone) {
      written.close();
    }
  }
}
