package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.BadCondition;
import dev.lastgood.condition.Cel;
import dev.lastgood.condition.Condition;
import dev.lastgood.condition.Vocabulary;
import dev.lastgood.model.Measurement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Conditions on answers.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExpectTest {
  private static Condition cel(String source) throws BadCondition {
    return new Cel().compile(source, Vocabulary.HTTP);
  }

  private static Measurement measured(RudeServer server, String source) throws BadCondition {
    try (server) {
      var check = Some.check(Some.expect(Some.http(server.url("/health")), cel(source)));
      return Some.checker().measure(check, Optional.empty(), Optional.empty());
    }
  }

  private static Measurement body(String body, String source) throws BadCondition {
    return measured(RudeServer.json(body), source);
  }

  @Test
  void what_is_as_expected_is_healthy() throws BadCondition {
    Measurement seen =
        body("{\"status\":\"healthy\"}", "status == 200 && body.status == 'healthy'");
    assertThat(seen).isInstanceOf(Measurement.Healthy.class);
    assertThat(seen.seen()).endsWith("; as expected: status == 200 && body.status == 'healthy'");
  }

  @Test
  void what_is_not_as_expected_is_unhealthy_and_quoted() throws BadCondition {
    assertThat(body("{\"queue\":{\"waiting\":900}}", "body.queue.waiting < 100"))
        .isEqualTo(
            new Measurement.Unhealthy(
                "status 200, not as expected: body.queue.waiting < 100; it says"
                    + " \"{\"queue\":{\"waiting\":900}}\""));
  }

  @Test
  void a_field_that_is_missing_is_inconclusive_never_zero() throws BadCondition {
    assertThat(body("{\"queue\":{}}", "body.queue.waiting < 100"))
        .isInstanceOf(Measurement.Inconclusive.class);
    assertThat(body("{\"queue\":{\"waiting\":null}}", "body.queue.waiting < 100"))
        .isInstanceOf(Measurement.Inconclusive.class);
    assertThat(body("{\"queue\":{\"waiting\":\"few\"}}", "body.queue.waiting < 100"))
        .isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void an_error_rate_that_is_a_fraction_or_whole_is_compared_as_a_number() throws BadCondition {
    assertThat(body("{\"errorRate\":0.2}", "body.errorRate < 0.1"))
        .isInstanceOf(Measurement.Unhealthy.class);
    assertThat(body("{\"errorRate\":0}", "body.errorRate < 0.1"))
        .isInstanceOf(Measurement.Healthy.class);
    assertThat(body("{\"errorRate\":12345678901234567890123}", "body.errorRate < 0.1"))
        .isNotInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void a_page_where_json_is_expected_is_inconclusive() throws BadCondition {
    assertThat(
            measured(
                RudeServer.saying("HTTP/1.1 200 OK\nContent-Type: text/html", "<h1>Sign in</h1>"),
                "body.status == 'healthy'"))
        .isEqualTo(
            new Measurement.Inconclusive(
                "cannot tell whether body.status == 'healthy': the body is not JSON (content type"
                    + " \"text/html\"): \"<h1>Sign in</h1>\""));
  }

  @Test
  void a_503_with_a_page_is_unhealthy_when_the_condition_needs_no_body_to_say_no()
      throws BadCondition {
    try (var server =
        RudeServer.saying("HTTP/1.1 503 Busy\nContent-Type: text/html", "<h1>Sorry</h1>")) {
      var http =
          Some.status(
              Some.expect(
                  Some.http(server.url("/")), cel("status == 200 && body.status == 'healthy'")),
              200,
              503);
      assertThat(Some.checker().measure(Some.check(http), Optional.empty(), Optional.empty()))
          .isEqualTo(
              new Measurement.Unhealthy(
                  "status 503, not as expected: status == 200 && body.status == 'healthy'; it says"
                      + " \"<h1>Sorry</h1>\""));
    }
  }

  @Test
  void text_headers_and_time_can_be_asked_without_json() throws BadCondition {
    RudeServer server = RudeServer.saying("HTTP/1.1 200 OK\nX-Ready: yes", "pong");
    assertThat(measured(server, "text == 'pong' && headers['x-ready'] == 'yes' && millis < 60000"))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void a_header_that_is_missing_is_inconclusive() throws BadCondition {
    assertThat(body("{}", "headers['x-ready'] == 'yes'"))
        .isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void a_secret_that_is_echoed_is_hidden_in_what_is_quoted() throws BadCondition {
    try (var server = RudeServer.json("{\"you\":\"s3cret-token\",\"n\":\"x\"}")) {
      for (String source : new String[] {"body.you == 'me'", "body.n < 3", "body.gone == 1"}) {
        var http = Some.expect(Some.http(server.url("/")), cel(source));
        var check = Some.headers(http, Map.of("X-Key", Some.secret("s3cret-token")));
        Measurement seen =
            Some.checker().measure(Some.check(check), Optional.empty(), Optional.empty());
        assertThat(seen.healthy()).isFalse();
        assertThat(seen.seen()).as(source).doesNotContain("s3cret").contains("•••");
      }
    }
  }

  @Test
  void half_a_secret_that_a_condition_quotes_is_hidden_too() throws BadCondition {
    for (int before = 120; before < 200; before++) {
      try (var server = RudeServer.json("{\"you\":\"" + "x".repeat(before) + "s3cret-token\"}")) {
        var http = Some.expect(Some.http(server.url("/")), cel("body.you"));
        var check = Some.headers(http, Map.of("X-Key", Some.secret("s3cret-token")));
        assertThat(
                Some.checker()
                    .measure(Some.check(check), Optional.empty(), Optional.empty())
                    .seen())
            .as("%d characters before it", before)
            .doesNotContain("s3c");
      }
    }
  }

  @Test
  void every_demand_is_looked_at_and_the_worst_finding_counts() throws BadCondition {
    try (var server = RudeServer.json("{\"status\":\"odd\",\"version\":\"v2\",\"n\":1}")) {
      var http =
          Some.version(
              Some.word(Some.expect(Some.http(server.url("/")), cel("body.n == 1")), "status"),
              "version");
      assertThat(Some.checker().measure(Some.check(http), Optional.empty(), Optional.of("v1")))
          .as("an odd word is inconclusive, the wrong version is worse")
          .isEqualTo(new Measurement.Unhealthy("it says version \"v2\", expected \"v1\""));
      assertThat(Some.checker().measure(Some.check(http), Optional.empty(), Optional.of("v2")))
          .isInstanceOf(Measurement.Inconclusive.class);
    }
  }
}
