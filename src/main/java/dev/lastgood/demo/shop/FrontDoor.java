package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;

/// The only address the shop's customers know: a reverse proxy on loopback. `/api/…` goes to the
/// route `backend`, all else to `frontend`. When a route changes, requests on their way end where
/// they began, and the next ones go to the new address: no request is lost by a switch.
///
/// For the people who run it: `GET /_door/routes` says what is in use and how many requests each
/// address still works on, `GET /_door/routes/NAME` says one address as plain text, and `POST
/// /_door/reload` reads the routes at once.
public final class FrontDoor implements Closeable {
  private static final int REREAD_MILLIS = 10;
  private static final String ROUTES = "GET /_door/routes";
  private static final String RELOAD = "POST /_door/reload";

  private final Routes routes;
  private final Upstreams upstreams = new Upstreams();
  private final HttpProgram http;
  private final Thread follower;

  /// @param port 0 for any free one
  /// @param folder one file per route, see [Routes]
  public static FrontDoor open(int port, Path folder) throws IOException {
    return new FrontDoor(port, new Routes(folder));
  }

  private FrontDoor(int port, Routes routes) throws IOException {
    this.routes = routes;
    routes.reload();
    follower = Thread.ofVirtual().name("routes").unstarted(this::followRoutes);
    http = HttpProgram.listen(port, this::answer);
    follower.start();
  }

  public int port() {
    return http.port();
  }

  @Override
  public void close() throws IOException {
    http.close();
    follower.interrupt();
  }

  private void followRoutes() {
    try {
      while (true) {
        Thread.sleep(REREAD_MILLIS);
        routes.reload();
        upstreams.forgetOthersThan(routes.all().values());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Message answer(Message request) {
    return request.path().startsWith("/_door/") ? admin(request) : pass(request);
  }

  private Message pass(Message request) {
    Head asked = request.head();
    String route = asked.target().startsWith("/api/") ? "backend" : "frontend";
    if (routes.address(route).isEmpty()) {
      return Message.plain(503, "the front door has no route " + route + "\n");
    }
    Head inner =
        asked
            .withStart(asked.method() + " " + asked.target() + " HTTP/1.1")
            .without("Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Upgrade")
            .with("Content-Length", String.valueOf(request.body().length))
            .with("Connection", "keep-alive");
    try {
      return upstreams.ask(() -> routes.address(route), new Message(inner, request.body()));
    } catch (SocketTimeoutException e) {
      return Message.plain(504, "no answer in time from " + routes.address(route) + "\n");
    } catch (IOException | IllegalArgumentException e) {
      return Message.plain(
          502, "no answer from " + routes.address(route) + ": " + e.getMessage() + "\n");
    }
  }

  private Message admin(Message request) {
    String what = request.head().method() + " " + request.path();
    if (what.equals(RELOAD)) {
      routes.reload();
    }
    if (what.equals(RELOAD) || what.equals(ROUTES)) {
      return Message.json(
          200,
          "{\"routes\":%s,\"inFlight\":%s}\n"
              .formatted(Json.object(routes.all()), Json.object(upstreams.inFlight())));
    }
    String name = what.startsWith(ROUTES + "/") ? what.substring(ROUTES.length() + 1) : "";
    String address = routes.address(name);
    return address.isEmpty()
        ? Message.plain(404, "known are " + ROUTES + ", " + ROUTES + "/NAME, " + RELOAD + "\n")
        : Message.plain(200, address + "\n");
  }
}
