package dev.lastgood.run;

import dev.lastgood.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What comes next in a run, as the machine says. Events are written first, one by one, and the
/// machine is asked again; only when there are none are steps begun.
///
/// @param write events that follow from what is known
/// @param begin steps to begin now, side by side
/// @param samples looks of a watch that are due
/// @param wake when time alone will change the answer; empty: only an event will
/// @param waitsFor what a person must do, when nothing else can go on
public record Turn(
    List<RunEvent> write,
    List<Begin> begin,
    List<Sample> samples,
    Optional<Instant> wake,
    Optional<String> waitsFor) {
  public Turn {
    write = List.copyOf(write);
    begin = List.copyOf(begin);
    samples = List.copyOf(samples);
  }

  /// @param inDoubt the intent is written already, by a process that did not live to write the end:
  ///   look first, act only if the look says that nothing happened
  public record Begin(Step step, int attempt, boolean inDoubt) {}

  /// @param number from 1
  public record Sample(Step step, int number) {}

  static Turn write(RunEvent event) {
    return new Turn(List.of(event), List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  static Turn nothing() {
    return new Turn(List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  public boolean idle() {
    return write.isEmpty() && begin.isEmpty() && samples.isEmpty();
  }
}
