package dev.lastgood.condition;

import java.util.List;

/// A condition that does not parse or does not type-check. Says why, with the nearest known name
/// where a name is unknown.
public final class BadCondition extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient List<Problem> problems;

  /// @param problems at least one, in the order of the text
  public BadCondition(List<Problem> problems) {
    super(String.join("\n", problems.stream().map(Problem::message).toList()));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }

  /// @param offset where in the expression as written, in characters from 0
  public record Problem(int offset, String message) {}
}
