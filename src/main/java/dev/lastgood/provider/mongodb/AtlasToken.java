package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The token of a service account: asked for when it is needed, and again before it ends.
final class AtlasToken {
  /// Atlas' tokens live for an hour.
  private static final Duration LIFE = Duration.ofMinutes(50);

  private final Api api;
  private final InstantSource clock;
  private String token = "";
  private Instant ends = Instant.MIN;

  /// @param api authenticated by the client id and its secret
  AtlasToken(Api api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  Secret secret(String reference) {
    return new Secret(reference, this::current);
  }

  private synchronized String current() {
    if (clock.instant().isAfter(ends)) {
      var headers = new TreeMap<String, String>();
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      try {
        JsonNode answer =
            api.json(
                api.read(
                    new Ask(
                        "POST",
                        "/api/oauth/token",
                        new TreeMap<>(),
                        Optional.of("grant_type=client_credentials"),
                        headers)));
        String granted = answer.path("access_token").asString("");
        if (granted.isEmpty()) {
          throw api.strange("a token without access_token");
        }
        token = granted;
        ends = clock.instant().plus(LIFE);
      } catch (PlatformUnreachable e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
    return token;
  }
}
