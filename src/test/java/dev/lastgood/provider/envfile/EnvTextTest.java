package dev.lastgood.provider.envfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EnvTextTest {
  private static EnvText read(String text) {
    return EnvText.read(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @Test
  void plain_lines() {
    assertThat(read("A=1\nB = two words \n\n# remark\nC=\n").values())
        .isEqualTo(Map.of("A", "1", "B", "two words", "C", ""));
  }

  @Test
  void exported_and_windows_lines() {
    assertThat(read("export A=1\r\nexport\tB=2\r\n").values())
        .isEqualTo(Map.of("A", "1", "B", "2"));
  }

  @Test
  void quotes_keep_spaces_and_hashes() {
    assertThat(read("A=\"x # y\"\nB='it is \"so\"'\nC=\"say \\\"hi\\\"\" # remark\n").values())
        .isEqualTo(Map.of("A", "x # y", "B", "it is \"so\"", "C", "say \\\"hi\\\""));
  }

  @Test
  void a_hash_within_a_word_belongs_to_the_value() {
    assertThat(read("A=pass#word\nB=x # remark\nC=#fff\n").values())
        .isEqualTo(Map.of("A", "pass#word", "B", "x", "C", "#fff"));
  }

  @Test
  void a_quoted_value_may_go_over_several_lines() {
    EnvText text = read("KEY=\"-----BEGIN K-----\nMIIEvQ==\n-----END K-----\"\nB=2\n");

    assertThat(text.values().keySet()).containsExactly("KEY", "B");
    assertThat(text.notes()).isEmpty();
  }

  @Test
  void a_key_without_quotes_does_not_become_variables() {
    EnvText text =
        read("KEY=-----BEGIN K-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC=\n-----END K-----\nB=2\n");

    assertThat(text.values().keySet()).containsExactly("KEY", "B");
    assertThat(text.notes()).containsExactly("line 1 starts a key of several lines without quotes");
  }

  @Test
  void a_quote_that_is_not_closed_does_not_swallow_the_rest() {
    EnvText text = read("A=\"open\nB=2\n");

    assertThat(text.values().keySet()).containsExactly("A", "B");
    assertThat(text.notes()).containsExactly("line 1 opens a quote that is not closed");
  }

  @Test
  void of_a_name_that_stands_twice_the_last_value_counts_and_it_is_noted() {
    EnvText text = read("A=1\nB=2\nA=3\n");

    assertThat(text.values()).isEqualTo(Map.of("A", "3", "B", "2"));
    assertThat(text.notes())
        .containsExactly("A stands there twice, at last in line 3; the last one counts");
  }

  @Test
  void odd_lines_are_noted_by_number_and_never_by_content() {
    EnvText text = read("A=1\nsk_live_hunter2\n9X=1\n=hunter2\nNAME WITH SPACE=hunter2\n");

    assertThat(text.values()).isEqualTo(Map.of("A", "1"));
    assertThat(text.notes())
        .containsExactly(
            "line 2 is not NAME=value",
            "line 3 is not NAME=value",
            "line 4 is not NAME=value",
            "line 5 is not NAME=value");
  }

  @Test
  void a_byte_order_mark_does_not_hide_the_first_name() {
    EnvText text = read("\ufeffA=1\n");

    assertThat(text.values()).isEqualTo(Map.of("A", "1"));
    assertThat(text.notes()).singleElement().asString().contains("byte order mark");
  }

  @Test
  void a_name_that_looks_like_data_is_not_shown() {
    assertThat(EnvText.shown("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"))
        .isEqualTo("(a name that looks like data)");
    assertThat(List.of("STRIPE_SECRET_KEY", "nodeEnv", "NEXT_PUBLIC_apiUrl_production"))
        .allSatisfy(n -> assertThat(EnvText.shown(n)).isEqualTo(n));
  }

  @Test
  void what_is_no_text_is_not_read() {
    assertThat(EnvText.read(new byte[] {'A', '=', 0, 1})).isEmpty();
  }

  /// Seeded, so that a failure can be had again.
  @Test
  void any_bytes_are_read_in_time_and_without_an_exception() {
    var random = new Random(42);
    String alphabet = "AB=\"'`\\# \t\r\n-EXPORTexport\u00e9\u0001$";
    for (int round = 0; round < 3000; round++) {
      var text = new StringBuilder();
      int length = random.nextInt(200);
      for (int i = 0; i < length; i++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      EnvText read = read(text.toString());
      assertThat(read.values().keySet()).allMatch(EnvText::isName);
    }
  }

  @Test
  void many_open_quotes_are_read_in_linear_time_and_none_swallows_the_last_line() {
    EnvText text = read("A=\"\n".repeat(20_001) + "B='x\n".repeat(20_001) + "LAST=1\n");

    assertThat(text.values()).containsEntry("LAST", "1");
  }
}
