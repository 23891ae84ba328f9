package dev.lastgood.database.salvage;

import dev.lastgood.database.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Counts of one table while a round goes on.
final class Tally {
  private static final int EXAMPLES = 3;

  final TableName table;
  long inserted;
  long updated;
  long deleted;
  long ambiguous;
  long migrated;
  long applied;
  long valuesWithoutPlace;
  String note = "";
  private final SortedMap<String, Long> leftOut = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();

  Tally(TableName table) {
    this.table = table;
  }

  void found(Change.Kind kind) {
    switch (kind) {
      case INSERT -> inserted++;
      case UPDATE -> updated++;
      case DELETE -> deleted++;
    }
  }

  void leftOut(String reason) {
    leftOut.merge(reason, 1L, Long::sum);
  }

  void leftOut(String reason, String example) {
    leftOut(reason);
    if (examples.size() < EXAMPLES) {
      examples.add(example);
    }
  }

  TableRound round() {
    return new TableRound(
        table,
        inserted,
        updated,
        deleted,
        ambiguous,
        migrated,
        applied,
        leftOut,
        valuesWithoutPlace,
        examples,
        note);
  }
}
