package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Reads a stream as it comes, so that the other side never waits for us, and gives it out up to a
/// mark.
final class Pump {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final int most;
  private byte[] bytes = new byte[8192];
  private int length;
  private boolean ended;
  private boolean overflown;

  /// @param most bytes kept at once; whatever is beyond is dropped and said
  Pump(InputStream from, int most) {
    this.most = most;
    // A read of a pipe holds its carrier: as virtual threads a few hosts would stop all others.
    Thread.ofPlatform().daemon().name("lastgood-ssh").start(() -> read(from));
  }

  private void read(InputStream from) {
    byte[] part = new byte[16 * 1024];
    try (from) {
      for (int n = from.read(part); n >= 0; n = from.read(part)) {
        add(part, n);
      }
    } catch (IOException e) {
      // The stream ends with its process; whoever waits is told below.
    }
    lock.lock();
    try {
      ended = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void add(byte[] part, int n) {
    lock.lock();
    try {
      if (length + n > most) {
        // The end is kept: that is where the mark will be.
        int stay = Math.min(length, 4096);
        System.arraycopy(bytes, length - stay, bytes, 0, stay);
        length = stay;
        overflown = true;
      }
      if (length + n > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(length + n, Math.min(most, 2 * bytes.length)));
      }
      System.arraycopy(part, 0, bytes, length, n);
      length += n;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What came before a line that starts with the mark, and that line's rest.
  @SuppressWarnings("ArrayRecordComponent") // handed on at once
  record Part(byte[] before, String rest, boolean whole) {}

  /// @return empty when it was not there in time, or the stream ended
  Optional<Part> until(byte[] mark, long deadlineNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      int from = 0;
      while (true) {
        int at = find(mark, Math.min(from, length));
        int end = at < 0 ? -1 : lineEnd(at + mark.length);
        if (end >= 0) {
          return Optional.of(taken(at, at + mark.length, end));
        }
        from = at >= 0 ? at : Math.max(0, length - mark.length);
        long left = deadlineNanos - System.nanoTime();
        if (ended || left <= 0) {
          return Optional.empty();
        }
        more.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        from = Math.min(from, length);
        if (overflown) {
          from = 0;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Part taken(int at, int rest, int end) {
    byte[] before = Arrays.copyOf(bytes, at);
    String words = new String(bytes, rest, end - rest, java.nio.charset.StandardCharsets.US_ASCII);
    int left = length - end - 1;
    System.arraycopy(bytes, end + 1, bytes, 0, left);
    length = left;
    boolean whole = !overflown;
    overflown = false;
    if (bytes.length > 1 << 20 && left < 8192) {
      bytes = Arrays.copyOf(bytes, 8192);
    }
    return new Part(before, words.strip(), whole);
  }

  private int find(byte[] mark, int from) {
    for (int i = from; i <= length - mark.length; i++) {
      if (bytes[i] == mark[0] && Arrays.equals(bytes, i, i + mark.length, mark, 0, mark.length)) {
        return i;
      }
    }
    return -1;
  }

  private int lineEnd(int from) {
    for (int i = from; i < length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /// What there is now; for the words of a process that has ended.
  String rest() {
    lock.lock();
    try {
      return new String(bytes, 0, length, java.nio.charset.StandardCharsets.UTF_8);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end of the stream.
  void ended(long deadlineNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!ended && deadlineNanos - System.nanoTime() > 0) {
        more.awaitNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    } finally {
      lock.unlock();
    }
  }
}
