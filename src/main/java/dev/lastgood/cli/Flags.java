package dev.lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Answers to the questions of the decision, for scripts.
final class Flags {
  @Option(
      names = {"-f", "--fact"},
      paramLabel = "NAME=VALUE",
      description = "A fact, e.g. data_at_risk=no or users_affected=60%%. Repeatable.")
  final List<String> facts = new ArrayList<>();

  @Option(
      names = {"-i", "--issue"},
      paramLabel = "NAME",
      description = "The issue, by its name in the decision matrix.")
  @Nullable String issue;

  Optional<String> issue() {
    return Optional.ofNullable(issue);
  }
}
