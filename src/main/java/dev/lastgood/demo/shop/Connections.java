package dev.lastgood.demo.shop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The backend's pool of connections to its store: there are so many and no more, and who takes one
/// has to give it back.
final class Connections {
  static final int ALL = 32;
  private static final int PATIENCE_MILLIS = 100;

  private final Semaphore free = new Semaphore(ALL);

  /// @return false if none became free in time
  boolean take() {
    try {
      return free.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void giveBack() {
    free.release();
  }

  int free() {
    return free.availablePermits();
  }
}
