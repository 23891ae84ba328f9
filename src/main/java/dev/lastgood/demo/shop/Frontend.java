package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The shop's pages: one page, whose products come from the backend.
final class Frontend implements Closeable {
  private static final int PATIENCE_MILLIS = 2000;

  private final ShopRelease release;
  private final URI api;
  private final HttpProgram http;

  /// @param api where the backend is reached, through the front door
  Frontend(int port, ShopRelease release, URI api) throws IOException {
    this.release = release;
    this.api = api;
    http = HttpProgram.listen(port, this::answer);
  }

  int port() {
    return http.port();
  }

  @Override
  public void close() throws IOException {
    http.close();
  }

  private Message answer(Message request) {
    return switch (request.path()) {
      case "/health" -> health();
      case "/" -> page();
      default -> Message.html(404, "<p>There is no such page.\n");
    };
  }

  /// Its own health alone: a backend in trouble is the backend's news.
  private Message health() {
    return Message.json(
        200, Json.object(new TreeMap<>(Map.of("status", "healthy", "version", release.version()))));
  }

  private Message page() {
    try {
      String products = products();
      return Message.html(
          200,
          "<!doctype html><title>Tea shop</title><h1>Tea shop</h1><pre>"
              + products
              + "</pre><p>frontend "
              + release.version()
              + "\n");
    } catch (IOException e) {
      return Message.html(503, "<!doctype html><title>Tea shop</title><p>We are sorry.\n");
    }
  }

  private String products() throws IOException {
    HttpURLConnection call = (HttpURLConnection) api.resolve("products").toURL().openConnection();
    call.setConnectTimeout(PATIENCE_MILLIS);
    call.setReadTimeout(PATIENCE_MILLIS);
    try (InputStream body = call.getInputStream()) {
      return new String(body.readNBytes(Wire.MAX_BODY), StandardCharsets.UTF_8);
    }
  }
}
