package dev.lastgood.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A node as the harness sees it: a process that can be killed, frozen and started again under
/// another name, like a machine that comes back.
final class Node {
  private final String name;
  private final String store;
  private final Path world;
  private final long seed;
  private final long wrongSeconds;
  private int life;
  private Process process;
  private boolean frozen;

  Node(String name, String store, Path world, long seed, long wrongSeconds) throws IOException {
    this.name = name;
    this.store = store;
    this.world = world;
    this.seed = seed;
    this.wrongSeconds = wrongSeconds;
    this.process = launch();
  }

  String name() {
    return name;
  }

  private Process launch() throws IOException {
    life++;
    frozen = false;
    String self = name + "-" + life;
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ChaosNode.class.getName(),
            store,
            world.toString(),
            self,
            Long.toString(seed),
            Long.toString(wrongSeconds))
        .redirectErrorStream(true)
        .redirectOutput(new File(world.toFile(), "log-" + self))
        .start();
  }

  boolean alive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    frozen = false;
  }

  void restart() throws IOException {
    if (!process.isAlive()) {
      process = launch();
    }
  }

  boolean frozen() {
    return frozen;
  }

  void freeze() throws IOException, InterruptedException {
    signal("STOP");
    frozen = true;
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
    frozen = false;
  }

  private void signal(String signal) throws IOException, InterruptedException {
    if (process.isAlive()) {
      new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(process.pid())))
          .inheritIO()
          .start()
          .waitFor();
    }
  }

  /// Ends it as an operator would.
  ///
  /// @return false if it had to be killed
  boolean end() throws IOException, InterruptedException {
    if (frozen) {
      thaw();
    }
    process.getOutputStream().close();
    boolean ended = process.waitFor(30, TimeUnit.SECONDS);
    kill();
    return ended;
  }
}
