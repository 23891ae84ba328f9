package dev.lastgood.provider.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The smallest real service: answers every connection with its version, and has bad habits on
/// request.
public final class TinyServer {
  private TinyServer() {}

  /// Words that start it, for `run:`.
  public static List<String> words(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                classes(),
                TinyServer.class.getName()));
    words.addAll(List.of(more));
    return words;
  }

  public static String classes() {
    return Path.of(
            java.net.URI.create(
                TinyServer.class.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  /// Port, version and habits: `stays` ignores SIGTERM.
  public static void main(String[] args) throws IOException {
    Set<String> habits = Set.of(args).contains("stays") ? Set.of("stays") : Set.of();
    if (habits.contains("stays")) {
      Runtime.getRuntime().addShutdownHook(new Thread(TinyServer::never));
    }
    try (var listener = new ServerSocket()) {
      listener.setReuseAddress(true);
      listener.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
      System.out.println("tiny server " + args[1] + " listens");
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> answer(socket, args[1]));
      }
    }
  }

  /// One line in, one line out, again and again; the connection stays open in between.
  private static void answer(Socket socket, String version) {
    try (socket) {
      int read = socket.getInputStream().read();
      while (read >= 0) {
        if (read == '\n') {
          socket.getOutputStream().write((version + "\n").getBytes(StandardCharsets.UTF_8));
        }
        read = socket.getInputStream().read();
      }
    } catch (IOException e) {
      // The other side went away; nothing is owed to it.
    }
  }

  private static void never() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
