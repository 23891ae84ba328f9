package dev.lastgood.decision;

import dev.lastgood.condition.Facts;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Looked;
import dev.lastgood.decision.Decision.Needs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what is to be done, or says which fact is needed next. Never guesses: it decides when no
/// answer that is still missing could change the verdict, and asks for those that could.
///
/// The issue a person named comes first. Else each issue with a condition is looked at; of those
/// that hold, the most severe wins, and of equals the first in the file. Then come the questions,
/// in order, then `otherwise`. Components about which the verdict says "maybe" are asked for as
/// facts; cautions add approvals to a verdict that rolls back.
public final class Judge {
  private Judge() {}

  /// @param namedIssue the row of the matrix that a person says it is
  /// @throws IllegalArgumentException if there is no such issue
  public static Decision judge(Policy policy, Facts facts, Optional<String> namedIssue) {
    Rules rules = Rules.of(policy, namedIssue);
    Known known = Known.of(facts);
    return switch (Ruling.of(rules, known)) {
      case Ruling.Open(var missing, String rule) ->
          new Needs(missing, new Trail(rules, known, Optional.empty()).lines(), Optional.of(rule));
      case Ruling.Settled settled ->
          new Decided(
              settled.verdict(),
              settled.rule().name(),
              new Trail(rules, known, Optional.of(settled)).lines(),
              new WhatIfs(rules, known).besides(settled),
              facts);
      case Ruling.Broken broken ->
          new Decided(
              Verdict.of(Action.ASK),
              broken.rule(),
              stopped(new Trail(rules, known, Optional.empty()).lines(), broken),
              List.of(),
              facts);
    };
  }

  private static List<Looked> stopped(List<Looked> before, Ruling.Broken broken) {
    var lines = new ArrayList<>(before);
    lines.add(
        new Looked(
            broken.rule(),
            broken.condition(),
            "not asked",
            "it cannot be answered from the facts: " + broken.why()));
    return lines;
  }
}
