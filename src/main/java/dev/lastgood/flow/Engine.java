package dev.lastgood.flow;

import dev.lastgood.run.Journal;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Worker;
import java.time.Duration;
import java.util.function.Consumer;

/// Drives runs in this process. `Wiring` puts the driver of `run` behind it.
public interface Engine {
  /// Goes on with a run until it is finished, asks a person, or waits for an approval.
  ///
  /// @param listener hears every event as it is written
  /// @throws Refusal when another process drives it
  /// @param patience how long to wait for a person; zero: not at all
  void drive(RunId run, Worker worker, Consumer<Journal.Entry> listener, Duration patience)
      throws Refusal, InterruptedException;
}
