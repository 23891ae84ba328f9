package dev.lastgood.provider.envfile;

import dev.lastgood.provider.local.Argv;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What reads the variable, and how it is made to read it again.
///
/// @param restart command that starts it anew
/// @param reads command that prints the value it has; empty: nothing can show that
/// @param restarted note of ours of the last restart
/// @param timeout of the restart
/// @param within until it is seen to have the value, after the restart
record Readers(
    List<String> restart,
    List<String> reads,
    Path dir,
    Path restarted,
    Duration timeout,
    Duration within,
    Duration downtime) {
  private static final Duration SHORT = Duration.ofSeconds(5);
  private static final int LONGEST = 4096;

  Readers {
    restart = List.copyOf(restart);
    reads = List.copyOf(reads);
  }

  Argv restarting() {
    return new Argv(restart, Optional.of(dir), Map.of(), timeout);
  }

  Argv.Reply ask() {
    return new Argv(reads, Optional.of(dir), Map.of(), SHORT).ask("", LONGEST);
  }
}
