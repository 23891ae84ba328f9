package dev.lastgood.decision;

import dev.lastgood.condition.Condition.Answer;
import dev.lastgood.decision.Policy.Fact;
import java.util.List;
import java.util.Optional;

/// What the rules say of what is known.
sealed interface Ruling {
  /// @param rule the one that fires; with facts that are not known but change nothing, the one that
  ///   fires if each of them is no
  record Settled(Rule rule, Verdict verdict) implements Ruling {}

  /// @param facts in the order to ask
  /// @param rule that needs the first of them
  record Open(List<Fact> facts, String rule) implements Ruling {}

  /// A condition that matters fails on the values that are known; no answer would help.
  record Broken(String rule, String condition, String why) implements Ruling {}

  static Ruling of(Rules rules, Known known) {
    Pass pass = Pass.over(rules, known);
    if (pass.settled()) {
      return settled(rules, pass, known);
    }
    var diagram = new Diagram(rules, known);
    if (diagram.left().isEmpty()) {
      return anyWay(rules, pass, known, diagram);
    }
    List<Fact> facts =
        diagram.left().stream().flatMap(c -> diagram.facts(c).stream()).distinct().toList();
    return facts.isEmpty()
        ? broken(pass, diagram.left().getFirst(), known)
        : new Open(facts, neededBy(pass, facts.getFirst()));
  }

  private static Settled settled(Rules rules, Pass pass, Known known) {
    return new Settled(pass.fired().orElseThrow().rule(), pass.verdict(rules, known));
  }

  /// Every way leads to the same verdict: take one to its end.
  private static Settled anyWay(Rules rules, Pass pass, Known known, Diagram diagram) {
    while (!pass.settled()) {
      known = diagram.first(pass, known).ways(known).getFirst();
      pass = Pass.over(rules, known);
    }
    return settled(rules, pass, known);
  }

  private static String neededBy(Pass pass, Fact fact) {
    return pass.open().stream()
        .filter(o -> o.condition().names().contains(fact.name()))
        .map(Pass.Open::rule)
        .findFirst()
        .or(() ->
            pass.maybes().stream()
                .filter(c -> Policy.maybeFact(c).equals(fact.name()))
                .map(c -> "component " + c)
                .findFirst())
        .orElseThrow(() -> new IllegalStateException(fact.name() + " is asked for nothing"));
  }

  private static Broken broken(Pass pass, Choice choice, Known known) {
    Optional<Pass.Open> open =
        pass.open().stream()
            .filter(o -> choice.equals(new Choice.OfCondition(o.condition())))
            .findFirst();
    return open.map(o ->
            new Broken(
                o.rule(),
                o.condition().source(),
                known.ask(o.condition()) instanceof Answer.Unknown(_, String why) ? why : ""))
        .orElseThrow(() -> new IllegalStateException("what is left is open"));
  }
}
