package dev.lastgood.flow;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.approval.Approvals;
import dev.lastgood.approval.Request;
import dev.lastgood.approval.Ruling;
import dev.lastgood.approval.Standing;
import dev.lastgood.approval.Yes;
import dev.lastgood.model.Actor;
import dev.lastgood.run.Gate;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Proposed;
import dev.lastgood.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who has said yes to a run, by what its journal and its untaken words say.
public final class Consent {
  private final ApprovalPolicy policy;

  Consent(ApprovalPolicy policy) {
    this.policy = policy;
  }

  /// How many people a plan with these special rules needs.
  int needed(Proposal proposal, Actor by) {
    return new Approvals(policy, new Request(by, proposal.hash(), proposal.special())).needed();
  }

  Standing standing(RunId run, Journal journal, Instant now) {
    return approvals(proposed(run, journal)).standing(given(run, journal), now);
  }

  /// @return the yes as it is to be written down
  /// @throws Refusal when it cannot count
  Approved counted(RunId run, Journal journal, Approved yes, boolean acceptLoss, Instant now)
      throws Refusal {
    Ruling ruling =
        approvals(proposed(run, journal))
            .consider(yes(yes, now), acceptLoss, given(run, journal), now);
    return switch (ruling) {
      case Ruling.Counts counts ->
          new Approved(
              counts.yes().by(),
              counts.yes().planHash(),
              counts.yes().until(),
              counts.yes().breakGlass());
      case Ruling.Refused refused -> throw new Refusal(Refusal.Turn.RULE, refused.why());
    };
  }

  private Approvals approvals(Proposed proposed) {
    return new Approvals(
        policy, new Request(proposed.by(), proposed.planHash(), proposed.special()));
  }

  static Proposed proposed(RunId run, Journal journal) {
    return (Proposed) journal.entries(run).getFirst().event();
  }

  private List<Yes> given(RunId run, Journal journal) {
    List<Yes> given = new ArrayList<>();
    for (Journal.Entry entry : journal.entries(run)) {
      if (entry.event() instanceof Approved a) {
        given.add(yes(a, entry.at()));
      }
    }
    for (Journal.Word word : journal.words(run)) {
      if (word.event() instanceof Approved a) {
        given.add(yes(a, a.until().minus(policy.expires())));
      }
    }
    return given;
  }

  /// For the engine: the same policy, on what the engine has read.
  public static Gate gate(ApprovalPolicy policy) {
    var consent = new Consent(policy);
    return (proposed, at, approved, now) ->
        switch (consent.standing(proposed, approved, now)) {
          case Standing.Enough enough -> new Gate.Answer.Open(enough.says());
          case Standing.Wanting wanting ->
              new Gate.Answer.Shut(wanting.says(), at.plus(policy.expires()));
        };
  }

  private Standing standing(Proposed proposed, List<Approved> approved, Instant now) {
    List<Yes> given =
        approved.stream().map(a -> yes(a, a.until().minus(policy.expires()))).toList();
    return approvals(proposed).standing(given, now);
  }

  private static Yes yes(Approved approved, Instant at) {
    return new Yes(approved.by(), approved.planHash(), at, approved.until(), approved.breakGlass());
  }

  static Optional<String> wanting(Standing standing) {
    return standing instanceof Standing.Wanting w ? Optional.of(w.says()) : Optional.empty();
  }
}
