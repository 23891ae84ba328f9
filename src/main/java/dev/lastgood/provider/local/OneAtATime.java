package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/// Lets one Lastgood at a time change a component: what each of two sees before it acts is then
/// still so when it acts.
///
/// @param lock a file in the state folder
/// @param patience how long to wait for the other one
public record OneAtATime(String component, Path lock, Duration patience) {
  /// @param work looks again first: the one before may have done it
  public Outcome act(Supplier<Outcome> work) {
    try (SlotLock taken = SlotLock.take(lock, patience).orElse(null)) {
      return taken == null
          ? new Outcome.Unknown(component + ": another Lastgood is at it; look what it did")
          : work.get();
    } catch (IOException e) {
      return new Outcome.Refused(
          component + ": nothing was changed, it cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused(component + ": interrupted before anything was changed");
    }
  }
}
