package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A file that a program reads: replaced whole, judged by the program, loaded, and proven to be in
/// use. When the program says no, the old file comes back: the same inode, so byte for byte, and
/// even on a full disk.
///
/// While the new content is not proven, the old file stands beside it under a hidden name that ends
/// in the id of the new content. So the next attempt after a crash knows what to restore, and a
/// look knows that the file is not to be believed. Hidden, because nginx's `include conf.d/*` does
/// not take such names.
public final class LiveFile {
  private static final String BEFORE = ".lastgood-before-";

  /// No configuration is larger; a log or a dump in its place is.
  public static final int MAX_BYTES = 1 << 20;

  private static final Duration TURN = Duration.ofSeconds(15);

  /// The program that reads the file.
  public interface Reader {
    /// Why it cannot use the file as it now stands, in its own words; empty: it can.
    Optional<String> complaint();

    /// The file as it now stands is surely in use, whoever loaded it. In doubt: no.
    boolean uses();

    /// Makes it read the file, and waits until that is seen.
    Loading load();
  }

  /// What came of loading.
  public sealed interface Loading {
    String words();

    record Used(String words) implements Loading {}

    /// It goes on with what it had before.
    record Rejected(String words) implements Loading {}

    record Unsure(String words) implements Loading {}
  }

  private final Path file;
  private final Supplier<Path> lock;

  /// @param lock held by everybody who changes what this program reads
  public LiveFile(Path file, Supplier<Path> lock) {
    this.file = file.toAbsolutePath().normalize();
    this.lock = lock;
  }

  /// A replacement was cut off, or ended without a proof: what the file says is not known to be in
  /// use.
  public boolean unproven() {
    try {
      Path real = real();
      return Files.exists(real)
          && before(real, ContentId.of(AtomicFiles.bytes(real, MAX_BYTES))).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /// The file as it stands was seen in use: what an earlier attempt set aside is of no more use.
  public void settled() {
    try (SlotLock turn = SlotLock.take(lock.get(), TURN).orElse(null)) {
      if (turn != null) {
        forget(real(), Optional.empty());
      }
    } catch (IOException e) {
      // It stays, hidden, until the next replacement.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Throws nothing.
  public Outcome replace(byte[] content, Reader reader) {
    try (SlotLock turn = SlotLock.take(lock.get(), TURN).orElse(null)) {
      return turn == null
          ? new Outcome.Refused(
              "somebody else is changing "
                  + file
                  + " and was not done within "
                  + TURN.toSeconds()
                  + " s; nothing was changed here")
          : replaceAlone(content, reader);
    } catch (IOException e) {
      return new Outcome.Refused(
          file + " was not touched, " + lock.get() + " cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused("interrupted before " + file + " was touched");
    }
  }

  private Outcome replaceAlone(byte[] content, Reader reader) {
    Path real;
    Optional<Path> old;
    boolean wasThere;
    try {
      real = real();
      AtomicFiles.sweep(real);
      wasThere = Files.exists(real);
      old = setAside(real, content, reader);
    } catch (IOException e) {
      return new Outcome.Refused(file + " cannot be replaced, it is as it was: " + Why.of(e));
    }
    try {
      if (!wasThere || !is(real, content)) {
        AtomicFiles.write(real, content);
      }
    } catch (IOException e) {
      return unwritten(real, old, wasThere, content, e);
    }
    forget(real, old);
    return judged(real, old, wasThere, reader);
  }

  /// A full disk stops before the file is touched. A directory that cannot be synced fails after
  /// it.
  private Outcome unwritten(
      Path real, Optional<Path> old, boolean wasThere, byte[] content, IOException e) {
    String words = file + " cannot be replaced: " + Why.of(e);
    try {
      if (is(real, content)) {
        return refused(real, old, wasThere, words);
      }
      if (old.isPresent()) {
        Files.deleteIfExists(old.get());
      }
    } catch (IOException alsoUnreadable) {
      return new Outcome.Unknown(words + "; and whether it was is not known");
    }
    return new Outcome.Refused(words + " (it is as it was)");
  }

  private static boolean is(Path real, byte[] content) throws IOException {
    return Files.exists(real) && Arrays.equals(AtomicFiles.bytes(real, MAX_BYTES), content);
  }

  private Outcome judged(Path real, Optional<Path> old, boolean wasThere, Reader reader) {
    Optional<String> complaint = reader.complaint();
    if (complaint.isPresent()) {
      return refused(real, old, wasThere, complaint.get());
    }
    return switch (reader.load()) {
      case Loading.Used used -> {
        forget(real, Optional.empty());
        yield new Outcome.Done(used.words());
      }
      case Loading.Rejected rejected -> refused(real, old, wasThere, rejected.words());
      case Loading.Unsure unsure -> new Outcome.Unknown(unsure.words());
    };
  }

  private Outcome refused(Path real, Optional<Path> old, boolean wasThere, String words) {
    try {
      if (old.isPresent()) {
        Files.move(old.get(), real, StandardCopyOption.ATOMIC_MOVE);
      } else if (!wasThere) {
        Files.deleteIfExists(real);
      }
    } catch (IOException e) {
      return new Outcome.Unknown(
          words
              + "; and the old "
              + file
              + " could not be put back: "
              + Why.of(e)
              + old.map(o -> ". It is kept as " + o).orElse(""));
    }
    try {
      AtomicFiles.sync(parent(real));
    } catch (IOException e) {
      // It is back; only a power cut in this moment could still bring the other one.
    }
    return new Outcome.Refused(words + " (" + file + " is as it was)");
  }

  /// The old file under its hidden name; empty when there is nothing to come back to. What an
  /// earlier attempt set aside counts only while its own new content still stands, and is not in
  /// use: else somebody has repaired the file since, or the attempt had come through.
  private Optional<Path> setAside(Path real, byte[] content, Reader reader) throws IOException {
    if (!Files.exists(real)) {
      forget(real, Optional.empty());
      return Optional.empty();
    }
    String current = ContentId.of(AtomicFiles.bytes(real, MAX_BYTES));
    Optional<Path> earlier = before(real, current).filter(_ -> !reader.uses());
    forget(real, earlier);
    if (current.equals(ContentId.of(content))) {
      return earlier;
    }
    Path mine = hidden(real, ContentId.of(content));
    same(earlier.orElse(real), mine);
    return Optional.of(mine);
  }

  private static void same(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | IOException e) {
      // No hard links here, or not of somebody else's file: then a copy.
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static Optional<Path> before(Path real, String newContent) {
    return Optional.of(hidden(real, newContent)).filter(Files::exists);
  }

  private static Path hidden(Path real, String newContent) {
    return parent(real).resolve("." + real.getFileName() + BEFORE + newContent);
  }

  private static void forget(Path real, Optional<Path> but) {
    String start = "." + real.getFileName() + BEFORE;
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(parent(real), e -> e.getFileName().toString().startsWith(start))) {
      entries.forEach(found::add);
      for (Path each : found) {
        if (!Optional.of(each).equals(but)) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException e) {
      // It stays and is taken for what it is by the next attempt: no longer of use.
    }
  }

  /// A link stays; what it points at is replaced.
  private Path real() throws IOException {
    if (Files.isDirectory(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
      throw new IOException("it is no regular file");
    }
    return Files.isSymbolicLink(file) || Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? file.toRealPath()
        : file;
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no parent");
    }
    return parent;
  }
}
