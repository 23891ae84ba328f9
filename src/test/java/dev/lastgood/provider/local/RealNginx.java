package dev.lastgood.provider.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real nginx of its own: everything it needs in one folder, on a free port of this machine.
public final class RealNginx implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

  private static final int WORKERS = 2;

  private final Path dir;
  private final int port;

  private RealNginx(Path dir, int port) {
    this.dir = dir;
    this.port = port;
  }

  /// Not started yet. `dir/site.conf` is included in its `http` block; it is the test's to write.
  public static RealNginx in(Path dir) throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), "nginx is not installed: apt-get install nginx-light");
    Files.createDirectories(dir);
    var nginx = new RealNginx(dir, freePort());
    String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
    String temps =
        List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
            .map(t -> "  " + t + "_temp_path " + dir + "/tmp-" + t + ";\n")
            .reduce("", String::concat);
    Files.writeString(
        nginx.config(),
        user
            + "worker_processes "
            + WORKERS
            + ";\npid "
            + nginx.pidFile()
            + ";\nerror_log "
            + nginx.errorLog()
            + " notice;\nevents { worker_connections 256; }\nhttp {\n  access_log off;\n"
            + temps
            + "  include "
            + dir
            + "/site.conf;\n}\n");
    return nginx;
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public int port() {
    return port;
  }

  public Path config() {
    return dir.resolve("nginx.conf");
  }

  public Path site() {
    return dir.resolve("site.conf");
  }

  public Path pidFile() {
    return dir.resolve("nginx.pid");
  }

  public Path errorLog() {
    return dir.resolve("error.log");
  }

  public RealNginx start() throws Exception {
    run(PROGRAM.toString(), "-c", config().toString());
    var processes = new NginxProcesses(Path.of("/proc"), InstantSource.system());
    Until.holds(
        "nginx serves",
        () ->
            processes
                .master(pid())
                .filter(m -> processes.serving(m).size() == WORKERS)
                .isPresent());
    return this;
  }

  /// 0 when it does not run.
  public long pid() {
    try {
      String text = Files.readString(pidFile(), StandardCharsets.US_ASCII).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException e) {
      return 0;
    }
  }

  /// What `kill -HUP` does: it tells nobody whether the new configuration was taken.
  public void hangUp() throws Exception {
    run("kill", "-HUP", String.valueOf(pid()));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(List.of(command) + ": " + said);
    }
  }

  /// Writes a file that is surely younger than the workers; clocks cannot tell apart what happened
  /// within a few hundredths of a second, and nginx may have started just now.
  public void writeYounger(Path file, String content) {
    Until.holds(
        "the file is younger than the workers",
        () -> {
          try {
            Files.writeString(file, content);
            return Files.getLastModifiedTime(file).toMillis()
                > Files.getLastModifiedTime(pidFile()).toMillis() + 300;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /// At once, as a crash would: asked politely it takes its time. Its pid file stays.
  @Override
  public void close() {
    long pid = pid();
    if (pid > 0 && alive(pid)) {
      List<Long> all = new ArrayList<>(List.of(pid));
      ProcessHandle.of(pid).ifPresent(m -> m.descendants().forEach(w -> all.add(w.pid())));
      all.forEach(p -> ProcessHandle.of(p).ifPresent(ProcessHandle::destroyForcibly));
      Until.holds("nginx ends", () -> all.stream().noneMatch(RealNginx::alive));
    }
  }

  /// One that is dead and not yet collected is not alive.
  private static boolean alive(long pid) {
    return Processes.stat(pid).filter(Processes.Stat::alive).isPresent();
  }
}
