package dev.lastgood.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// One process at a time drives the runs of a state folder. The operating system drops the lock
/// with its holder, however that ends, so it can never be stale; the words beside it say who holds
/// it.
public final class DrivingLock implements AutoCloseable {
  private static final int WORDS_MAX = 1000;
  private final FileChannel channel;
  private final FileLock lock;

  private DrivingLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /// @param words who asks, for the others: "process 812 on web1 since 03:12"
  /// @return empty when somebody else holds it; see [#holder]
  /// @throws StoreUnavailable when the folder cannot be written
  public static Optional<DrivingLock> take(Path folder, String words) {
    Path file = folder.resolve("driving.lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          channel.close();
          return Optional.empty();
        }
        Files.writeString(folder.resolve("driving.words"), words);
        return Optional.of(new DrivingLock(channel, lock));
      } catch (OverlappingFileLockException e) {
        channel.close();
        return Optional.empty();
      }
    } catch (IOException e) {
      throw new StoreUnavailable(
          "cannot be written: " + e.getMessage(),
          "the state folder " + folder,
          "make room or give rights, then go on with lastgood resume",
          e);
    }
  }

  /// Who holds it, in their own words.
  public static String holder(Path folder) {
    try (FileChannel channel =
        FileChannel.open(folder.resolve("driving.words"), StandardOpenOption.READ)) {
      ByteBuffer words = ByteBuffer.allocate(WORDS_MAX);
      int read = channel.read(words);
      return read <= 0
          ? "another process"
          : new String(words.array(), 0, read, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "another process";
    }
  }

  @Override
  public void close() {
    try (channel) {
      lock.release();
    } catch (IOException e) {
      // The lock goes with the process at the latest.
      System.getLogger(DrivingLock.class.getName()).log(System.Logger.Level.DEBUG, "lock", e);
    }
  }
}
