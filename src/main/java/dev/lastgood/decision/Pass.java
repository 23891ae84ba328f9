package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.decision.Policy.Caution;
import dev.lastgood.decision.Rule.Leads;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;

/// One look at all rules with what is known.
///
/// @param fired the rule that fires; empty when a rule before it is open
/// @param open conditions that are not known and may still play a part
/// @param maybes components about which a possible verdict says "maybe" and no person has answered
/// @param remainder equal for two passes from which the same answers lead to the same verdicts
record Pass(
    Optional<Fired> fired, List<Open> open, List<String> maybes, List<List<Object>> remainder) {

  /// @param verdict as the rule says it, its maybes not answered
  record Fired(Rule rule, Verdict verdict) {}

  record Open(String rule, Condition condition) {}

  /// Nothing that is not known can change the verdict.
  boolean settled() {
    return fired.isPresent() && open.isEmpty() && maybes.isEmpty();
  }

  static Pass over(Rules rules, Known known) {
    var open = new ArrayList<Open>();
    var possible = new LinkedHashSet<Verdict>();
    var remainder = new ArrayList<List<Object>>();
    for (Rule rule : rules.inOrder()) {
      switch (rule.look(known)) {
        case Leads.Next _ -> {}
        case Leads.Open(List<Verdict> verdicts) -> {
          possible.addAll(verdicts);
          remainder.add(rest(known, rule.name(), rule.conditions()));
          rule.conditions().stream()
              .filter(c -> known.is(c) == Tri.UNKNOWN)
              .forEach(c -> open.add(new Open(rule.name(), c)));
        }
        case Leads.To(Verdict verdict) -> {
          possible.add(verdict);
          remainder.add(List.of(rule.name(), verdict));
          var fired = Optional.of(new Fired(rule, verdict)).filter(_ -> open.isEmpty());
          return settling(rules, known, fired, open, possible, remainder);
        }
      }
    }
    // Only reached when the last two rules are the verdicts of one issue and its `unless` is open.
    return settling(rules, known, Optional.empty(), open, possible, remainder);
  }

  /// Adds what depends on the verdict: cautions, and components about which it says "maybe".
  private static Pass settling(
      Rules rules,
      Known known,
      Optional<Fired> fired,
      List<Open> open,
      SequencedSet<Verdict> possible,
      List<List<Object>> remainder) {
    if (possible.stream().anyMatch(v -> v.action().rollsBack())) {
      for (Caution caution : rules.policy().cautions()) {
        remainder.add(rest(known, name(caution), List.of(caution.when())));
        if (known.is(caution.when()) == Tri.UNKNOWN) {
          open.add(new Open(name(caution), caution.when()));
        }
      }
    }
    List<String> maybes = possible.stream().flatMap(v -> v.maybes().stream()).distinct().toList();
    maybes.forEach(c -> remainder.add(List.of(c, known.facts().get(Policy.maybeFact(c)))));
    return new Pass(
        fired,
        List.copyOf(open),
        maybes.stream().filter(c -> !known.answered(Policy.maybeFact(c))).toList(),
        remainder);
  }

  private static List<Object> rest(Known known, String rule, List<Condition> conditions) {
    var rest = new ArrayList<Object>();
    rest.add(rule);
    for (Condition condition : conditions) {
      Tri holds = known.is(condition);
      rest.add(holds == Tri.UNKNOWN ? known.values(condition.names()) : holds);
    }
    return rest;
  }

  /// The verdict that fired, with its maybes answered and the cautions heeded.
  Verdict verdict(Rules rules, Known known) {
    Verdict verdict = fired.orElseThrow().verdict();
    if (!verdict.action().rollsBack()) {
      return verdict;
    }
    var components = new TreeMap<>(verdict.components());
    for (String component : verdict.maybes()) {
      known
          .facts()
          .get(Policy.maybeFact(component))
          .ifPresent(v -> components.put(component, Involvement.of(v)));
    }
    if (!components.isEmpty() && !components.containsValue(Involvement.YES)) {
      return verdict.rollingNothingBack(components);
    }
    var approvals = new LinkedHashSet<>(verdict.approvals());
    rules.policy().cautions().stream()
        .filter(c -> known.is(c.when()) == Tri.YES)
        .forEach(c -> approvals.addAll(c.approvals()));
    return verdict.with(components, List.copyOf(approvals));
  }

  static String name(Caution caution) {
    return "caution " + caution.id();
  }
}
