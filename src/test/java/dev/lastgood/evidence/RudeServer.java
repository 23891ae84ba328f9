package dev.lastgood.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server on loopback that does to each connection whatever a test says.
final class RudeServer implements AutoCloseable {
  /// What is done to a connection after its request was read.
  interface Manner {
    void answer(Socket socket, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listening;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Manner manner;
  private final boolean listens;

  RudeServer(Manner manner) {
    this(bind(InetAddress.getLoopbackAddress()), manner);
  }

  RudeServer(ServerSocket listening, Manner manner) {
    this(listening, manner, true);
  }

  private RudeServer(ServerSocket listening, Manner manner, boolean listens) {
    this.listening = listening;
    this.manner = manner;
    this.listens = listens;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  private static ServerSocket bind(InetAddress address) {
    try {
      return new ServerSocket(0, 50, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RudeServer at(InetAddress address, Manner manner) {
    return new RudeServer(bind(address), manner);
  }

  /// Answers before it was asked.
  static RudeServer interrupting(Manner manner) {
    return new RudeServer(bind(InetAddress.getLoopbackAddress()), manner, false);
  }

  /// Answers every request with this text, line ends as HTTP wants them, and closes.
  static RudeServer saying(String head, String body) {
    byte[] bytes = (head.replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    return new RudeServer((_, out) -> {
      out.write(bytes);
      out.write(body.getBytes(StandardCharsets.UTF_8));
    });
  }

  /// A proper JSON answer with status 200.
  static RudeServer json(String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return saying(
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: " + length, body);
  }

  int port() {
    return listening.getLocalPort();
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /// Heads of the requests so far.
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (listens) {
        requests.add(head(socket));
      }
      manner.answer(socket, socket.getOutputStream());
      socket.getOutputStream().flush();
      // Closing with unread bytes would reset the connection and lose the answer.
      socket.shutdownOutput();
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    }
  }

  private static String head(Socket socket) throws IOException {
    var in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    var head = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      head.append(line).append('\n');
    }
    return head.toString();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
