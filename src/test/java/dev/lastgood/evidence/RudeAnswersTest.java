package dev.lastgood.evidence;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Servers that answer badly, slowly, or with malice: each gives a measurement in plain words, in
/// time, and never "healthy".
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class RudeAnswersTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private static Measurement measure(Check check) {
    return Some.checker().measure(check, Optional.empty(), Optional.empty());
  }

  private static Measurement answered(String head, String body) {
    try (var server = RudeServer.saying(head, body)) {
      return measure(Some.get(server.url("/health")));
    }
  }

  private static Measurement wordOf(RudeServer.Manner manner) {
    try (var server = new RudeServer(manner)) {
      return measure(Some.check(Some.word(Some.http(server.url("/health")), "status")));
    }
  }

  private static Measurement late(RudeServer.Manner manner) {
    try (var server = new RudeServer(manner)) {
      return measure(Some.get(server.url("/health"), SHORT));
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private static void forever() throws InterruptedException {
    Thread.sleep(Duration.ofMinutes(5));
  }

  private static void assertError(Measurement measurement, String words) {
    assertThat(measurement).isInstanceOf(Measurement.Error.class);
    assertThat(measurement.seen()).contains(words);
  }

  @Test
  void one_that_never_answers() {
    assertError(
        late((_, _) -> forever()), "/health within 200ms (connected, waiting for the answer)");
  }

  @Test
  void one_that_sends_its_headers_byte_by_byte() {
    RudeServer.Manner dribbling =
        (_, out) -> {
          for (byte b : "HTTP/1.1 200 OK\r\nX-Long: ".getBytes(US_ASCII)) {
            out.write(b);
          }
          while (true) {
            send(out, "a");
            Thread.sleep(10);
          }
        };
    assertError(late(dribbling), "within 200ms (reading the headers)");
  }

  @Test
  void one_that_sends_its_body_byte_by_byte() {
    RudeServer.Manner dribbling =
        (_, out) -> {
          send(out, "HTTP/1.1 200 OK\r\n\r\n");
          while (true) {
            send(out, " ");
            Thread.sleep(10);
          }
        };
    assertError(late(dribbling), "within 200ms (reading the body, ");
  }

  @Test
  void one_that_accepts_and_is_never_served() throws IOException {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertError(
          measure(Some.get("http://127.0.0.1:" + listening.getLocalPort() + "/", SHORT)),
          "within 200ms");
    }
  }

  @Test
  void one_whose_body_never_ends_is_read_to_the_limit_only() {
    RudeServer.Manner endless =
        (_, out) -> {
          send(out, "HTTP/1.1 200 OK\r\n\r\n");
          byte[] block = "x".repeat(100_000).getBytes(US_ASCII);
          while (true) {
            out.write(block);
          }
        };
    try (var server = new RudeServer(endless)) {
      assertThat(measure(Some.get(server.url("/")))).isInstanceOf(Measurement.Healthy.class);
    }
    assertThat(wordOf(endless))
        .isEqualTo(
            new Measurement.Inconclusive(
                "the body is larger than 1 MiB and was not read to its end"));
  }

  @Test
  void a_body_that_is_too_large_by_its_own_word_is_not_waited_for() {
    RudeServer.Manner boasting =
        (_, out) -> {
          send(out, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
          out.write(new byte[2 << 20]);
          forever();
        };
    assertThat(wordOf(boasting)).isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void one_that_closes_without_a_word() {
    try (var server = new RudeServer((socket, _) -> socket.close())) {
      assertError(
          measure(Some.get(server.url("/"))),
          "gave no usable answer: it closed the connection before an answer came");
    }
  }

  @Test
  void one_that_resets_the_connection() {
    RudeServer.Manner reset =
        (socket, _) -> {
          socket.setSoLinger(true, 0);
          socket.close();
        };
    try (var server = new RudeServer(reset)) {
      assertError(measure(Some.get(server.url("/"))), "reset the connection");
    }
  }

  @Test
  void one_that_closes_in_the_middle_of_its_body() {
    assertError(
        answered("HTTP/1.1 200 OK\nContent-Length: 100", "{\"status\":\"healthy\"}"),
        "it closed the connection after 20 of 100 bytes of the body");
  }

  @Test
  void one_that_closes_in_the_middle_of_its_headers() {
    try (var server = new RudeServer((_, out) -> send(out, "HTTP/1.1 200 OK\r\nX: y\r\n"))) {
      assertError(measure(Some.get(server.url("/"))), "before the end of the headers came");
    }
  }

  @Test
  void one_that_speaks_something_else() {
    try (var server = new RudeServer((_, out) -> send(out, "SSH-2.0-OpenSSH_9.2p1\r\n"))) {
      assertError(measure(Some.get(server.url("/"))), "it does not speak HTTP/1");
    }
    assertError(answered("HTTP/2 200", ""), "it does not speak HTTP/1");
    assertError(answered("HTTP/1.1 20", ""), "it does not speak HTTP/1");
    assertError(answered("HTTP/1.1 2000 OK", ""), "it does not speak HTTP/1");
    assertError(answered("HTTP/1.1 +20 OK", ""), "it does not speak HTTP/1");
    assertError(answered("HTTP/1.1 ٢٠٠ OK", ""), "it does not speak HTTP/1");
  }

  @Test
  void chunks_are_put_together() {
    assertThat(
            wordOf((_, out) ->
                send(
                    out,
                    """
                    HTTP/1.1 200 OK\r
                    Transfer-Encoding: chunked\r
                    \r
                    a;x=y\r
                    {"status":\r
                    9\r
                    "healthy"\r
                    1\r
                    }\r
                    0\r
                    Trailer: t\r
                    \r
                    """)))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void chunks_that_are_garbage() {
    String head = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked";
    assertError(answered(head, "zz\r\n"), "a chunk without a proper size");
    assertError(answered(head, "-5\r\nhello"), "a chunk without a proper size");
    assertError(answered(head, "ffffffffff\r\n"), "a chunk without a proper size");
    assertError(answered(head, "5\r\nhelloworld"), "a chunk that is longer than it says");
    assertError(answered(head, "5\r\nhel"), "in the middle of a chunk");
    assertError(answered(head, "5\r\nhello\r\n"), "before the next chunk of the body came");
  }

  @Test
  void a_length_that_lies() {
    assertError(answered("HTTP/1.1 200 OK\nContent-Length: many", ""), "not one number");
    assertError(answered("HTTP/1.1 200 OK\nContent-Length: -1", ""), "not one number");
    assertError(
        answered("HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3", "{}"), "not one number");
    assertThat(answered("HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2", "{}"))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void a_body_in_an_unknown_coding() {
    assertError(
        answered("HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked", "x"), "nobody asked for");
  }

  @Test
  void a_bomb_of_headers() {
    RudeServer.Manner bomb =
        (_, out) -> {
          send(out, "HTTP/1.1 200 OK\r\n");
          while (true) {
            send(out, "X-More: and more and more and more and more\r\n");
          }
        };
    try (var server = new RudeServer(bomb)) {
      assertError(measure(Some.get(server.url("/"))), "its headers are longer than 64 KiB");
    }
  }

  @Test
  void a_header_line_that_is_none() {
    assertError(answered("HTTP/1.1 200 OK\nno colon here", ""), "a header line that is not one");
  }

  @Test
  void interim_answers_are_passed_over() {
    String early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    assertThat(
            wordOf((_, out) ->
                send(
                    out,
                    "HTTP/1.1 100 Continue\r\n\r\n"
                        + early
                        + "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}")))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void interim_answers_without_end() {
    RudeServer.Manner endless =
        (_, out) -> {
          while (true) {
            send(out, "HTTP/1.1 102 Processing\r\n\r\n");
          }
        };
    try (var server = new RudeServer(endless)) {
      assertError(measure(Some.get(server.url("/"))), "more than 10 interim answers");
    }
  }

  @Test
  void an_answer_without_content_is_healthy_if_its_status_is_wanted_and_has_no_word() {
    try (var server = RudeServer.saying("HTTP/1.1 204 No Content", "")) {
      var wanted = Some.status(Some.http(server.url("/")), 204);
      assertThat(measure(Some.check(wanted))).isInstanceOf(Measurement.Healthy.class);
      assertThat(measure(Some.check(Some.word(wanted, "status"))))
          .isEqualTo(
              new Measurement.Inconclusive(
                  "the body is empty, expected JSON (content type \"none\")"));
    }
  }

  @Test
  void the_answer_to_a_head_has_no_body() {
    try (var server = RudeServer.saying("HTTP/1.1 200 OK\nContent-Length: 500", "")) {
      var head = Some.method(Some.http(server.url("/")), "HEAD");
      assertThat(measure(Some.check(head))).isInstanceOf(Measurement.Healthy.class);
      assertThat(server.requests().getFirst()).startsWith("HEAD / HTTP/1.1\n");
    }
  }

  @Test
  void old_http_is_understood() {
    assertThat(wordOf((_, out) -> send(out, "HTTP/1.0 200 OK\r\n\r\n{\"status\":\"ok\"}")))
        .isInstanceOf(Measurement.Healthy.class);
    assertThat(wordOf((_, out) -> send(out, "HTTP/1.0 200\n\n{\"status\":\"ok\"}")))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void a_loop_of_redirects_ends_at_the_first() {
    try (var server = RudeServer.saying("HTTP/1.1 307 Again\nLocation: /health", "")) {
      assertThat(measure(Some.get(server.url("/health"))))
          .isInstanceOf(Measurement.Unhealthy.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void gzip_that_nobody_asked_for_is_unpacked() {
    assertThat(wordOf((_, out) -> gzipped(out, "{\"status\":\"healthy\"}")))
        .isInstanceOf(Measurement.Healthy.class);
    assertThat(wordOf((_, out) -> gzipped(out, "{\"status\":\"unhealthy\"}")))
        .isInstanceOf(Measurement.Unhealthy.class);
  }

  @Test
  void a_bomb_of_gzip_is_unpacked_to_the_limit_only() {
    assertThat(wordOf((_, out) -> gzipped(out, " ".repeat(50 << 20))))
        .isEqualTo(
            new Measurement.Inconclusive(
                "the body is larger than 1 MiB and was not read to its end"));
  }

  @Test
  void gzip_that_is_none() {
    assertError(
        answered("HTTP/1.1 200 OK\nContent-Encoding: gzip", "{}"), "claims to be gzip and cannot");
  }

  private static void gzipped(OutputStream out, String text) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(UTF_8));
    }
    send(out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
    out.write(packed.toByteArray());
  }

  @Test
  void invalid_utf_8_is_not_json() {
    RudeServer.Manner latin =
        (_, out) -> {
          send(out, "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"");
          out.write(0xe4);
          send(out, "\"}");
        };
    assertThat(wordOf(latin))
        .isEqualTo(
            new Measurement.Inconclusive(
                "the body is not JSON (content type \"none\", not valid text): \"{\"status\":\"�\"}\""));
  }

  @Test
  void a_byte_order_mark_is_passed_over() {
    assertThat(wordOf((_, out) -> send(out, "HTTP/1.1 200 OK\r\n\r\n\uFEFF{\"status\":\"ok\"}")))
        .isInstanceOf(Measurement.Healthy.class);
  }

  @Test
  void json_nested_without_end_is_not_json() {
    String deep = "[".repeat(100_000);
    assertThat(wordOf((_, out) -> send(out, "HTTP/1.1 200 OK\r\n\r\n" + deep)))
        .isInstanceOf(Measurement.Inconclusive.class);
    String closed = "[".repeat(2_000) + "]".repeat(2_000);
    assertThat(wordOf((_, out) -> send(out, "HTTP/1.1 200 OK\r\n\r\n" + closed)))
        .isInstanceOf(Measurement.Inconclusive.class);
  }

  @Test
  void what_is_quoted_cannot_command_a_terminal() {
    Measurement seen =
        answered("HTTP/1.1 500 Oops", "\u001b[2J\u001b]0;owned\u0007 \u202egood\u2028end\u0000");
    assertThat(seen)
        .isEqualTo(
            new Measurement.Unhealthy(
                "status 500, expected 200; it says \"[2J]0;owned good end\""));
  }

  @Test
  void a_name_that_nobody_knows() {
    assertThat(measure(Some.get("http://shop.invalid/health")).seen())
        .isEqualTo("the name shop.invalid cannot be resolved");
  }

  @Test
  void a_port_where_nothing_listens() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(measure(Some.get("http://127.0.0.1:" + port + "/health?key=s3cret")))
        .isEqualTo(
            new Measurement.Error(
                "connection to 127.0.0.1:" + port + " refused: nothing listens there"));
  }

  @Test
  void a_url_that_cannot_be_asked() {
    assertError(measure(Some.get("shop.example/health")), "must start with http:// or https://");
    assertError(measure(Some.get("http:///health")), "the URL has no host");
    assertError(measure(Some.get("http://a:0/")), "'0' is not a port");
    assertError(measure(Some.get("http://a:99999/")), "'99999' is not a port");
    assertError(measure(Some.get("http://a b/")), "'a b' is not a host name");
    assertError(measure(Some.get("http://a/\r\nX: y")), "a blank, a control");
    assertError(measure(Some.get("http://::1/")), "an IPv6 address needs brackets");
    Measurement named = measure(Some.get("http://ada:s3cret@a/"));
    assertError(named, "carries a user name");
    assertThat(named.seen()).doesNotContain("s3cret", "ada");
    var odd = Some.method(Some.http("http://127.0.0.1:1/"), "GET / HTTP/1.1\r\nX: y\r\n");
    assertError(measure(Some.check(odd)), "must be an HTTP method");
  }

  @Test
  void an_ipv6_address_is_asked() throws IOException {
    try (var server = RudeServer.at(sixth(), (_, out) -> send(out, "HTTP/1.1 200 OK\r\n\r\n"))) {
      assertThat(measure(Some.get("http://[::1]:" + server.port() + "/")))
          .isInstanceOf(Measurement.Healthy.class);
      assertThat(server.requests().getFirst()).contains("Host: [::1]:" + server.port() + "\n");
    }
  }

  @Test
  void every_address_of_a_name_is_tried() throws IOException {
    InetAddress v4 = InetAddress.getLoopbackAddress();
    InetAddress v6 = sixth();
    try (var server = RudeServer.at(v6, (_, _) -> {});
        var dial = new Dial(Duration.ofSeconds(10))) {
      Socket connected = dial.connect(new InetAddress[] {v4, v6}, server.port());
      assertThat(connected.getInetAddress()).isEqualTo(v6);
    }
  }

  private static InetAddress sixth() throws IOException {
    return InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }

  @Test
  void a_secret_that_is_echoed_is_hidden() {
    RudeServer.Manner echo =
        (_, out) ->
            send(out, "HTTP/1.1 500 Oops\r\n\r\nwho are you, s3cret-token? (Bearer s3cret-token)");
    try (var server = new RudeServer(echo)) {
      var check =
          Some.headers(
              Some.http(server.url("/")),
              Map.of("Authorization", Some.secret("Bearer s3cret-token")));
      assertThat(measure(Some.check(check)).seen())
          .isEqualTo("status 500, expected 200; it says \"who are you, •••? (•••)\"");
    }
  }

  @Test
  void a_secret_is_hidden_before_the_text_is_cut() {
    String secret = "s3cret-token-of-some-length";
    String body = "x".repeat(70) + secret;
    try (var server = RudeServer.saying("HTTP/1.1 500 Oops", body)) {
      var check = Some.headers(Some.http(server.url("/")), Map.of("X-Key", Some.secret(secret)));
      assertThat(measure(Some.check(check)).seen()).doesNotContain("s3c").contains("•••");
    }
  }

  @Test
  void a_secret_with_a_line_break_is_refused_and_not_shown() {
    var check =
        Some.headers(
            Some.http("http://127.0.0.1:1/"), Map.of("X-Key", Some.secret("s3cret\nX-Evil: 1")));
    assertThat(measure(Some.check(check)))
        .isEqualTo(
            new Measurement.Error(
                "cannot be asked: the value of header X-Key contains a line break or a control"
                    + " character"));
  }

  @Test
  void a_secret_that_cannot_be_read_is_named_by_its_reference_only() {
    var broken =
        new dev.lastgood.model.Secret(
            "${env:TOKEN}",
            () -> {
              throw new IllegalStateException("not this: s3cret");
            });
    var check = Some.headers(Some.http("http://127.0.0.1:1/"), Map.of("X-Key", broken));
    assertThat(measure(Some.check(check)))
        .isEqualTo(
            new Measurement.Error(
                "cannot be asked: the value of header X-Key (${env:TOKEN}) cannot be read"));
  }

  @Test
  void headers_that_would_change_the_measurement_cannot_be_set() {
    var check =
        Some.headers(
            Some.http("http://127.0.0.1:1/"), Map.of("connection", Some.secret("keep-alive")));
    assertError(measure(Some.check(check)), "header connection cannot be set by a check");
  }

  @Test
  void one_who_is_told_to_stop_stops() throws Exception {
    try (var server = new RudeServer((_, _) -> forever())) {
      var seen = new java.util.concurrent.CompletableFuture<Measurement>();
      var waiting =
          Thread.ofVirtual()
              .start(
                  () -> seen.complete(measure(Some.get(server.url("/"), Duration.ofMinutes(5)))));
      while (server.requests().isEmpty()) {
        Thread.onSpinWait();
      }
      waiting.interrupt();
      assertError(seen.get(), "told to stop");
    }
  }

  @Test
  void a_lost_connection_is_closed_on_our_side() throws Exception {
    var socket = new java.util.concurrent.CompletableFuture<Socket>();
    RudeServer.Manner silent =
        (s, _) -> {
          socket.complete(s);
          forever();
        };
    try (var server = new RudeServer(silent)) {
      var _ = measure(Some.get(server.url("/"), SHORT));
      assertThat(socket.get().getInputStream().read()).as("end of stream").isEqualTo(-1);
    }
  }
}
