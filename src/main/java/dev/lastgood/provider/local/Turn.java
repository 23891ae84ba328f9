package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The right to change one thing of this machine, held by one at a time: across threads and across
/// processes. The kernel lets go of it when its holder dies, so it is never stale.
public final class Turn implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final FileChannel channel;

  private Turn(FileChannel channel) {
    this.channel = channel;
  }

  /// Waits for the turn.
  ///
  /// @param lock a file that exists for this alone; made where it is missing
  /// @return empty when somebody else had it all the time, or this thread was interrupted
  /// @throws IOException if the file cannot be made or locked
  public static Optional<Turn> take(Path lock, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      while (tryLock(channel) == null) {
        if (System.nanoTime() > deadline) {
          channel.close();
          return Optional.empty();
        }
        Thread.sleep(POLL);
      }
      return Optional.of(new Turn(channel));
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// The kernel keeps processes apart; within one Java the second try is told by an exception.
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
