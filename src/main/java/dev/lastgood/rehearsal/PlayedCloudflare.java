package dev.lastgood.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The cache of one zone of Cloudflare, as far as purging uses it. Made after its published
/// documentation.
public final class PlayedCloudflare extends PlayedApi {
  private static final int MOST = 100;
  private static final List<String> KINDS = List.of("files", "tags", "hosts", "prefixes");

  private final String zone;
  private final List<String> purged = new ArrayList<>();

  public PlayedCloudflare(String token, String zone) throws IOException {
    super(token);
    this.zone = zone;
    open();
  }

  /// What was purged, in order: `everything`, `files 2`.
  public synchronized List<String> purged() {
    return List.copyOf(purged);
  }

  @Override
  public synchronized String snapshot() {
    return purged.toString();
  }

  @Override
  protected Object error(int status, String says) {
    return Map.of(
        "success",
        false,
        "errors",
        List.of(Map.of("code", 1000 + status, "message", says)),
        "messages",
        List.of());
  }

  @Override
  protected Told lie(Asked asked) {
    return done();
  }

  @Override
  protected Told answer(Asked asked) {
    if (!asked.is("POST", "/client/v4/zones/[^/]+/purge_cache") || !asked.part(3).equals(zone)) {
      return no(404, "Could not route to the path, perhaps your object identifier is invalid?");
    }
    JsonNode body = asked.json();
    if (body.size() != 1) {
      return no(400, "Request must contain one of \"purge_everything\", \"files\", \"tags\"");
    }
    if (body.path("purge_everything").asBoolean(false)) {
      purged.add("everything");
      return done();
    }
    for (String kind : KINDS) {
      JsonNode items = body.path(kind);
      if (items.isArray()) {
        if (items.isEmpty() || items.size() > MOST) {
          return no(400, "You may only purge up to " + MOST + " items at a time");
        }
        purged.add(kind + " " + items.size());
        return done();
      }
    }
    return no(400, "Unable to purge");
  }

  private static Told done() {
    return Told.json(
        200,
        Map.of(
            "success",
            true,
            "errors",
            List.of(),
            "messages",
            List.of(),
            "result",
            Map.of("id", "z")));
  }
}
