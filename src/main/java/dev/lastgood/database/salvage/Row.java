package dev.lastgood.database.salvage;

import org.jspecify.annotations.Nullable;

/// One row of one side, each value as the server writes it.
///
/// Values stand in the order of [TablePlan#carried]; `more` holds what only the live table has, in
/// the order of its added columns.
final class Row {
  private final @Nullable String[] values;
  private final @Nullable String[] more;
  private final long writer;

  /// @param writer id of the transaction that wrote the row last, 32 bits
  Row(@Nullable String[] values, @Nullable String[] more, long writer) {
    this.values = values;
    this.more = more;
    this.writer = writer;
  }

  @Nullable String value(int at) {
    return values[at];
  }

  @Nullable String more(int at) {
    return more[at];
  }

  boolean hasMore() {
    for (String value : more) {
      if (value != null) {
        return true;
      }
    }
    return false;
  }

  long writer() {
    return writer;
  }

  long size() {
    long size = 0;
    for (String value : values) {
      size += value == null ? 0 : value.length();
    }
    return size;
  }
}
