package dev.lastgood.flow;

import dev.lastgood.plan.Plan;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunId;
import dev.lastgood.tell.Messages;
import dev.lastgood.tell.Tellers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Tells people what no step of the plan tells them: a broken glass, a question, an end that is not
/// proof.
final class Notices {
  private final Tellers tellers;
  private final RunId run;
  private final Plan plan;
  private final Instant began;

  /// @param began when the run was proposed
  Notices(Tellers tellers, RunId run, Plan plan, Instant began) {
    this.tellers = tellers;
    this.run = run;
    this.plan = plan;
    this.began = began;
  }

  void about(Entry entry) {
    var messages = new Messages(run, plan);
    switch (entry.event()) {
      case RunEvent.Approved approved ->
          approved
              .breakGlass()
              .ifPresent(reason ->
                  tellers.tellAll(
                      run,
                      Messages.Event.BREAK_GLASS.word(),
                      messages.breakGlass(approved.by(), reason, entry.at())));
      case RunEvent.Asked asked ->
          tellers.tellAll(
              run,
              Messages.Event.ASKED.word(),
              messages.asked(plan.step(asked.step()).says(), asked.why(), asked.choices()));
      case RunEvent.Finished finished -> {
        if (finished.result() != RunResult.PROVEN) {
          tellers.tellAll(
              run,
              Messages.Event.FINISHED.word(),
              messages.finished(
                  finished.result(),
                  finished.says(),
                  Optional.of(Duration.between(began, entry.at()))));
        }
      }
      case RunEvent.Proposed _,
          RunEvent.Began _,
          RunEvent.Intended _,
          RunEvent.Ended _,
          RunEvent.Sampled _,
          RunEvent.Chosen _,
          RunEvent.StopAsked _,
          RunEvent.Noted _ -> {}
    }
  }
}
