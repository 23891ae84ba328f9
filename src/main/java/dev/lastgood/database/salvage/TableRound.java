package dev.lastgood.database.salvage;

import dev.lastgood.database.TableName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What became of one table in one round.
///
/// @param inserted rows users wrote that the good state does not have
/// @param updated rows users changed, `ambiguous` ones included
/// @param deleted rows users deleted
/// @param ambiguous those of them whose author cannot be told
/// @param migrated rows that differ only by what a migration did, as far as they were looked at;
///   they stay as they were in the good state
/// @param applied how many were carried over, or would be
/// @param leftOut how many were not, by reason
/// @param valuesWithoutPlace applied rows with values in columns the good state does not have
/// @param examples rows left out, masked
/// @param note what else a person must know; empty: nothing
public record TableRound(
    TableName table,
    long inserted,
    long updated,
    long deleted,
    long ambiguous,
    long migrated,
    long applied,
    SortedMap<String, Long> leftOut,
    long valuesWithoutPlace,
    List<String> examples,
    String note) {
  public TableRound {
    leftOut = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
    examples = List.copyOf(examples);
    if (inserted + updated + deleted != applied + sum(leftOut)) {
      throw new IllegalStateException(
          table
              + ": "
              + (inserted + updated + deleted)
              + " rows were found, "
              + applied
              + " applied and "
              + sum(leftOut)
              + " left out; nothing is kept of a round that does not account for every row");
    }
  }

  /// The same table, twice.
  TableRound and(TableRound more) {
    var reasons = new TreeMap<>(leftOut);
    more.leftOut.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    return new TableRound(
        table,
        inserted + more.inserted,
        updated + more.updated,
        deleted + more.deleted,
        ambiguous + more.ambiguous,
        migrated + more.migrated,
        applied + more.applied,
        reasons,
        valuesWithoutPlace + more.valuesWithoutPlace,
        examples.isEmpty() ? more.examples : examples,
        note.isEmpty() ? more.note : note);
  }

  /// Rows that users wrote, in all.
  public long found() {
    return inserted + updated + deleted;
  }

  public long leftOutRows() {
    return sum(leftOut);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
