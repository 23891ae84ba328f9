package dev.lastgood.demo.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A program that answers HTTP on loopback, one virtual thread per request.
final class HttpProgram implements Closeable {
  private static final int BACKLOG = 1024;
  private static final int FINISH_SECONDS = 2;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Answers the requests to one path.
  @FunctionalInterface
  interface Handler {
    Reply answer(HttpExchange exchange) throws IOException;
  }

  private HttpProgram(HttpServer server) {
    this.server = server;
  }

  static HttpProgram listen(int port, Map<String, Handler> handlers) throws IOException {
    // without it every answer of a kept connection waits for the customer's delayed ACK
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    HttpProgram program = new HttpProgram(server);
    handlers.forEach((path, handler) -> server.createContext(path, e -> serve(e, handler)));
    server.setExecutor(program.threads);
    server.start();
    return program;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// Lets requests on their way finish.
  @Override
  public void close() {
    server.stop(FINISH_SECONDS);
    threads.close();
  }

  private static void serve(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      Reply reply = handler.answer(exchange);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.type());
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
