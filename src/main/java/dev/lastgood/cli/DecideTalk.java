package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.condition.Facts;
import dev.lastgood.decision.Decision;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.decision.Involvement;
import dev.lastgood.decision.Policy;
import dev.lastgood.decision.Verdict;
import dev.lastgood.flow.Deciding;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Wish;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The talk that leads to a decision: measured facts first, then only the questions that still
/// matter.
final class DecideTalk {
  private final Terminal terminal;
  private final Office office;
  private final boolean quiet;

  DecideTalk(Terminal terminal, Office office, boolean quiet) {
    this.terminal = terminal;
    this.office = office;
    this.quiet = quiet;
  }

  /// @throws Refusal when an answer is missing and nobody can be asked
  Decided decide(Flags flags) throws Refusal, InterruptedException {
    Policy policy = office.config().decide();
    Facts facts = office.measuredFacts();
    for (String given : flags.facts) {
      facts = Deciding.answer(policy, facts, given);
    }
    while (true) {
      Decision decision = office.decide(facts, flags.issue());
      switch (decision) {
        case Decided decided -> {
          return decided;
        }
        case Needs needs -> facts = ask(facts, needs);
      }
    }
  }

  private Facts ask(Facts facts, Needs needs) throws Refusal {
    Policy.Fact fact = needs.missing().getFirst();
    while (true) {
      String answer =
          terminal
              .ask(fact.ask() + " [" + Deciding.expected(fact) + "] ")
              .orElseThrow(() -> unanswered(needs));
      try {
        return Deciding.answer(facts, fact, answer);
      } catch (Refusal e) {
        terminal.error(String.valueOf(e.getMessage()));
      }
    }
  }

  private static Refusal unanswered(Needs needs) {
    return new Refusal(
        Refusal.Turn.INPUT,
        "the decision needs answers and nobody is here to give them. Add "
            + needs.missing().stream()
                .map(f -> "--fact " + f.name() + "=<" + Deciding.expected(f) + ">")
                .collect(Collectors.joining(" "))
            + ", or name the components to roll back and a --reason");
  }

  /// @throws Refusal when the decision is not to roll back, or there is none
  Wish wish(Flags flags, @Nullable String reason) throws Refusal, InterruptedException {
    Decided decided = decide(flags);
    if (!quiet) {
      show(decided);
    }
    if (decided.verdict().action().rollsBack()) {
      return office.wish(decided, Optional.ofNullable(reason));
    }
    throw new Refusal(
        Refusal.Turn.RULE,
        "Not rolling back: " + why(decided) + ": lastgood rollback full --reason \"…\"");
  }

  private String why(Decided decided) {
    if (office.config().decide().issues().isEmpty()
        && office.config().decide().questions().isEmpty()) {
      return "the configuration has no rules under `decide`, so you decide. Name the components, or"
          + " all of them";
    }
    return "the decision is: "
        + decided.verdict().action().words()
        + ". If you know better, name the components, or all of them";
  }

  void show(Decided decided) {
    terminal.line(terminal.bold("Decision"));
    for (Decision.Looked looked : decided.trail()) {
      terminal.line(
          "  "
              + looked.text()
              + "  "
              + terminal.bold(looked.answer())
              + terminal.dim("  " + looked.because()));
    }
    Verdict verdict = decided.verdict();
    terminal.line(
        "  → "
            + terminal.bold(verdict.action().words())
            + verdict.severity().map(s -> ", " + s).orElse("")
            + verdict.within().map(d -> ", respond within " + Durations.shown(d)).orElse("")
            + verdict.rto().map(d -> ", restore within " + Durations.shown(d)).orElse("")
            + terminal.dim("  by " + decided.rule()));
    if (!verdict.components().isEmpty()) {
      terminal.line(
          "    components: "
              + verdict.components().entrySet().stream()
                  .filter(c -> c.getValue() == Involvement.YES)
                  .map(java.util.Map.Entry::getKey)
                  .collect(Collectors.joining(", ")));
    }
    if (!verdict.approvals().isEmpty()) {
      terminal.line("    approval: " + String.join(", ", verdict.approvals()));
    }
    for (Decision.WhatIf other : decided.otherwise()) {
      terminal.line(
          terminal.dim(
              "    " + other.change() + ": " + other.action().words() + " (" + other.rule() + ")"));
    }
    terminal.blank();
  }
}
