package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A program that answers HTTP on loopback, one virtual thread per connection.
///
/// It ends politely: told to stop, it goes on answering, asks everybody not to come back, and
/// leaves when nobody has come for a moment. (The JDK's own HTTP server was tried first; its `stop`
/// now and then sits out its whole delay although nothing is left to finish.)
final class HttpProgram implements Closeable {
  private static final int BACKLOG = 1024;
  private static final int IDLE_MILLIS = 60_000;
  private static final int QUIET_MILLIS = 40;
  private static final int FINISH_MILLIS = 3000;

  private final ServerSocket listener;
  private final UnaryOperator<Message> handler;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile long lastSeen = System.nanoTime();
  private volatile boolean leaving;

  /// @param port 0 for any free one
  /// @param handler answers one request; throws nothing
  static HttpProgram listen(int port, UnaryOperator<Message> handler) throws IOException {
    HttpProgram program =
        new HttpProgram(new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()), handler);
    Thread.ofPlatform().name("accept").start(program::accept);
    return program;
  }

  private HttpProgram(ServerSocket listener, UnaryOperator<Message> handler) {
    this.listener = listener;
    this.handler = handler;
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    leaving = true;
    long asked = System.nanoTime();
    while (millisSince(asked) < FINISH_MILLIS
        && (busy.get() > 0
            || millisSince(lastSeen) < QUIET_MILLIS
            || millisSince(asked) < QUIET_MILLIS)) {
      pause();
    }
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        lastSeen = System.nanoTime();
        Thread.ofVirtual().name("connection").start(() -> serve(socket));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          System.out.println("cannot accept: " + e.getMessage());
          pause();
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        Wire wire = new Wire(socket)) {
      wire.patience(IDLE_MILLIS);
      Optional<Head> request = wire.readHead();
      while (request.isPresent() && answer(wire, request.get())) {
        request = wire.readHead();
      }
    } catch (IOException | IllegalArgumentException e) {
      // the other side went away, was silent for a minute, or does not speak HTTP: nobody to tell
    }
  }

  /// @return may the other side ask again on this connection?
  private boolean answer(Wire wire, Head request) throws IOException {
    busy.incrementAndGet();
    try {
      if (request.says("Expect", "100-continue")) {
        wire.write(new Head("HTTP/1.1 100 Continue", List.of()), new byte[0]);
      }
      Message answer = handler.apply(new Message(request, wire.readBody(request, "")));
      boolean again = request.keepsAlive() && !leaving;
      Head head = answer.head().without("Connection", "Keep-Alive", "Transfer-Encoding");
      if (!request.method().equals("HEAD")) {
        head = head.with("Content-Length", String.valueOf(answer.body().length));
      }
      wire.write(head.with("Connection", again ? "keep-alive" : "close"), answer.body());
      return again;
    } finally {
      busy.decrementAndGet();
      lastSeen = System.nanoTime();
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
