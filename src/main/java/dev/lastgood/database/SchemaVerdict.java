package dev.lastgood.database;

import dev.lastgood.database.SchemaDiff.Change;
import java.util.ArrayList;
import java.util.List;

/// Whether old code can run on the live schema as it is. Judged from the schemas alone: what a
/// migration did to the rows is not seen here.
public sealed interface SchemaVerdict {
  List<String> reasons();

  /// Old code runs on the new schema.
  record Safe(List<String> reasons) implements SchemaVerdict {}

  /// The schema can be taken back without losing rows; then the old code runs.
  record StepDownFirst(List<String> reasons) implements SchemaVerdict {}

  /// What old code needs is gone and only an earlier state has it.
  record NeedsRestore(List<String> reasons) implements SchemaVerdict {}

  /// Nothing can be said: the two are not the same database.
  record Blocked(List<String> reasons) implements SchemaVerdict {}

  /// @param diff good state against live
  static SchemaVerdict of(SchemaDiff diff) {
    if (diff.pairs().isEmpty() && !diff.changes().isEmpty()) {
      return new Blocked(
          List.of("the two have no table in common: check that both URLs are of one system"));
    }
    var gone = new ArrayList<String>();
    var stepDown = new ArrayList<String>();
    var harmless = new ArrayList<String>();
    for (Change change : diff.changes()) {
      switch (Weight.of(change)) {
        case GONE -> gone.add(Weight.words(change));
        case STEP_DOWN -> stepDown.add(Weight.words(change));
        case HARMLESS -> harmless.add(Weight.words(change));
      }
    }
    if (!gone.isEmpty()) {
      gone.addAll(stepDown);
      return new NeedsRestore(List.copyOf(gone));
    }
    if (!stepDown.isEmpty()) {
      return new StepDownFirst(List.copyOf(stepDown));
    }
    return new Safe(harmless.isEmpty() ? List.of("the schemas are the same") : harmless);
  }

  /// Every change in words, harmless ones included.
  static List<String> words(SchemaDiff diff) {
    return diff.changes().stream().map(Weight::words).toList();
  }

  /// The word for plans and scripts.
  default String word() {
    return switch (this) {
      case Safe _ -> "SAFE";
      case StepDownFirst _ -> "STEP_DOWN_FIRST";
      case NeedsRestore _ -> "NEEDS_RESTORE";
      case Blocked _ -> "BLOCKED";
    };
  }
}
