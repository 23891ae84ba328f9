package dev.lastgood.provider.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Until;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// FerretDB 1.24 on SQLite, with the real `mongodump` and `mongorestore`. `bin/test --peers`
/// installs them where it can.
final class FerretDb implements MongoWorld, AutoCloseable {
  private static final List<String> NEEDED = List.of("ferretdb", "mongodump", "mongorestore");

  private final Path programs;
  private final int port;
  private final Process process;

  private FerretDb(Path programs, int port, Process process) {
    this.programs = programs;
    this.port = port;
    this.process = process;
  }

  static FerretDb in(Path dir) throws IOException {
    Optional<Path> folder =
        Stream.concat(
                Stream.ofNullable(System.getenv("LASTGOOD_PEERS")).map(f -> Path.of(f, "bin")),
                Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of))
            .filter(f -> NEEDED.stream().allMatch(n -> Files.isExecutable(f.resolve(n))))
            .findFirst();
    if (folder.isEmpty() && System.getenv("CI") == null) {
      Assumptions.abort(
          "no ferretdb, mongodump and mongorestore: put them into one folder on the PATH, or into bin"
              + " of the folder LASTGOOD_PEERS names");
    }
    assertThat(folder).as("a folder with " + NEEDED).isPresent();
    int port = freePort();
    Path data = Files.createDirectories(dir.resolve("data"));
    Process process =
        new ProcessBuilder(
                folder.get().resolve("ferretdb").toString(), "127.0.0.1:" + port, data.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("log").toFile())
            .start();
    Until.holds("ferretdb listens", () -> listens(port));
    return new FerretDb(folder.get(), port, process);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Path programs() {
    return programs;
  }

  /// mongorestore names the collection in each index, as MongoDB allows; FerretDB knows no such
  /// option.
  @Override
  public boolean indexes() {
    return false;
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
