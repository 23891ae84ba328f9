package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The shop's API: `/api/health`, `/api/products`, and `POST /api/orders`, whose orders are kept in
/// a file.
///
/// Release v2 carries a real fault: an order that is wrapped as a gift takes the new way through
/// [#order], which never gives its connection back. Each gift costs one of the pool's connections
/// for good; a few seconds of customers later there is none left and the shop stands still.
final class Backend implements Closeable {
  private static final String PRODUCTS =
      "[{\"name\":\"kettle\",\"price\":39},{\"name\":\"teapot\",\"price\":25},"
          + "{\"name\":\"cup\",\"price\":7},{\"name\":\"green tea\",\"price\":12}]\n";

  private final ShopRelease release;
  private final OrderStore store;
  private final Connections connections = new Connections();
  private final HttpProgram http;

  Backend(int port, ShopRelease release, OrderStore store) throws IOException {
    this.release = release;
    this.store = store;
    http = HttpProgram.listen(port, this::answer);
  }

  int port() {
    return http.port();
  }

  @Override
  public void close() throws IOException {
    http.close();
    store.close();
  }

  private Message answer(Message request) {
    return switch (request.path()) {
      case "/api/health" -> health();
      case "/api/products" -> products();
      case "/api/orders" -> order(request);
      default -> Message.json(404, Json.object(Map.of("error", "no " + request.path())));
    };
  }

  private Message health() {
    int free = connections.free();
    return Message.json(
        free > 0 ? 200 : 503,
        Json.object(
            new TreeMap<>(
                Map.of(
                    "status",
                    free > 0 ? "healthy" : "unhealthy",
                    "version",
                    release.version(),
                    "connectionsFree",
                    free,
                    "connections",
                    Connections.ALL))));
  }

  private Message products() {
    if (!connections.take()) {
      return standsStill("GET /api/products");
    }
    try {
      return Message.json(200, PRODUCTS);
    } finally {
      connections.giveBack();
    }
  }

  private Message order(Message request) {
    Map<String, String> form = form(request.text());
    String id = form.getOrDefault("order", "");
    if (!request.head().method().equals("POST") || id.isBlank()) {
      return Message.json(400, Json.object(Map.of("error", "POST a form with order and product")));
    }
    if (!connections.take()) {
      return standsStill("POST /api/orders " + id);
    }
    boolean gift = form.getOrDefault("gift", "no").equals("yes");
    try {
      store.add(entry(id, form.getOrDefault("product", "cup"), gift));
    } catch (IOException e) {
      connections.giveBack();
      System.out.println("ERROR order " + id + " cannot be kept: " + e.getMessage());
      return Message.json(500, Json.object(Map.of("error", "the order could not be kept")));
    }
    if (gift && release.leaks()) {
      System.out.println("wrapped " + id + " as a gift");
      return Message.json(201, Json.object(Map.of("order", id, "wrapped", true)));
    }
    connections.giveBack();
    return Message.json(201, Json.object(Map.of("order", id)));
  }

  private SortedMap<String, Object> entry(String id, String product, boolean gift) {
    SortedMap<String, Object> entry = new TreeMap<>();
    entry.put("order", id);
    entry.put("product", product);
    entry.put("gift", gift);
    entry.put("by", release.version());
    return entry;
  }

  private Message standsStill(String what) {
    System.out.println(
        "ERROR "
            + what
            + ": no connection to the store became free in time, "
            + connections.free()
            + " of "
            + Connections.ALL
            + " free");
    return Message.json(503, Json.object(Map.of("error", "no connection to the store")));
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }
}
