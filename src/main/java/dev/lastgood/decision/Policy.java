package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.model.Severity;
import java.util.List;
import java.util.Optional;

/// How a team decides: facts that can be known, a matrix of issues, a tree of questions. All as
/// data, in the order of the file.
///
/// @param severities worst first
/// @param otherwise when neither an issue nor a question leads anywhere
public record Policy(
    List<Severity> severities,
    List<Fact> facts,
    List<Issue> issues,
    List<Question> questions,
    Verdict otherwise) {
  public Policy {
    severities = List.copyOf(severities);
    facts = List.copyOf(facts);
    issues = List.copyOf(issues);
    questions = List.copyOf(questions);
  }

  /// Something that can be known about an incident.
  ///
  /// @param ask the question to a person who must supply it
  /// @param options for text facts: what it may be; empty: anything
  public record Fact(String name, FactType type, String ask, List<String> options) {
    public Fact {
      options = List.copyOf(options);
    }
  }

  /// A row of the matrix. It applies when somebody names the issue, or when its condition holds.
  ///
  /// @param when applies by itself when this holds; empty: only when named
  /// @param unless when this holds the `instead` is the verdict: "roll back if no quick fix"
  public record Issue(
      String name,
      String title,
      Optional<Condition> when,
      Verdict then,
      Optional<Condition> unless,
      Optional<Verdict> instead) {}

  /// A node of the tree, in order. `yes` and `no` lead to a verdict, or, when empty, to the next
  /// question.
  public record Question(
      String id, String ask, Condition when, Optional<Verdict> yes, Optional<Verdict> no) {}
}
