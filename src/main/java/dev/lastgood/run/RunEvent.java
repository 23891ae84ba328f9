package dev.lastgood.run;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.lastgood.model.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What happened in a run. The list of these is all the state there is. Names are stored: an event
/// never changes its meaning, and later versions read earlier events.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RunEvent.Proposed.class, name = "proposed"),
  @JsonSubTypes.Type(value = RunEvent.Approved.class, name = "approved"),
  @JsonSubTypes.Type(value = RunEvent.Began.class, name = "began"),
  @JsonSubTypes.Type(value = RunEvent.Intended.class, name = "intended"),
  @JsonSubTypes.Type(value = RunEvent.Ended.class, name = "ended"),
  @JsonSubTypes.Type(value = RunEvent.Sampled.class, name = "sampled"),
  @JsonSubTypes.Type(value = RunEvent.Asked.class, name = "asked"),
  @JsonSubTypes.Type(value = RunEvent.Chosen.class, name = "chosen"),
  @JsonSubTypes.Type(value = RunEvent.StopAsked.class, name = "stop-asked"),
  @JsonSubTypes.Type(value = RunEvent.Noted.class, name = "noted"),
  @JsonSubTypes.Type(value = RunEvent.Finished.class, name = "finished")
})
public sealed interface RunEvent {
  /// Somebody asked for this plan.
  ///
  /// @param approvals how many people must say yes
  /// @param special names of the approval rules that apply, e.g. `data-loss`
  /// @param decision the decision and its trail, as lines for people
  record Proposed(
      String planHash,
      Actor by,
      String reason,
      int approvals,
      List<String> special,
      List<String> decision)
      implements RunEvent {
    public Proposed {
      special = List.copyOf(special);
      decision = List.copyOf(decision);
    }
  }

  /// Somebody said yes to this hash.
  ///
  /// @param until after this it does not count for a run that has not begun
  /// @param breakGlass set when the policy was broken on purpose: the reason, which is told to
  ///   everybody
  record Approved(Actor by, String planHash, Instant until, Optional<String> breakGlass)
      implements RunEvent {}

  /// Enough people have said yes; steps may start.
  record Began() implements RunEvent {}

  /// Written before anything is done: this attempt of this step may have happened from here on.
  ///
  /// @param attempt from 1
  record Intended(String step, int attempt) implements RunEvent {}

  /// What came of the attempt.
  ///
  /// @param says what was seen, in words: the evidence, or the reason
  /// @param acted false when the goal held already and nothing was done
  /// @param tookMillis from the intent to this
  record Ended(String step, int attempt, Result result, String says, boolean acted, long tookMillis)
      implements RunEvent {}

  /// One look of a watch.
  record Sampled(String step, int number, boolean healthy, String says) implements RunEvent {}

  /// The run cannot go on by itself and waits for a person's choice about this step.
  record Asked(String step, String why, List<Choice> choices) implements RunEvent {
    public Asked {
      choices = List.copyOf(choices);
    }
  }

  /// A person chose.
  record Chosen(String step, Choice choice, Actor by, String reason) implements RunEvent {}

  record StopAsked(Actor by, String reason) implements RunEvent {}

  /// Something for the timeline that changes nothing: a resume, a take-over, a message that was
  /// sent, a step that takes long.
  record Noted(String says) implements RunEvent {}

  record Finished(RunResult result, String says) implements RunEvent {}

  /// How an attempt ended. `DONE` was seen, never assumed.
  enum Result {
    DONE,
    REFUSED,
    UNKNOWN
  }

  enum Choice {
    RETRY,
    OTHER_METHOD,
    SKIP,
    STOP
  }

  /// How a run ended.
  enum RunResult {
    /// Every step is done and what it promised was measured.
    PROVEN,
    /// Ended, but a person skipped a required step: not proven.
    UNPROVEN,
    /// Stopped by a person or by a refusal nobody could pass; says what stands where.
    STOPPED,
    /// Nothing was changed: approval denied or expired.
    ABANDONED
  }
}
