package dev.lastgood.database.salvage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What one comparison found and what became of it.
///
/// @param kept whether it was kept; a rehearsal is not
/// @param mark from which the next round need only look at what was written since
/// @param incremental whether this round itself only looked at such rows
/// @param leftOut the folder with everything that was not applied; empty when nothing was left out
/// @param notes what is not carried over by any round
public record Round(
    boolean kept,
    Mark mark,
    boolean incremental,
    List<TableRound> tables,
    Optional<Path> leftOut,
    List<String> notes) {
  public Round {
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
  }

  private long sum(ToLongFunction<TableRound> of) {
    return tables.stream().mapToLong(of).sum();
  }

  public long inserted() {
    return sum(TableRound::inserted);
  }

  public long updated() {
    return sum(TableRound::updated);
  }

  public long deleted() {
    return sum(TableRound::deleted);
  }

  public long found() {
    return sum(TableRound::found);
  }

  public long applied() {
    return sum(TableRound::applied);
  }

  public long leftOutRows() {
    return sum(TableRound::leftOutRows);
  }
}
