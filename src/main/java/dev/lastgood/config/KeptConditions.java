package dev.lastgood.config;

import dev.lastgood.condition.Cel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

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
    Path file = folder.resolve(key);
    try {
      return Files.isRegularFile(file) && Files.size(file) <= BYTES_MAX
          ? Optional.of(Files.readAllBytes(file))
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
      Files.write(part, value);
      Files.move(part, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UnsupportedOperationException e) {
      // A cache: without it the condition is compiled again next time.
      System.getLogger(KeptConditions.class.getName()).log(System.Logger.Level.DEBUG, "kept", e);
    }
  }
}
