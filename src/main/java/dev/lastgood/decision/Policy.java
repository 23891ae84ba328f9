package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a team decides: facts that can be known, a matrix of issues, a tree of questions, and what
/// calls for more than the usual approval. All as data, in the order of the file.
///
/// @param severities worst first
/// @param facts those of the file, then `roll_back_COMPONENT` for each component about which a
///   verdict says [Involvement#MAYBE], unless the file has it
/// @param otherwise when neither an issue nor a question leads anywhere
/// @param cautions looked at when the verdict is to roll back
public record Policy(
    List<Severity> severities,
    List<Fact> facts,
    List<Issue> issues,
    List<Question> questions,
    Verdict otherwise,
    List<Caution> cautions) {
  public Policy {
    severities = List.copyOf(severities);
    issues = List.copyOf(issues);
    questions = List.copyOf(questions);
    cautions = List.copyOf(cautions);
    facts = withMaybes(facts, verdicts(issues, questions, otherwise));
  }

  /// A policy without cautions.
  public Policy(
      List<Severity> severities,
      List<Fact> facts,
      List<Issue> issues,
      List<Question> questions,
      Verdict otherwise) {
    this(severities, facts, issues, questions, otherwise, List.of());
  }

  public Optional<Fact> fact(String name) {
    return facts.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  public Optional<Issue> issue(String name) {
    return issues.stream().filter(i -> i.name().equals(name)).findFirst();
  }

  /// The fact a person answers when a verdict says "maybe" about a component: `roll_back_frontend`.
  public static String maybeFact(String component) {
    return "roll_back_" + component.replace('-', '_');
  }

  private static Stream<Verdict> verdicts(
      List<Issue> issues, List<Question> questions, Verdict otherwise) {
    return Stream.of(
            issues.stream().flatMap(i -> Stream.concat(Stream.of(i.then), i.instead.stream())),
            questions.stream().flatMap(q -> Stream.concat(q.yes.stream(), q.no.stream())),
            Stream.of(otherwise))
        .flatMap(all -> all);
  }

  private static List<Fact> withMaybes(List<Fact> declared, Stream<Verdict> verdicts) {
    var all = new ArrayList<>(declared);
    verdicts
        .flatMap(v -> v.components().entrySet().stream())
        .filter(c -> c.getValue() == Involvement.MAYBE)
        .map(c -> c.getKey())
        .distinct()
        .filter(c -> all.stream().noneMatch(f -> f.name().equals(maybeFact(c))))
        .forEach(c ->
            all.add(
                new Fact(
                    maybeFact(c),
                    FactType.YES_NO,
                    "Is " + c + " to be rolled back too?",
                    List.of())));
    return List.copyOf(all);
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
  /// @param instead what it leaves unsaid of severity and clocks is taken from `then`; empty: when
  ///   `unless` holds the row does not apply, and the next rule is looked at
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

  /// "Stop and get approval if …". In the file, under `decide`:
  ///
  ///     cautions:
  ///       - { id: not-on-call, ask: "Is whoever asks not on call?", when: "!on_call",
  ///           approvals: [on-call] }
  ///
  /// @param ask in words, as a question
  /// @param approvals names of approval rules that are added to the verdict when it holds
  public record Caution(String id, String ask, Condition when, List<String> approvals) {
    public Caution {
      approvals = List.copyOf(approvals);
    }
  }
}
