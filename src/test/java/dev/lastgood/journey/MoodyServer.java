package dev.lastgood.journey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A small real service over HTTP. It answers every request with its health and its version, and
/// has the moods that its release gives it in a file `moods`, a word a line:
///
/// - `sick` says unhealthy;
/// - `dies` says why, and ends with exit 0 before it listens;
/// - `silent` accepts connections and says nothing;
/// - `says=v9` claims another version;
/// - `waits-for=FILE` listens when there is such a file.
public final class MoodyServer {
  private MoodyServer() {}

  /// Words that start it, for `run:`.
  static List<String> words() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "-cp",
            classes(),
            MoodyServer.class.getName(),
            "{port}",
            "{release}"));
  }

  private static String classes() {
    return Path.of(
            java.net.URI.create(
                MoodyServer.class.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  /// Port and folder of the release.
  public static void main(String[] args) throws IOException {
    Path release = Path.of(args[1]);
    List<String> moods = Files.readAllLines(release.resolve("moods"));
    String version = value(moods, "says=", "" + release.getFileName());
    if (moods.contains("dies")) {
      System.out.println("the licence has expired");
      return;
    }
    awaitFile(value(moods, "waits-for=", args[1]));
    try (var listener = new ServerSocket()) {
      listener.setReuseAddress(true);
      listener.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
      System.out.println("version " + version + " listens");
      String health = moods.contains("sick") ? "unhealthy" : "healthy";
      String body = "{\"status\":\"" + health + "\",\"version\":\"" + version + "\"}";
      while (true) {
        Socket socket = listener.accept();
        if (!moods.contains("silent")) {
          Thread.ofVirtual().start(() -> answer(socket, body));
        }
      }
    }
  }

  private static String value(List<String> moods, String name, String otherwise) {
    return moods.stream()
        .filter(m -> m.startsWith(name))
        .map(m -> m.substring(name.length()))
        .findFirst()
        .orElse(otherwise);
  }

  private static void awaitFile(String file) {
    while (!Files.exists(Path.of(file))) {
      Thread.onSpinWait();
    }
  }

  /// As many requests as the connection brings.
  private static void answer(Socket socket, String body) {
    try (socket) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      while (line != null) {
        if (line.isEmpty()) {
          socket.getOutputStream().write(response(body).getBytes(StandardCharsets.US_ASCII));
        }
        line = in.readLine();
      }
    } catch (IOException e) {
      // The other side went away; nothing is owed to it.
    }
  }

  private static String response(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
