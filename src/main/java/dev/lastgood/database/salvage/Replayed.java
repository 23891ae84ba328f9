package dev.lastgood.database.salvage;

import java.nio.file.Path;
import java.util.List;

/// What was read from a slot and what became of it.
///
/// @param transactions of users, replayed since the slot was opened
/// @param changes of rows in them, each one counted
/// @param now changes of rows that were read this time
/// @param tables what became of the rows this time; some changes of one row one after the other may
///   count as one
/// @param leftOut folders with what could not be carried over, of this time
/// @param skipped transactions that were recognised as a migration's, of all times
public record Replayed(
    long transactions,
    long changes,
    long now,
    List<TableRound> tables,
    List<Path> leftOut,
    List<Skipped> skipped) {
  public Replayed {
    tables = List.copyOf(tables);
    leftOut = List.copyOf(leftOut);
    skipped = List.copyOf(skipped);
  }

  public long applied() {
    return tables.stream().mapToLong(TableRound::applied).sum();
  }

  public long leftOutRows() {
    return tables.stream().mapToLong(TableRound::leftOutRows).sum();
  }
}
