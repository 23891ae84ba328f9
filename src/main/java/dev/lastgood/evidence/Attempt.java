package dev.lastgood.evidence;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Something that may hang anywhere, given up when its time is up.
///
/// @param work what is done; interrupted when it is given up
/// @param failed what a failure of it means
/// @param late ends what an interrupt does not, and says what it was busy with
record Attempt<T>(Callable<T> work, Function<Throwable, T> failed, Function<GaveUp, T> late) {
  /// Why it was not waited for any longer.
  enum GaveUp {
    TIME_IS_UP,
    TOLD_TO_STOP
  }

  T within(Duration limit) {
    var task = new FutureTask<>(work);
    // A platform thread: looking up a name cannot be interrupted, and would hold one of the few
    // carriers of all virtual threads while a name server does not answer.
    Thread.ofPlatform().daemon().name("lastgood-attempt").start(task);
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return failed.apply(cause == null ? e : cause);
    } catch (TimeoutException e) {
      return givenUp(task, GaveUp.TIME_IS_UP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return givenUp(task, GaveUp.TOLD_TO_STOP);
    }
  }

  private T givenUp(FutureTask<T> task, GaveUp why) {
    T said = late.apply(why);
    task.cancel(true);
    return said;
  }
}
