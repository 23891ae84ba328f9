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
  private final @Nullable Row origin;

  /// @param writer id of the transaction that wrote the row last, 32 bits
  Row(@Nullable String[] values, @Nullable String[] more, long writer) {
    this(values, more, writer, null);
  }

  private Row(
      @Nullable String[] values, @Nullable String[] more, long writer, @Nullable Row origin) {
    this.values = values;
    this.more = more;
    this.writer = writer;
    this.origin = origin;
  }

  /// The same row with other values.
  Row with(@Nullable String[] others) {
    return new Row(others, more, writer, this);
  }

  /// As it was read.
  Row origin() {
    return origin == null ? this : origin;
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
