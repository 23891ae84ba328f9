package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What a healthy, a sick and a lying service are called.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CheckerTest {
  private static Measurement measure(Check.Probe probe) {
    return Some.checker().measure(Some.check(probe), Optional.empty(), Optional.empty());
  }

  private static Measurement expecting(String version, Check.Probe probe) {
    return Some.checker().measure(Some.check(probe), Optional.empty(), Optional.of(version));
  }

  private static Measurement wordOf(String body) {
    try (var server = RudeServer.json(body)) {
      return measure(Some.word(Some.http(server.url("/health")), "status"));
    }
  }

  @Test
  void a_service_that_answers_200_is_healthy() {
    try (var server = RudeServer.json("{}")) {
      assertThat(measure(Some.http(server.url("/health"))).seen()).startsWith("status 200 in ");
      assertThat(measure(Some.http(server.url("/health")))).matches(Measurement::healthy);
    }
  }

  @Test
  void another_status_is_unhealthy_and_the_body_is_quoted() {
    try (var server = RudeServer.saying("HTTP/1.1 503 Busy", "out of\tmemory")) {
      assertThat(measure(Some.http(server.url("/health"))))
          .isEqualTo(
              new Measurement.Unhealthy("status 503, expected 200; it says \"out of memory\""));
    }
  }

  @Test
  void a_500_that_says_healthy_is_unhealthy() {
    try (var server = RudeServer.saying("HTTP/1.1 500 Oops", "{\"status\":\"healthy\"}")) {
      assertThat(measure(Some.word(Some.http(server.url("/")), "status")))
          .isInstanceOf(Measurement.Unhealthy.class);
    }
  }

  @Test
  void the_word_healthy_is_healthy_in_any_case() {
    assertThat(wordOf("{\"status\":\"Healthy\"}")).isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void the_word_unhealthy_does_not_contain_healthy() {
    assertThat(wordOf("{\"status\":\"unhealthy\"}"))
        .isEqualTo(new Measurement.Unhealthy("status is \"unhealthy\""));
  }

  @Test
  void a_word_nobody_knows_is_inconclusive() {
    assertThat(wordOf("{\"status\":\"not healthy\"}"))
        .isEqualTo(
            new Measurement.Inconclusive(
                "status is \"not healthy\", which this check does not know"));
    assertThat(wordOf("{\"status\":\" healthy\"}")).isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void a_missing_word_is_inconclusive_never_healthy() {
    assertThat(wordOf("{\"state\":\"healthy\"}"))
        .isEqualTo(new Measurement.Inconclusive("the body says nothing at status"));
    assertThat(wordOf("{\"status\":null}"))
        .isEqualTo(new Measurement.Inconclusive("the body says nothing at status"));
    assertThat(wordOf("{\"status\":{\"healthy\":true}}"))
        .isEqualTo(new Measurement.Inconclusive("status is not a word"));
  }

  @Test
  void a_body_with_two_answers_gives_none() {
    assertThat(wordOf("{\"status\":\"healthy\",\"status\":\"unhealthy\"}"))
        .isInstanceOf(Measurement.Inconclusive.class);
    assertThat(wordOf("{\"status\":\"healthy\"}{\"status\":\"unhealthy\"}"))
        .isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void a_page_instead_of_json_is_inconclusive_and_named() {
    try (var server =
        RudeServer.saying(
            "HTTP/1.1 200 OK\nContent-Type: text/html", "<html><body>healthy</body></html>")) {
      assertThat(measure(Some.word(Some.http(server.url("/")), "status")))
          .isEqualTo(
              new Measurement.Inconclusive(
                  "the body is not JSON (content type \"text/html\"):"
                      + " \"<html><body>healthy</body></html>\""));
    }
  }

  @Test
  void a_word_deep_in_the_body_is_found() {
    try (var server = RudeServer.json("{\"services\":[{\"db.main\":\"OK\"}]}")) {
      assertThat(measure(Some.word(Some.http(server.url("/")), "services.0.db.main")))
          .isInstanceOf(Measurement.Healthy.class);
    }
  }

  @Test
  void the_expected_version_is_healthy() {
    try (var server = RudeServer.json("{\"version\":\"v1\"}")) {
      assertThat(expecting("v1", Some.version(Some.http(server.url("/")), "version")).seen())
          .endsWith("; version \"v1\"");
    }
  }

  @Test
  void a_liar_that_is_healthy_with_the_wrong_version_is_unhealthy() {
    try (var server = RudeServer.json("{\"status\":\"healthy\",\"version\":\"v2\"}")) {
      var check = Some.version(Some.word(Some.http(server.url("/")), "status"), "version");
      assertThat(expecting("v1", check))
          .isEqualTo(new Measurement.Unhealthy("it says version \"v2\", expected \"v1\""));
    }
  }

  @Test
  void a_version_that_only_begins_alike_is_another_version() {
    try (var server = RudeServer.json("{\"version\":\"v10\"}")) {
      assertThat(expecting("v1", Some.version(Some.http(server.url("/")), "version")))
          .isInstanceOf(Measurement.Unhealthy.class);
    }
  }

  @Test
  void a_missing_version_is_inconclusive() {
    try (var server = RudeServer.json("{\"status\":\"healthy\"}")) {
      assertThat(expecting("v1", Some.version(Some.http(server.url("/")), "version")))
          .isEqualTo(new Measurement.Inconclusive("it does not say its version at version"));
    }
  }

  @Test
  void a_version_can_be_in_a_header() {
    try (var server = RudeServer.saying("HTTP/1.1 200 OK\nX-Version: v1", "not json")) {
      var check = Some.version(Some.http(server.url("/")), "header:x-version");
      assertThat(expecting("v1", check)).isInstanceOf(Measurement.Healthy.class);
      assertThat(expecting("v2", check)).isInstanceOf(Measurement.Unhealthy.class);
    }
  }

  @Test
  void a_redirect_is_not_followed_and_says_where_to_without_its_query() {
    try (var server =
        RudeServer.saying("HTTP/1.1 302 Found\nLocation: https://login.example/?ticket=s3", "")) {
      assertThat(measure(Some.http(server.url("/health"))))
          .isEqualTo(
              new Measurement.Unhealthy(
                  "status 302, expected 200; it sends to \"https://login.example/?…\", and redirects"
                      + " are not followed"));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_redirect_that_is_expected_is_healthy() {
    try (var server = RudeServer.saying("HTTP/1.1 301 Moved\nLocation: /new", "")) {
      assertThat(measure(Some.status(Some.http(server.url("/")), 301, 302)))
          .isInstanceOf(Measurement.Healthy.class);
    }
  }

  @Test
  void an_address_replaces_host_and_port_and_keeps_the_path_and_the_site() {
    try (var server = RudeServer.json("{}")) {
      var check = Some.get("https://shop.example/api/health?full=1");
      var seen = Some.checker().measure(check, Optional.of(server.url("")), Optional.empty());
      assertThat(seen).isInstanceOf(Measurement.Healthy.class);
      assertThat(server.requests().getFirst())
          .startsWith("GET /api/health?full=1 HTTP/1.1\nHost: shop.example\n");
    }
  }

  @Test
  void an_address_in_place_of_a_local_one_is_its_own_site() {
    try (var server = RudeServer.json("{}")) {
      var check = Some.get("http://localhost:1/health");
      var _ = Some.checker().measure(check, Optional.of(server.url("")), Optional.empty());
      assertThat(server.requests().getFirst()).contains("Host: 127.0.0.1:" + server.port());
    }
  }

  @Test
  void every_request_asks_for_a_fresh_answer_on_a_fresh_connection() {
    try (var server = RudeServer.json("{}")) {
      var _ = measure(Some.http(server.url("/health")));
      assertThat(server.requests().getFirst())
          .contains(
              "User-Agent: lastgood/1.2.3\n", "Cache-Control: no-cache\n", "Connection: close\n");
    }
  }

  @Test
  void own_headers_are_sent_and_replace_the_usual_ones() {
    try (var server = RudeServer.json("{}")) {
      var headers =
          Map.of(
              "Authorization", Some.secret("Bearer s3cret-token"),
              "host", Some.secret("shop.example"));
      var _ = measure(Some.headers(Some.http(server.url("/")), headers));
      assertThat(server.requests().getFirst())
          .contains("Authorization: Bearer s3cret-token\n", "host: shop.example\n")
          .doesNotContain("Host: 127");
    }
  }

  @Test
  void an_open_port_is_healthy_and_a_closed_one_is_an_error() {
    int port;
    try (var server = RudeServer.json("{}")) {
      port = server.port();
      assertThat(measure(new Check.Tcp("127.0.0.1", port)))
          .isEqualTo(new Measurement.Healthy("127.0.0.1:" + port + " accepts connections"));
    }
    assertThat(measure(new Check.Tcp("127.0.0.1", port)))
        .isEqualTo(
            new Measurement.Error(
                "connection to 127.0.0.1:" + port + " refused: nothing listens there"));
  }

  @Test
  void a_tcp_check_goes_to_the_proven_address() {
    try (var server = RudeServer.json("{}")) {
      var check = Some.check(new Check.Tcp("shop.invalid", 80));
      assertThat(Some.checker().measure(check, Optional.of(server.url("/base")), Optional.empty()))
          .isInstanceOf(Measurement.Healthy.class);
    }
  }

  @Test
  void p95_over_fast_requests_is_healthy() {
    try (var server = RudeServer.json("{}")) {
      var check = Some.latency(Some.http(server.url("/")), Duration.ofSeconds(8), 10);
      assertThat(measure(check).seen())
          .startsWith("p95 of 10 requests is ")
          .endsWith("ms, at most 8000ms");
      assertThat(server.requests()).hasSize(11);
    }
  }

  @Test
  void p95_is_the_nearest_rank() {
    assertThat(HttpProbe.p95(List.of(5L))).isEqualTo(5);
    assertThat(HttpProbe.p95(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L))).isEqualTo(10);
    var twenty = java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
    assertThat(HttpProbe.p95(twenty)).isEqualTo(19);
  }

  @Test
  void an_error_is_not_dropped_from_the_sample() {
    var count = new java.util.concurrent.atomic.AtomicInteger();
    RudeServer.Manner third =
        (socket, out) -> {
          if (count.incrementAndGet() == 4) {
            socket.close();
          } else {
            out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          }
        };
    try (var server = new RudeServer(third)) {
      var check = Some.latency(Some.http(server.url("/")), Duration.ofSeconds(8), 20);
      assertThat(measure(check))
          .isInstanceOf(Measurement.Error.class)
          .extracting(Measurement::seen)
          .asString()
          .startsWith("request 3 of 20: ");
    }
  }

  @Test
  void a_command_is_healthy_unhealthy_or_inconclusive_by_its_exit() {
    assertThat(measure(sh("echo fine; exit 0")))
        .isEqualTo(new Measurement.Healthy("exit 0: \"fine\""));
    assertThat(measure(sh("echo sick >&2; exit 2")))
        .isEqualTo(new Measurement.Unhealthy("exit 2: \"sick\""));
    assertThat(measure(sh("exit 3")))
        .isEqualTo(new Measurement.Inconclusive("exit 3, an exit this check does not know"));
    assertThat(measure(new Check.Command(List.of("/no/such/program"), Set.of(1))))
        .isInstanceOf(Measurement.Error.class)
        .extracting(Measurement::seen)
        .asString()
        .startsWith("/no/such/program cannot be started: ");
  }

  private static Check.Command sh(String script) {
    return new Check.Command(List.of("sh", "-c", script), Set.of(1, 2));
  }
}
