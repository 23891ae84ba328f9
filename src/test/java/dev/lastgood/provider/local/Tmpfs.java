package dev.lastgood.provider.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A small disk of its own, which can be full or refuse every write.
public final class Tmpfs implements AutoCloseable {
  private final Path dir;

  private Tmpfs(Path dir) {
    this.dir = dir;
  }

  public static Tmpfs of(Path dir, int kilobytes) throws IOException {
    Files.createDirectories(dir);
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", dir.toString()),
        "no small disk can be mounted: needs root and the right to mount");
    return new Tmpfs(dir);
  }

  /// Nothing more can be written to it.
  public void fill() {
    try (var rest = Files.newOutputStream(dir.resolve("rest"))) {
      while (true) {
        rest.write(new byte[512]);
      }
    } catch (IOException full) {
      // That is what was wanted.
    }
  }

  public void readOnly() throws IOException {
    assumeTrue(run("mount", "-o", "remount,ro", dir.toString()), "it cannot be mounted read-only");
  }

  private static boolean run(String... command) throws IOException {
    return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", dir.toString());
  }
}
