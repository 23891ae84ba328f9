package dev.lastgood.config;

import dev.lastgood.condition.Cel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Checked conditions in a folder of the user's cache, a file each, so that the next start need not
/// load the compiler. Losing it costs a moment, never an answer.
public final class KeptConditions implements Cel.Memory {
  private static final long BYTES_MAX = 1 << 20;
  private final Path folder;

  public KeptConditions(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<byte[]> recall(String key) {
    Path file = file(key);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
        return Optional.empty();
      }
      byte[] whose = key.getBytes(StandardCharsets.UTF_8);
      byte[] all = Files.readAllBytes(file);
      boolean ours =
          all.length >= whose.length && Arrays.equals(all, 0, whose.length, whose, 0, whose.length);
      return ours
          ? Optional.of(Arrays.copyOfRange(all, whose.length, all.length))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void remember(String key, byte[] value) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path part = Files.createTempFile(folder, "part", "");
      Files.write(part, key.getBytes(StandardCharsets.UTF_8));
      Files.write(part, value, StandardOpenOption.APPEND);
      Files.move(part, file(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UnsupportedOperationException e) {
      // A cache: without it the condition is compiled again next time.
      System.getLogger(KeptConditions.class.getName()).log(System.Logger.Level.DEBUG, "kept", e);
    }
  }

  /// A file begins with its key, so two keys that share a name cost a compilation, never an answer.
  /// A check sum is enough then, and the digests of the JDK take ten milliseconds to get ready.
  private Path file(String key) {
    var sum = new CRC32C();
    sum.update(key.getBytes(StandardCharsets.UTF_8));
    return folder.resolve(Long.toHexString(sum.getValue()) + "-" + key.length());
  }
}
