package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one Lastgood at a time work on a slot. The kernel lets go of it when its holder dies, so it
/// cannot become stale.
public final class SlotLock implements AutoCloseable {
  /// The kernel's lock belongs to the process, and is lost as soon as any of its threads closes the
  /// file: threads of one process must therefore be kept apart before they open it.
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel channel;

  private SlotLock(ReentrantLock threads, FileChannel channel) {
    this.threads = threads;
    this.channel = channel;
  }

  /// @return empty when somebody else has held it all the time
  /// @throws IOException if there can be no lock file there
  public static Optional<SlotLock> take(Path file, Duration patience)
      throws IOException, InterruptedException {
    ReentrantLock threads =
        THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
    long deadline = System.nanoTime() + patience.toNanos();
    if (!threads.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    Optional<SlotLock> taken = Optional.empty();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      while (lock == null && System.nanoTime() < deadline) {
        Thread.sleep(10);
        lock = channel.tryLock();
      }
      if (lock != null) {
        taken = Optional.of(new SlotLock(threads, channel));
      }
      return taken;
    } finally {
      if (taken.isEmpty()) {
        if (channel != null) {
          channel.close();
        }
        threads.unlock();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      threads.unlock();
    }
  }
}
