package dev.lastgood.database.migration;

import dev.lastgood.database.SchemaVerdict;
import java.util.List;

/// Whether the code of a release can live with the live schema, and what led there.
///
/// @param target the release that is asked about
/// @param since migrations applied since, oldest first
/// @param questions what only a person can answer, each with the name to answer it by
/// @param notes what a person should know besides
public record Judgement(
    SchemaVerdict verdict,
    String target,
    List<Since> since,
    List<Question> questions,
    List<String> notes) {
  /// @param about what `--answer` names: a migration
  public record Question(String about, String says) {}

  public Judgement {
    since = List.copyOf(since);
    questions = List.copyOf(questions);
    notes = List.copyOf(notes);
  }
}
