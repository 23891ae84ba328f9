package dev.lastgood.provider.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real redis-server of its own, with a password, on a free port of this machine.
final class RealRedis implements AutoCloseable {
  static final String PASSWORD = "hunter2";
  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  private final Path dir;
  private final int port;
  private final List<String> options;
  private Process process;

  private RealRedis(Path dir, int port, List<String> options, Process process) {
    this.dir = dir;
    this.port = port;
    this.options = options;
    this.process = process;
  }

  static RealRedis in(Path dir, String... options) throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), "Redis is not installed: apt-get install redis-server");
    Files.createDirectories(dir);
    int port = RealRedis.freePort();
    List<String> words = List.of(options);
    var redis = new RealRedis(dir, port, words, started(dir, port, words));
    redis.ready();
    return redis;
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Process started(Path dir, int port, List<String> options) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                dir.toString(),
                "--requirepass",
                PASSWORD,
                "--logfile",
                dir.resolve("log").toString()));
    words.addAll(options);
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("out").toFile())
        .start();
  }

  private void ready() {
    Until.holds(
        "redis answers",
        () -> {
          try (Wire wire = wire()) {
            return wire.ask("PING").equals("PONG");
          } catch (IOException e) {
            return false;
          }
        });
  }

  int port() {
    return port;
  }

  Wire wire() throws IOException {
    Wire wire = Wire.open("127.0.0.1", port, false, Duration.ofSeconds(20));
    wire.ask("AUTH", PASSWORD);
    return wire;
  }

  Object ask(int database, String... words) throws IOException {
    try (Wire wire = wire()) {
      wire.ask("SELECT", String.valueOf(database));
      Object answer = wire.ask(words);
      return answer instanceof byte[] bytes
          ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
          : answer;
    }
  }

  /// As `systemctl restart redis` does.
  void restart() throws IOException, InterruptedException {
    close();
    process = started(dir, port, options);
    ready();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
