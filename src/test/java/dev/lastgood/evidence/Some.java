package dev.lastgood.evidence;

import dev.lastgood.condition.Condition;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Checks for tests, each different from the plainest in one thing.
final class Some {
  private Some() {}

  static Checker checker() {
    return new Checker("1.2.3", Path.of("/"));
  }

  static Check check(Check.Probe probe) {
    return check(probe, Duration.ofSeconds(10));
  }

  static Check check(Check.Probe probe, Duration timeout) {
    return new Check("health", Optional.of("backend"), Set.of(), timeout, probe);
  }

  static Check get(String url) {
    return check(http(url));
  }

  static Check get(String url, Duration timeout) {
    return check(http(url), timeout);
  }

  static Check.Http http(String url) {
    return new Check.Http(
        url,
        "GET",
        Set.of(200),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>());
  }

  static Check.Http status(Check.Http http, Integer... statuses) {
    return new Check.Http(
        http.url(),
        http.method(),
        Set.of(statuses),
        http.expect(),
        http.word(),
        http.version(),
        http.latency(),
        http.headers());
  }

  static Check.Http method(Check.Http http, String method) {
    return new Check.Http(
        http.url(),
        method,
        http.status(),
        http.expect(),
        http.word(),
        http.version(),
        http.latency(),
        http.headers());
  }

  static Check.Http expect(Check.Http http, Condition expect) {
    return new Check.Http(
        http.url(),
        http.method(),
        http.status(),
        Optional.of(expect),
        http.word(),
        http.version(),
        http.latency(),
        http.headers());
  }

  /// The words `healthy` and `ok` are well, `unhealthy` and `down` are not.
  static Check.Http word(Check.Http http, String at) {
    var word = new Check.Word(at, Set.of("healthy", "ok"), Set.of("unhealthy", "down"));
    return new Check.Http(
        http.url(),
        http.method(),
        http.status(),
        http.expect(),
        Optional.of(word),
        http.version(),
        http.latency(),
        http.headers());
  }

  static Check.Http version(Check.Http http, String at) {
    return new Check.Http(
        http.url(),
        http.method(),
        http.status(),
        http.expect(),
        http.word(),
        Optional.of(new Check.VersionAt(at)),
        http.latency(),
        http.headers());
  }

  static Check.Http latency(Check.Http http, Duration p95, int requests) {
    return new Check.Http(
        http.url(),
        http.method(),
        http.status(),
        http.expect(),
        http.word(),
        http.version(),
        Optional.of(new Check.Latency(p95, requests)),
        http.headers());
  }

  static Check.Http headers(Check.Http http, Map<String, Secret> headers) {
    SortedMap<String, Secret> sorted = new TreeMap<>(headers);
    return new Check.Http(
        http.url(),
        http.method(),
        http.status(),
        http.expect(),
        http.word(),
        http.version(),
        http.latency(),
        sorted);
  }

  static Secret secret(String value) {
    return new Secret("${env:TOKEN}", () -> value);
  }
}
