package dev.lastgood.provider.local;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/// Files and links that are replaced whole: a reader, a crash or a full disk finds the old one or
/// the new one, never half of one.
public final class AtomicFiles {
  /// In the name of everything that is not finished; whatever bears it may be removed.
  static final String TEMPORARY = ".lastgood-tmp-";

  private AtomicFiles() {}

  /// Replaces a file. Mode and owner of the one before stay; a new one gets `rw-------`, since
  /// nobody said who may read it. A link is followed: the file it points at is replaced.
  ///
  /// @throws IOException if it could not be written; the file is then as it was
  public static void write(Path file, byte[] content) throws IOException {
    Host.of(file).write(file, content);
  }

  /// What [#write(Path, byte\[\])] replaces: the file, or what the link points at.
  ///
  /// @throws IOException if it is a link that points nowhere
  public static Path replaced(Path file) throws IOException {
    return Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  static void writeHere(Path file, byte[] content) throws IOException {
    Path real = replaced(file);
    Path temporary = beside(real);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      // A stream and not a channel: an interrupt closes channels.
      try (var out = new FileOutputStream(temporary.toFile())) {
        out.write(content);
        likeBefore(real, temporary);
        out.getFD().sync();
      }
      replace(temporary, real);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  public static void write(Path file, String content) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Points a link elsewhere in one step; creates it where there is none.
  ///
  /// @param target as it shall stand in the link, relative or not
  /// @throws IOException if it could not be done, also when something that is no link is in its
  ///   place; everything is then as it was
  public static void link(Path link, Path target) throws IOException {
    Host.of(link).link(link, target);
  }

  static void linkHere(Path link, Path target) throws IOException {
    if (Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)
        && !Files.isSymbolicLink(link)) {
      throw new IOException(link + " is not a link, so it is not replaced");
    }
    Path temporary = beside(link.toAbsolutePath());
    try {
      Files.createSymbolicLink(temporary, target);
      replace(temporary, link.toAbsolutePath());
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /// Removes what a replacement of this file or link left behind when its process died. Those of
  /// processes that live may still be at it.
  public static void sweep(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    String leftover = "." + absolute.getFileName() + TEMPORARY;
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            parent(absolute), e -> e.getFileName().toString().startsWith(leftover))) {
      for (Path entry : entries) {
        if (!ownerLives(entry.getFileName().toString().substring(leftover.length()))) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  private static boolean ownerLives(String rest) {
    String pid = rest.substring(0, Math.max(0, rest.indexOf('-')));
    return pid.chars().allMatch(Character::isDigit)
        && !pid.isEmpty()
        && pid.length() < 12
        && ProcessHandle.of(Long.parseLong(pid)).isPresent();
  }

  /// The whole file as text.
  ///
  /// @throws IOException if it is larger than `max` bytes, or cannot be read
  public static String read(Path file, int max) throws IOException {
    return new String(bytes(file, max), StandardCharsets.UTF_8);
  }

  /// The whole file.
  ///
  /// @throws IOException if it is larger than `max` bytes, or cannot be read
  public static byte[] bytes(Path file, int max) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(max + 1);
      if (bytes.length > max) {
        throw new IOException(file + " is larger than " + max + " bytes");
      }
      return bytes;
    }
  }

  /// Makes renames within a directory survive a power cut. An interrupt, which would close the
  /// channel, is put off until it is done.
  public static void sync(Path directory) throws IOException {
    Host.of(directory).sync(directory);
  }

  static void syncHere(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (!synced(directory)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean synced(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  private static void replace(Path temporary, Path file) throws IOException {
    try {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(file + " cannot be replaced in one step here", e);
    }
    sync(parent(file));
  }

  private static void likeBefore(Path before, Path temporary) throws IOException {
    try {
      PosixFileAttributes old = Files.readAttributes(before, PosixFileAttributes.class);
      PosixFileAttributeView mine =
          Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
      PosixFileAttributes now = mine.readAttributes();
      try {
        if (!now.owner().equals(old.owner())) {
          mine.setOwner(old.owner());
        }
        if (!now.group().equals(old.group())) {
          mine.setGroup(old.group());
        }
      } catch (FileSystemException e) {
        throw notOurs(before, old, e);
      }
      mine.setPermissions(old.permissions());
    } catch (NoSuchFileException e) {
      // Nothing was there before, so there is nothing to be like.
    }
  }

  /// Only root may make a file that is another user's, or of a group that it is not in.
  ///
  /// @param old what the file that cannot be replaced is like
  public static IOException notOurs(
      Path file, PosixFileAttributes old, @org.jspecify.annotations.Nullable IOException cause) {
    var said = new FileSystemException(file.toString(), null, belongs(old));
    if (cause != null) {
      said.initCause(cause);
    }
    return said;
  }

  private static String belongs(PosixFileAttributes old) {
    String owner = old.owner().getName();
    return "it is "
        + owner
        + "'s (group "
        + old.group().getName()
        + "), and this user cannot put another one there that stays so. Run this as "
        + (owner.equals("root") ? "root" : owner + " or root");
  }

  /// Why this user will not be able to replace a file of this machine; empty: nothing is known
  /// against it.
  static Optional<String> foreign(Path file) throws IOException {
    if (Host.of(file).elsewhere()) {
      return Optional.empty();
    }
    PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
    // No other name of this user is as sure: an account may be in no list.
    UserPrincipal me = Files.getOwner(Path.of("/proc/self"));
    return me.equals(old.owner()) || me.getName().equals("root")
        ? Optional.empty()
        : Optional.of(file + " cannot be replaced: " + belongs(old));
  }

  static Path beside(Path file) {
    return parent(file)
        .resolve(
            "."
                + file.getFileName()
                + TEMPORARY
                + ProcessHandle.current().pid()
                + "-"
                + Thread.currentThread().threadId()
                + "-"
                + Long.toHexString(System.nanoTime()));
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no parent");
    }
    return parent;
  }
}
