package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A folder of kept versions, and who may use it. Versions of configurations hold secrets, and more
/// than one person may have to go back to them at night. So it is as open as the folder of the file
/// itself: to the group that may replace the file there, and never to others. What root makes stays
/// root's: root works in no folder that somebody else may rearrange.
public final class KeptFolder {
  private static final Set<PosixFilePermission> ALONE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> SHARED =
      PosixFilePermissions.fromString("rwxrwx---");
  private static final Set<PosixFilePermission> OF_THE_GROUP =
      PosixFilePermissions.fromString("---rwx---");

  private KeptFolder() {}

  /// Makes it, and the folders above it, where they are not there. One that is there keeps its
  /// mode: somebody decided that.
  ///
  /// @param of a file whose versions are kept in it
  /// @throws IOException if it cannot be made, or this user may not write in it
  public static void make(Path folder, Path of) throws IOException {
    make(folder, of, "root"::equals);
  }

  /// @param closed owners who share with nobody
  static void make(Path folder, Path of, Predicate<String> closed) throws IOException {
    for (Path each : missing(folder)) {
      try {
        Files.createDirectory(each, PosixFilePermissions.asFileAttribute(ALONE));
        open(each, of.toAbsolutePath().getParent(), closed);
      } catch (FileAlreadyExistsException e) {
        // Another thread or process was faster.
      }
    }
  }

  /// Makes a folder in one of kept versions, and those between them, as open as that one is.
  public static void makeWithin(Path folder, Path inner) throws IOException {
    PosixFileAttributes wanted = Files.readAttributes(folder, PosixFileAttributes.class);
    for (Path each : missing(inner)) {
      try {
        Files.createDirectory(each, PosixFilePermissions.asFileAttribute(ALONE));
      } catch (FileAlreadyExistsException e) {
        continue; // Another thread or process was faster.
      }
      if (in(each, wanted)) {
        Files.setPosixFilePermissions(each, wanted.permissions());
      }
    }
  }

  private static Deque<Path> missing(Path folder) {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = folder.toAbsolutePath();
        at != null && Files.notExists(at, LinkOption.NOFOLLOW_LINKS);
        at = at.getParent()) {
      missing.push(at);
    }
    return missing;
  }

  private static void open(Path made, @Nullable Path as, Predicate<String> closed)
      throws IOException {
    if (as == null || Files.notExists(as)) {
      return;
    }
    PosixFileAttributes wanted = Files.readAttributes(as, PosixFileAttributes.class);
    PosixFileAttributes now = Files.readAttributes(made, PosixFileAttributes.class);
    if (closed.test(now.owner().getName())
        || !wanted.permissions().contains(PosixFilePermission.GROUP_WRITE)) {
      return;
    }
    if (in(made, wanted)) {
      Files.setPosixFilePermissions(made, SHARED);
    }
  }

  /// Gives it to the group.
  ///
  /// @return whether it is the group's: only root gives to a group that it is not in
  private static boolean in(Path made, PosixFileAttributes wanted) throws IOException {
    if (Files.readAttributes(made, PosixFileAttributes.class).group().equals(wanted.group())) {
      return true;
    }
    try {
      Files.getFileAttributeView(made, PosixFileAttributeView.class).setGroup(wanted.group());
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }

  /// Gives a copy the mode, owner and time of what it is a copy of, and its group. Another user's
  /// file keeps its owner only if we may give files away; where the group cannot be kept, nothing
  /// is allowed to another group in its place.
  public static void alike(Path from, Path to) throws IOException {
    PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
    if (!wanted.owner().equals(Files.getOwner(to))) {
      try {
        Files.setOwner(to, wanted.owner());
      } catch (FileSystemException e) {
        // The copy is ours then; the file it goes back to keeps its own owner.
      }
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(wanted.permissions());
    if (!in(to, wanted)) {
      permissions.removeAll(OF_THE_GROUP);
    }
    Files.setPosixFilePermissions(to, permissions);
    Files.setLastModifiedTime(to, wanted.lastModifiedTime());
  }

  /// Says whose it is and who can open it, where this user may not use it. Where a folder above it
  /// is what is closed, nobody is told to open that one with all that is in it.
  static IOException closed(Path folder, AccessDeniedException e) {
    Path there = folder.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    String owner;
    try {
      owner = Files.getOwner(there, LinkOption.NOFOLLOW_LINKS).getName();
    } catch (IOException alsoClosed) {
      owner = "its owner";
    }
    String says =
        there.equals(folder.toAbsolutePath())
            ? "the kept versions are "
                + owner
                + "'s and closed to this user. Run this as "
                + owner
                + ", or let "
                + owner
                + " open them to a group that both are in: chgrp -R GROUP "
                + Argv.quoted(there.toString())
                + " && find "
                + Argv.quoted(there.toString())
                + " -type d -exec chmod g+rwx {} +"
            : "this user cannot look for it or make it, since "
                + there
                + " is "
                + owner
                + "'s. Run this as "
                + owner
                + ", let "
                + owner
                + " make it for this user, or name another folder";
    var said = new FileSystemException(folder.toString(), null, says);
    said.initCause(e);
    return said;
  }
}
