package dev.lastgood.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Everything in a folder as it is at one moment: names, rights, contents, links and the times they
/// were changed.
final class Tree {
  private Tree() {}

  /// @param except names directly below the folder that are left out, with all in them
  static SortedMap<String, String> of(Path folder, Set<String> except) throws IOException {
    var tree = new TreeMap<String, String>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(p -> !except.contains(folder.relativize(p).getName(0).toString()))
          .forEach(p -> tree.put(folder.relativize(p).toString(), line(p, true)));
    }
    return tree;
  }

  /// Lastgood's own state. When its database is opened and closed, files come and go beside it, so
  /// the time of the folder itself says nothing.
  static SortedMap<String, String> ofState(Path folder) throws IOException {
    var tree = new TreeMap<String, String>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.forEach(p -> tree.put(folder.relativize(p).toString(), line(p, !Files.isDirectory(p))));
      }
    }
    return tree;
  }

  private static String line(Path path, boolean timed) {
    try {
      PosixFileAttributes file =
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      String kind =
          file.isSymbolicLink()
              ? "-> " + Files.readSymbolicLink(path)
              : file.isDirectory() ? "folder" : digest(path);
      return PosixFilePermissions.toString(file.permissions())
          + " "
          + kind
          + (timed ? " " + file.lastModifiedTime().toInstant() : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(Path file) throws IOException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
