package dev.lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers to the questions of the decision, for scripts.
final class Flags {
  final List<String> facts = new ArrayList<>();
  private @Nullable String issue;

  void join(Words words) {
    words.texts(
        "-f,--fact",
        "NAME=VALUE",
        "A fact, e.g. data_at_risk=no or users_affected=60%%. Repeatable.",
        facts);
    words.text(
        "-i,--issue", "NAME", "The issue, by its name in the decision matrix.", v -> issue = v);
  }

  Optional<String> issue() {
    return Optional.ofNullable(issue);
  }
}
