package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A digest of what a release is: the name, mode and bytes of everything in it. Times are left out:
/// a copy has others. Links count by what they say, and are not followed.
final class Fingerprint {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PART = 128 * 1024;

  private Fingerprint() {}

  static String of(Layout layout, String id) throws PlatformUnreachable {
    try {
      return of(layout.home(id));
    } catch (UncheckedIOException | IOException e) {
      throw unreadable(layout, id, e);
    } catch (IllegalArgumentException e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  static String of(Path root) throws IOException {
    Host host = Host.of(root);
    return host.elsewhere() ? there(host, root) : here(root);
  }

  /// The same facts in one question: every name, type, mode and link, and the digest of every
  /// file's bytes. Compared only with others of the same host.
  private static String there(Host host, Path root) throws IOException {
    String script =
        "cd -- \"$1\" && { find . -mindepth 1 -printf '%P\\0%y %m %l\\0' | LC_ALL=C sort -z;"
            + " find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z --; }"
            + " | sha256sum";
    Argv command =
        new Argv(
            List.of("sh", "-c", script, "sh", root.toRealPath().toString()),
            Optional.empty(),
            Map.of(),
            PATIENCE);
    return switch (host.run(command)) {
      case Argv.End.Exited(int code, String out)
          when code == 0 && out.matches("[0-9a-f]{64}\\s.*\\R?") ->
          "sha256:" + out.substring(0, 64);
      case Argv.End.Exited e -> throw new IOException("it cannot be read: " + e.lastLine());
      case Argv.End.CutOff(String reason, _) -> throw new IOException(reason);
      case Argv.End.NotStarted(String reason) -> throw new IOException(reason);
    };
  }

  private static String here(Path root) throws IOException {
    List<Path> all = new ArrayList<>();
    Path real = root.toRealPath();
    Files.walkFileTree(
        real,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            if (!dir.equals(real)) {
              all.add(dir);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            all.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    List<String> lines = all.parallelStream().map(path -> line(real, path)).sorted().toList();
    MessageDigest digest = sha256();
    lines.forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  private static String line(Path root, Path path) {
    try {
      int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return root.relativize(path)
          + "\0"
          + String.format(Locale.ROOT, "%o", mode)
          + "\0"
          + content(path)
          + "\0\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String content(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return Files.readSymbolicLink(path).toString();
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    MessageDigest digest = sha256();
    byte[] part = new byte[PART];
    try (InputStream in = Files.newInputStream(path)) {
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        digest.update(part, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static PlatformUnreachable unreadable(Layout layout, String id, Exception e) {
    return new PlatformUnreachable(
        layout.component() + ": release " + id + " cannot be read: " + Layout.reason(e), e);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
