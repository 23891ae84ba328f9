package dev.lastgood.decision;

import dev.lastgood.decision.Decision.Looked;
import dev.lastgood.decision.Policy.Caution;
import dev.lastgood.decision.Policy.Issue;
import dev.lastgood.decision.Rule.Leads;
import dev.lastgood.decision.Rule.Node;
import dev.lastgood.decision.Rule.Otherwise;
import dev.lastgood.decision.Rule.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Writes down what was looked at, rule by rule, with the values that answered it.
final class Trail {
  private final Rules rules;
  private final Known known;
  private final Optional<Ruling.Settled> fired;

  /// @param fired empty while facts are missing: rules that wait for them are left out
  Trail(Rules rules, Known known, Optional<Ruling.Settled> fired) {
    this.rules = rules;
    this.known = known;
    this.fired = fired;
  }

  List<Looked> lines() {
    var lines = new ArrayList<Looked>();
    boolean over = false;
    for (var entry : issues().entrySet()) {
      line(entry.getKey(), entry.getValue(), over).ifPresent(lines::add);
      over |= isFired(entry.getValue());
    }
    for (Rule rule : rules.inOrder()) {
      if (over || rule instanceof Row) {
        continue;
      }
      line(rule).ifPresent(lines::add);
      over = isFired(rule);
      if (fired.isEmpty() && rule.look(known) instanceof Leads.Open) {
        break;
      }
    }
    lines.addAll(worseThanNamed());
    fired.ifPresent(f -> lines.addAll(cautions(f.verdict())));
    fired.ifPresent(f -> lines.addAll(maybes(f)));
    fired.ifPresent(f -> lines.addAll(nothing(f)));
    return lines;
  }

  /// The rows, by issue, in the order in which they are looked at.
  private SequencedMap<Issue, Row> issues() {
    var issues = new LinkedHashMap<Issue, Row>();
    for (Rule rule : rules.inOrder()) {
      if (rule instanceof Row row) {
        issues.merge(row.issue(), row, (first, next) -> isFired(next) ? next : first);
      }
    }
    return issues;
  }

  private boolean isFired(Rule rule) {
    return fired.filter(f -> f.rule().equals(rule)).isPresent();
  }

  private Optional<Looked> line(Issue issue, Row row, boolean over) {
    String values = Words.values(row.conditions(), known);
    if (row.holds(known) == Tri.NO) {
      return looked(row, issue, "no", values);
    }
    if (row.excepted(known) == Tri.YES && issue.instead().isEmpty()) {
      return looked(row, issue, "no", "an exception: " + values);
    }
    if (isFired(row) && row.look(known) instanceof Leads.To) {
      return looked(row, issue, "yes", row.named() ? named(values) : values);
    }
    if (fired.isEmpty()) {
      return Optional.empty();
    }
    if (!isFired(row) && row.holds(known) == Tri.YES) {
      return looked(row, issue, "yes", values + "; " + fired.get().rule().name() + " goes first");
    }
    String why =
        over
            ? "it cannot outrank " + fired.get().rule().name()
            : "the verdict is the same either way";
    return looked(row, issue, "not asked", why);
  }

  private static String named(String values) {
    return values.isEmpty() ? "a person named it" : "a person named it; " + values;
  }

  private static Optional<Looked> looked(Row row, Issue issue, String answer, String because) {
    return Optional.of(new Looked(row.name(), issue.title(), answer, because));
  }

  private Optional<Looked> line(Rule rule) {
    return switch (rule) {
      case Row _ -> Optional.empty();
      case Otherwise o ->
          isFired(o)
              ? Optional.of(new Looked(o.name(), "None of these?", "yes", "no rule before it fits"))
              : Optional.empty();
      case Node node -> line(node);
    };
  }

  private Optional<Looked> line(Node node) {
    String ask = node.question().ask();
    return switch (known.is(node.question().when())) {
      case YES -> Optional.of(new Looked(node.name(), ask, "yes", values(node)));
      case NO -> Optional.of(new Looked(node.name(), ask, "no", values(node)));
      case UNKNOWN ->
          fired.map(
              _ -> new Looked(node.name(), ask, "not asked", "the verdict is the same either way"));
    };
  }

  private String values(Rule rule) {
    return Words.values(rule.conditions(), known);
  }

  /// What a person who named an issue should know: something worse holds as well.
  private List<Looked> worseThanNamed() {
    if (rules.named().isEmpty()) {
      return List.of();
    }
    Issue named = rules.named().get();
    int rank = Row.of(named, true).toList().getFirst().rank();
    return Rules.unnamed(rules.policy())
        .filter(r -> !r.issue().equals(named) && !rules.inOrder().contains(r))
        .filter(r -> r.rank() < rank && r.look(known) instanceof Leads.To)
        .map(r ->
            new Looked(
                r.name(),
                r.issue().title(),
                "yes",
                values(r) + "; it is more severe, but issue " + named.name() + " was named"))
        .toList();
  }

  private List<Looked> cautions(Verdict verdict) {
    if (!verdict.action().rollsBack()) {
      return List.of();
    }
    var lines = new ArrayList<Looked>();
    for (Caution caution : rules.policy().cautions()) {
      String answer =
          switch (known.is(caution.when())) {
            case YES -> "yes";
            case NO -> "no";
            case UNKNOWN -> "not asked";
          };
      String because =
          answer.equals("not asked")
              ? "the verdict is the same either way"
              : Words.values(List.of(caution.when()), known);
      lines.add(new Looked(Pass.name(caution), caution.ask(), answer, because));
    }
    return lines;
  }

  private List<Looked> maybes(Ruling.Settled fired) {
    return raw(fired.rule()).stream()
        .flatMap(v -> v.maybes().stream())
        .map(c -> {
          String fact = Policy.maybeFact(c);
          String answer = known.facts().get(fact).map(v -> v.shown()).orElse("not asked");
          String ask = rules.policy().fact(fact).map(f -> f.ask()).orElse("");
          return new Looked("component " + c, ask, answer, fact + " is " + answer);
        })
        .toList();
  }

  private List<Looked> nothing(Ruling.Settled fired) {
    boolean nothing =
        fired.verdict().action() == Action.ASK
            && raw(fired.rule()).filter(v -> v.action().rollsBack()).isPresent();
    return nothing
        ? List.of(
            new Looked(
                "components",
                "Is anything to be rolled back?",
                "no",
                "every component was answered with no, so a person must decide"))
        : List.of();
  }

  /// The verdict as the rule says it, before its maybes were answered.
  private Optional<Verdict> raw(Rule rule) {
    return rule.look(known) instanceof Leads.To(Verdict verdict)
        ? Optional.of(verdict)
        : Optional.empty();
  }
}
