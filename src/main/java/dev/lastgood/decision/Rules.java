package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.decision.Policy.Issue;
import dev.lastgood.decision.Rule.Node;
import dev.lastgood.decision.Rule.Otherwise;
import dev.lastgood.decision.Rule.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The rules of a policy in the order in which they are looked at: the named issue; the other
/// issues, worst first and then as in the file; the questions; `otherwise`. The first that leads
/// somewhere fires.
///
/// @param named the issue a person named; empty: nobody did
record Rules(Policy policy, Optional<Issue> named, List<Rule> inOrder) {
  Rules {
    inOrder = List.copyOf(inOrder);
  }

  /// @throws IllegalArgumentException if the policy has no such issue, or reads an undeclared fact
  static Rules of(Policy policy, Optional<String> name) {
    Optional<Issue> named = name.map(n -> require(policy, n));
    var all = new ArrayList<Rule>();
    named.ifPresent(i -> Row.of(i, true).forEach(all::add));
    // A named row fires for certain, unless its exception leads nowhere.
    boolean certain =
        named.filter(i -> i.unless().isEmpty() || i.instead().isPresent()).isPresent();
    if (!certain) {
      unnamed(policy)
          .filter(r -> !named.equals(Optional.of(r.issue())))
          .sorted(Comparator.comparingInt(Row::rank))
          .forEach(all::add);
      policy.questions().stream()
          .filter(q -> q.yes().isPresent() || q.no().isPresent())
          .forEach(q -> all.add(new Node(q)));
      all.add(new Otherwise(policy.otherwise()));
    }
    var rules = new Rules(policy, named, all);
    rules.conditions().forEach(rules::requireDeclared);
    return rules;
  }

  /// Both verdicts of every issue that applies by itself, in the order of the file.
  static Stream<Row> unnamed(Policy policy) {
    return policy.issues().stream()
        .filter(i -> i.when().isPresent())
        .flatMap(i -> Row.of(i, false));
  }

  /// Every condition that can play a part, in the order in which it is looked at.
  Stream<Condition> conditions() {
    return Stream.concat(
        inOrder.stream().flatMap(r -> r.conditions().stream()),
        policy.cautions().stream().map(Policy.Caution::when));
  }

  private void requireDeclared(Condition condition) {
    for (String name : condition.names()) {
      if (policy.fact(name).isEmpty()) {
        throw new IllegalArgumentException(
            "\"" + condition.source() + "\" reads " + name + ", which is not declared as a fact");
      }
    }
  }

  private static Issue require(Policy policy, String name) {
    return policy
        .issue(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no issue is called \""
                    + name
                    + "\". Known issues: "
                    + String.join(", ", policy.issues().stream().map(Issue::name).toList())));
  }
}
