package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Starts and stops what a component runs, and says what it sees. Nothing here throws.
public sealed interface Supervisor permits ProcessSupervisor, CommandSupervisor {
  /// What shall run.
  ///
  /// @param home folder of the release
  /// @param port where it listens; 0: on none that is known here
  record Wanted(String release, Path home, int port) {}

  /// An instance that runs now.
  ///
  /// @param port 0: on none that is known here
  record Running(String release, int port, long pid) {}

  /// Where instances may listen; empty when ports are not known here.
  List<Integer> ports();

  /// What runs and whose release is known.
  List<Running> running();

  /// Does it run, and listen? What another release on the same port says is "not yet".
  Sight started(Wanted wanted);

  /// Starts it; whether it came up is seen by [#started]. Never starts over another instance.
  ///
  /// @param key marks the process, to be found again
  Outcome start(Wanted wanted, String key);

  /// Is this release not running there? An instance of another release is none of its business.
  Sight stopped(Wanted unwanted);

  /// Ends this release there, and nothing else: waits for its connections to end, asks it to stop,
  /// and ends it with all its children when it does not.
  ///
  /// @param drain how long connections may take to end by themselves
  Outcome stop(Wanted unwanted, Duration drain);

  /// Longest time a start may take until it is seen.
  Duration startWithin();

  /// Longest time a stop may take, without the drain.
  Duration stopWithin();

  /// What a person would type.
  String startByHand(Wanted wanted);

  String stopByHand(Wanted unwanted);

  /// What it prints, newest first; for evidence.
  List<Path> logs();

  /// The text without any secret this supervisor hands to its processes.
  String masked(String text);
}
