package dev.lastgood.flow;

import java.util.List;

/// A system on a stage: played platforms, a ledger and a state of its own. What its office does
/// changes nothing real.
public interface Rehearsing extends AutoCloseable {
  /// @throws java.util.NoSuchElementException when nothing is on the stage
  Office office();

  /// The real system, for what is not on the stage: as it is and as its state says at this moment.
  /// It can be asked everything; nothing of its state is written, made or brought up to date.
  ///
  /// @throws Refusal when the state cannot be read
  Office real() throws Refusal;

  /// Whether anything at all could be put on the stage.
  boolean played();

  /// Names of the components that were wanted and cannot be played.
  List<String> leftOut();

  /// Where the stage came from, one line for each component that is on it.
  List<String> scenery();

  /// What this rehearsal cannot prove, one line each.
  List<String> unproven();

  /// Explicit releases to go back to, as with `--to`; empty: the ledger finds them.
  List<String> targets();

  /// Lets the deploy happen that must be rolled back, on every component.
  void failingDeploy() throws Refusal;

  /// From now on the platforms misbehave as was asked.
  ///
  /// @return one line for each component on which that is not possible
  List<String> trouble();

  /// What the played platforms were asked, one line each.
  List<String> counted();

  @Override
  void close();
}
