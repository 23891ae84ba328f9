package dev.lastgood.journey;

import dev.lastgood.CrashingMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The command line as a process of its own, which can be killed, and which others meet at a lock.
final class Child implements AutoCloseable {
  private static final int KILLED = 137;
  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Child lastgood(SmallSystem system, String... words) throws IOException {
    return dyingAt("none:0", system, words);
  }

  /// @param point where it is killed, as [CrashingMain] understands it
  static Child dyingAt(String point, SmallSystem system, String... words) throws IOException {
    return dyingAt(point, system.folder, system.environment(), words);
  }

  /// @param folder where the configuration is
  static Child dyingAt(String point, Path folder, Map<String, String> environment, String... words)
      throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingMain.class.getName(),
                point));
    argv.addAll(List.of(words));
    Path files = Files.createTempDirectory("lastgood-child-");
    Path out = files.resolve("out");
    Path err = files.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new Child(builder.start(), out, err);
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  void kill() {
    process.destroyForcibly();
  }

  /// Waits for its end.
  int exit() throws InterruptedException, IOException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + out() + err());
    }
    return process.exitValue();
  }

  boolean killed() throws InterruptedException, IOException {
    return exit() == KILLED;
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
    Files.deleteIfExists(out.getParent());
  }
}
