package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What `stat` says about a file.
///
/// @param mode type and permissions, as `st_mode`
/// @param changed when its inode was last changed
/// @param key device and number, spelled as the JDK spells them
record RemoteAttributes(
    int mode,
    Principal owner,
    Principal group,
    long size,
    FileTime lastAccessTime,
    FileTime lastModifiedTime,
    FileTime changed,
    FileTime creationTime,
    String key)
    implements PosixFileAttributes {
  /// For `stat -c`. GNU: nanoseconds after the point.
  static final String FORMAT = "%f %u %g %s %.9X %.9Y %.9Z %.9W %D %i %U %G";

  private static final int TYPE = 0xF000;

  /// By number: names may differ in length, and be missing.
  record Principal(long id, String getName) implements UserPrincipal, GroupPrincipal {
    @Override
    public String toString() {
      return getName;
    }
  }

  static RemoteAttributes parse(String line) throws IOException {
    String[] words = line.strip().split(" ", -1);
    if (words.length != 12) {
      throw new IOException("stat answers in an unknown shape; GNU coreutils are needed there");
    }
    try {
      FileTime modified = time(words[5]);
      FileTime born = time(words[7]);
      return new RemoteAttributes(
          Integer.parseInt(words[0], 16),
          new Principal(Long.parseLong(words[1]), words[10]),
          new Principal(Long.parseLong(words[2]), words[11]),
          Long.parseLong(words[3]),
          time(words[4]),
          modified,
          time(words[6]),
          // A file system that does not keep it: as the JDK does.
          born.toInstant().getEpochSecond() <= 0 ? modified : born,
          "(dev=" + words[8] + ",ino=" + words[9] + ")");
    } catch (NumberFormatException e) {
      throw new IOException("stat answers in an unknown shape; GNU coreutils are needed there", e);
    }
  }

  private static FileTime time(String text) {
    int point = text.indexOf('.');
    long seconds = Long.parseLong(point < 0 ? text : text.substring(0, point));
    long nanos = point < 0 ? 0 : Long.parseLong(text.substring(point + 1));
    return FileTime.from(Instant.ofEpochSecond(seconds, nanos));
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    List<PosixFilePermission> all = List.of(PosixFilePermission.values());
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.size(); i++) {
      if ((mode & (0400 >> i)) != 0) {
        set.add(all.get(i));
      }
    }
    return set;
  }

  static String octal(Set<PosixFilePermission> permissions) {
    List<PosixFilePermission> all = List.of(PosixFilePermission.values());
    int mode = 0;
    for (PosixFilePermission each : permissions) {
      mode |= 0400 >> all.indexOf(each);
    }
    return Integer.toOctalString(mode);
  }

  @Override
  public boolean isRegularFile() {
    return (mode & TYPE) == 0x8000;
  }

  @Override
  public boolean isDirectory() {
    return (mode & TYPE) == 0x4000;
  }

  @Override
  public boolean isSymbolicLink() {
    return (mode & TYPE) == 0xA000;
  }

  @Override
  public boolean isOther() {
    return !isRegularFile() && !isDirectory() && !isSymbolicLink();
  }

  @Override
  public Object fileKey() {
    return key;
  }
}
