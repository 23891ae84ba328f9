package dev.lastgood.provider.http;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// An API and how it wants to be spoken to.
///
/// @param name for people: "Vercel"
/// @param tokenHeader header that carries the token, e.g. `Authorization`; empty: none is sent
/// @param tokenPrefix before the token, e.g. `Bearer ` with its blank
/// @param headers sent with every request
/// @param patience for one request with all its repetitions
/// @param pace how fast it may be asked
/// @param complaint the platform's own words in a JSON answer; blank when there are none
/// @param digest how the token proves itself where it is not sent; empty: it is sent
public record Site(
    String name,
    URI base,
    String tokenHeader,
    String tokenPrefix,
    Secret token,
    SortedMap<String, String> headers,
    Duration patience,
    Pace pace,
    Function<JsonNode, String> complaint,
    Optional<Digest> digest) {
  private static final Duration USUAL = Duration.ofSeconds(8);

  public Site {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /// An API that is sent its token.
  public Site(
      String name,
      URI base,
      String tokenHeader,
      String tokenPrefix,
      Secret token,
      SortedMap<String, String> headers,
      Duration patience,
      Pace pace,
      Function<JsonNode, String> complaint) {
    this(
        name,
        base,
        tokenHeader,
        tokenPrefix,
        token,
        headers,
        patience,
        pace,
        complaint,
        Optional.empty());
  }

  /// An API that anybody may ask who reaches it.
  public static Site open(
      String name, URI base, Duration patience, Pace pace, Function<JsonNode, String> complaint) {
    return new Site(
        name,
        base,
        "",
        "",
        new Secret("(none)", () -> ""),
        new TreeMap<>(),
        patience,
        pace,
        complaint);
  }

  /// The setting `timeout`, or what leaves a look its few seconds.
  ///
  /// @throws BadSettings if it is outside 100 ms to 60 s
  public static Duration patience(Optional<Duration> timeout) {
    timeout
        .filter(
            t -> t.compareTo(Duration.ofMillis(100)) < 0 || t.compareTo(Duration.ofSeconds(60)) > 0)
        .ifPresent(t -> {
          throw new BadSettings("timeout", "one request may take 100ms to 60s");
        });
    return timeout.orElse(USUAL);
  }

  /// The setting `base-url`, or the platform's usual one.
  ///
  /// @throws BadSettings if it is no URL, or would send the token readable through a network
  public static URI base(Optional<String> url, String usual) {
    URI base = plain("base-url", url.orElse(usual), usual);
    String host = base.getHost();
    boolean here = host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    if (!("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && here))) {
      throw new BadSettings(
          "base-url", "the token must not travel readable: use https (http only on loopback)");
    }
    return base;
  }

  /// An address that no token is sent to.
  ///
  /// @param key of the setting
  /// @param example what it looks like
  /// @throws BadSettings if it is no URL
  public static URI plain(String key, String url, String example) {
    URI base;
    try {
      base = URI.create(url.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new BadSettings(key, "it is no URL; write one like " + example);
    }
    boolean web = "https".equals(base.getScheme()) || "http".equals(base.getScheme());
    if (!web || base.getHost() == null || base.getUserInfo() != null || base.getQuery() != null) {
      throw new BadSettings(key, "it must have a host, and no user and no query: " + example);
    }
    return base;
  }
}
