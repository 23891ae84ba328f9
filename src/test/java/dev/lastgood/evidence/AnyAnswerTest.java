package dev.lastgood.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import dev.lastgood.model.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What must hold whatever a server sends. Random, from one seed, which a failure names.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class AnyAnswerTest {
  private static final long SEED = 20_261_121;
  private static final String SECRET = "s3cret-token";

  /// Pieces of which answers are made; nearly right ones find more than noise does.
  private static final List<String> PIECES =
      List.of(
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200 OK\r\n\r\n",
          "HTTP/1.0 500\n",
          "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 204 No Content\r\n\r\n",
          "HTTP/1.1 302 Found\r\nLocation: /a?b=" + SECRET + "\r\n\r\n",
          "Content-Length: 20\r\n",
          "Content-Length: 99999999999999999999\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Content-Encoding: gzip\r\n",
          "Content-Type: application/json; charset=ISO-8859-1\r\n",
          "\r\n",
          "\n",
          ": \r\n",
          "0\r\n\r\n",
          "5\r\n",
          "7fffffff\r\n",
          "{\"status\":\"healthy\",\"version\":\"v1\"}",
          "{\"status\":\"unhealthy\"}",
          "{\"status\":",
          "[[[[",
          "\"" + SECRET + "\"",
          "\u001b[2J\u0007\u202e",
          "\u0000\u00ff\u00fe",
          "😀");

  private static byte[] answer(Random random) {
    var out = new StringBuilder();
    if (random.nextInt(4) > 0) {
      out.append("HTTP/1.1 200 OK\r\n");
    }
    for (int i = random.nextInt(12); i > 0; i--) {
      out.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    byte[] bytes = out.toString().getBytes(random.nextBoolean() ? UTF_8 : ISO_8859_1);
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static Check.Http demanding(String url) {
    return Some.headers(
        Some.version(Some.word(Some.http(url), "status"), "version"),
        Map.of("X-Key", Some.secret(SECRET)));
  }

  @Test
  void reading_ends_with_an_answer_or_a_plain_complaint() {
    var random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = answer(random);
      try {
        HttpReply reply =
            new HttpReader(new ByteArrayInputStream(bytes), _ -> {}).read(false, System.nanoTime());
        assertThat(reply.status()).isBetween(100, 599);
        assertThat(reply.body().length).isLessThanOrEqualTo(HttpCall.BODY_LIMIT);
      } catch (BrokenAnswer complaint) {
        String words = String.valueOf(complaint.getMessage());
        assertThat(words).isEqualTo(Text.plain(words));
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + SEED + ", answer " + i, e);
      }
    }
  }

  @Test
  void a_judgement_is_plain_short_keeps_secrets_and_is_healthy_only_with_both_demands_met() {
    var random = new Random(SEED + 1);
    int healthy = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = answer(random);
      Measurement seen;
      try {
        HttpReply reply =
            new HttpReader(new ByteArrayInputStream(bytes), _ -> {}).read(false, System.nanoTime());
        var judge =
            new HttpJudge(
                demanding("http://a/"), Optional.of("v1"), Masks.ofValues(Set.of(SECRET)));
        seen = judge.judge(reply);
      } catch (IOException broken) {
        continue;
      }
      assertThat(seen.seen())
          .as("seed %d, answer %d", SEED + 1, i)
          .isEqualTo(Text.plain(seen.seen()))
          .doesNotContain(SECRET)
          .hasSizeLessThan(600);
      if (seen.healthy()) {
        healthy++;
        assertThat(new String(bytes, ISO_8859_1)).contains("\"healthy\"", "\"v1\"");
      }
    }
    assertThat(healthy).as("some answers are well, or nothing was tested").isPositive();
  }

  @Test
  void over_a_real_connection_there_is_always_an_answer_in_time() {
    var random = new Random(SEED + 2);
    try (var server = new RudeServer((_, out) -> out.write(nextAnswer(random)))) {
      var check = Some.check(demanding(server.url("/")), Duration.ofSeconds(30));
      for (int i = 0; i < 300; i++) {
        Measurement seen = Some.checker().measure(check, Optional.empty(), Optional.of("v1"));
        assertThat(seen.seen())
            .as("seed %d, answer %d", SEED + 2, i)
            .isNotBlank()
            .doesNotContain(SECRET)
            .doesNotContain("defect of Lastgood");
      }
    }
  }

  private static byte[] nextAnswer(Random random) {
    synchronized (random) {
      return answer(random);
    }
  }

  @Test
  void any_url_gives_an_answer_and_shows_no_password() {
    var random = new Random(SEED + 3);
    var pieces =
        List.of(
            "http",
            "https",
            "://",
            ":",
            "//",
            "/",
            "[",
            "]",
            "::1",
            "127.0.0.1",
            "@",
            "ada:",
            SECRET,
            "?",
            "#",
            "%",
            " ",
            "\r\n",
            "65536",
            "-1",
            "é",
            "a_b",
            ".",
            "\u0000",
            "1");
    for (int i = 0; i < 5_000; i++) {
      var url = new StringBuilder(random.nextBoolean() ? "http://" : "");
      for (int n = random.nextInt(8); n > 0; n--) {
        url.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        Place place = Place.of(url.toString());
        assertThat(place.port()).isBetween(1, 65_535);
        assertThat(place.path()).startsWith("/").doesNotContain("\r", "\n", " ");
        assertThat(place.hostHeader()).doesNotContain("\r", "\n", " ", "/", "@");
      } catch (IllegalArgumentException refused) {
        if (url.toString().matches("(?s)https?://[^/?#]*@.*")) {
          assertThat(refused.getMessage()).as("of %s", url).doesNotContain(SECRET);
        }
      }
    }
  }

  @Test
  void any_json_path_on_any_body_gives_a_value_or_none() {
    var random = new Random(SEED + 4);
    var bodies =
        List.of(
            "{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"a.b\":2}",
            "[]",
            "\"x\"",
            "1e999",
            "{\"\":1}",
            "-0",
            "true",
            "{\"a\":null}",
            "123456789012345678901234567890",
            "[null]");
    var parts = List.of("a", "b", "c", "0", "1", "-1", "", "99999999999", ".", "é");
    for (int i = 0; i < 5_000; i++) {
      Optional<Object> body = JsonBody.parse(bodies.get(random.nextInt(bodies.size())));
      var path = new StringBuilder();
      for (int n = random.nextInt(5); n > 0; n--) {
        path.append(parts.get(random.nextInt(parts.size()))).append(n > 1 ? "." : "");
      }
      assertThat(body.flatMap(b -> JsonBody.at(b, path.toString())).flatMap(JsonBody::word))
          .isNotNull();
    }
  }

  @Test
  void a_masked_text_never_holds_the_secret() {
    var random = new Random(SEED + 5);
    String letters = "abA1\"\\/ +&=\n";
    for (int i = 0; i < 5_000; i++) {
      String secret = word(random, letters, 1 + random.nextInt(12));
      String text = word(random, letters, 5) + secret + word(random, letters, 5) + secret;
      String masked = Masks.ofValues(Set.of(secret)).hide(text);
      if (!secret.isBlank()) {
        assertThat(masked).as("secret '%s' in '%s'", secret, text).doesNotContain(secret);
      }
    }
  }

  private static String word(Random random, String letters, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append(letters.charAt(random.nextInt(letters.length())));
    }
    return out.toString();
  }

  @Test
  void any_name_of_an_exhibit_is_a_plain_file_name() {
    var random = new Random(SEED + 6);
    String letters = "a.-_/\\~ \u0000\n\u202eé:*?\"<>|%$`'(){}";
    Path folder = Path.of("/folder");
    for (int i = 0; i < 5_000; i++) {
      String name = word(random, letters, random.nextInt(150));
      String plain = FileNames.plain(name);
      assertThat(plain)
          .as("of '%s'", name)
          .matches("[A-Za-z0-9][A-Za-z0-9._-]*")
          .hasSizeLessThanOrEqualTo(110);
      assertThat(folder.resolve(plain).normalize().getParent()).isEqualTo(folder);
      assertThat(FileNames.plain(plain)).as("plain twice is plain once").isEqualTo(plain);
    }
  }
}
