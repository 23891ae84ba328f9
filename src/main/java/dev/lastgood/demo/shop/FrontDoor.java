package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The only address the shop's customers know: a reverse proxy on loopback. `/api/…` goes to the
/// route `backend`, all else to `frontend`. When a route changes, requests on their way end where
/// they began, and the next ones go to the new address: no request is lost by a switch.
///
/// For the people who run it: `GET /_door/routes` says what is in use and how many requests each
/// address still works on, `GET /_door/routes/NAME` says one address as plain text, and `POST
/// /_door/reload` reads the routes at once.
public final class FrontDoor implements Closeable {
  private static final int REREAD_MILLIS = 10;
  private static final int IDLE_MILLIS = 60_000;
  private static final int BACKLOG = 1024;

  private final ServerSocket listener;
  private final Routes routes;
  private final Upstreams upstreams = new Upstreams();
  private final AtomicInteger busy = new AtomicInteger();
  private volatile boolean open = true;

  /// @param port 0 for any free one
  /// @param folder one file per route, see [Routes]
  public static FrontDoor open(int port, Path folder) throws IOException {
    FrontDoor door = new FrontDoor(port, folder);
    door.routes.reload();
    Thread.ofVirtual().name("routes").start(door::followRoutes);
    Thread.ofPlatform().name("accept").start(door::accept);
    return door;
  }

  private FrontDoor(int port, Path folder) throws IOException {
    routes = new Routes(folder);
    listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// Stops taking requests and waits, for at most a second, for those on their way.
  @Override
  public void close() throws IOException {
    open = false;
    listener.close();
    for (int i = 0; i < 100 && busy.get() > 0; i++) {
      pause(10);
    }
  }

  private void followRoutes() {
    while (open) {
      routes.reload();
      upstreams.forgetOthersThan(routes.all().values());
      pause(REREAD_MILLIS);
    }
  }

  private void accept() {
    while (open) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("customer").start(() -> serve(socket));
      } catch (IOException e) {
        if (open) {
          System.out.println("cannot accept: " + e.getMessage());
          pause(REREAD_MILLIS);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        Wire customer = new Wire(socket)) {
      customer.patience(IDLE_MILLIS);
      Optional<Head> request = customer.readHead();
      while (request.isPresent() && answer(customer, request.get()) && open) {
        request = customer.readHead();
      }
    } catch (IOException | IllegalArgumentException e) {
      // the customer went away, was silent for a minute, or does not speak HTTP: nobody to tell
    }
  }

  /// @return may the customer ask again on this connection?
  private boolean answer(Wire customer, Head request) throws IOException {
    busy.incrementAndGet();
    try {
      if (request.says("Expect", "100-continue")) {
        customer.write(new Head("HTTP/1.1 100 Continue", java.util.List.of()), new byte[0]);
      }
      byte[] body = customer.readBody(request, "");
      boolean again = request.keepsAlive() && open;
      Upstreams.Answer answer =
          request.target().startsWith("/_door/") ? admin(request) : pass(request, body);
      Head head = answer.head().without("Connection", "Keep-Alive", "Transfer-Encoding");
      if (answer.body().length > 0 || !request.method().equals("HEAD")) {
        head = head.with("Content-Length", String.valueOf(answer.body().length));
      }
      customer.write(head.with("Connection", again ? "keep-alive" : "close"), answer.body());
      return again;
    } finally {
      busy.decrementAndGet();
    }
  }

  private Upstreams.Answer pass(Head request, byte[] body) {
    boolean api = request.target().startsWith("/api/");
    String route = api ? "backend" : "frontend";
    String target = api ? request.target().substring("/api".length()) : request.target();
    if (routes.address(route).isEmpty()) {
      return plain(503, "the front door has no route " + route);
    }
    Head inner =
        request
            .withStart(request.method() + " " + target + " HTTP/1.1")
            .without("Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Upgrade")
            .with("Content-Length", String.valueOf(body.length))
            .with("Connection", "keep-alive");
    try {
      return upstreams.ask(() -> routes.address(route), inner, body);
    } catch (java.net.SocketTimeoutException e) {
      return plain(504, "no answer in time from " + routes.address(route));
    } catch (IOException | IllegalArgumentException e) {
      return plain(502, "no answer from " + routes.address(route) + ": " + e.getMessage());
    }
  }

  private Upstreams.Answer admin(Head request) {
    String what = request.method() + " " + request.target();
    if (what.equals("POST /_door/reload")) {
      routes.reload();
      return json(overview());
    }
    if (what.equals("GET /_door/routes")) {
      return json(overview());
    }
    String name = what.startsWith("GET /_door/routes/") ? what.substring(18) : "";
    String address = routes.address(name);
    return address.isEmpty()
        ? plain(404, "known are GET /_door/routes, GET /_door/routes/NAME, POST /_door/reload")
        : plain(200, address);
  }

  private String overview() {
    return "{\"routes\":"
        + Json.object(routes.all())
        + ",\"inFlight\":"
        + Json.object(upstreams.inFlight())
        + "}\n";
  }

  private static Upstreams.Answer json(String text) {
    return answer(200, "application/json", text);
  }

  private static Upstreams.Answer plain(int status, String text) {
    return answer(status, "text/plain; charset=utf-8", text + "\n");
  }

  private static Upstreams.Answer answer(int status, String type, String text) {
    Head head =
        new Head(
            "HTTP/1.1 " + status + " " + (status == 200 ? "OK" : "Trouble"),
            java.util.List.of(new Head.Header("Content-Type", type)));
    return new Upstreams.Answer(head, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
