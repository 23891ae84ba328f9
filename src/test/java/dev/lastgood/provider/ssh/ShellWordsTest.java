package dev.lastgood.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the shell of this machine, and bash where it is another one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShellWordsTest {
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "plain",
          "it's",
          "''",
          "'; touch /tmp/never; '",
          "$(reboot)",
          "`reboot`",
          "$HOME",
          "${IFS}",
          "a\nb",
          "\n",
          "a\\",
          "\\'",
          "\"quoted\"",
          "*",
          "?[a]",
          "~root",
          "-rf",
          "a&b|c;d>e<f(g)",
          "!history!",
          "#no remark",
          "tab\there",
          "\u001b[31mred",
          "ünï ☂ code",
          "{a,b}",
          "a=b");

  @Test
  void every_word_arrives_as_it_is() throws Exception {
    for (String shell : List.of("sh", "bash")) {
      assertThat(arrived(shell, HOSTILE)).as(shell).isEqualTo(HOSTILE);
    }
  }

  @Test
  void so_do_thousands_made_of_what_shells_take_for_their_own() throws Exception {
    var random = new Random(42);
    String signs = "'\"\\$`!*?[]{}()<>|&;~#=- \t\nabZ0\u00e4\u007f\u0001";
    List<String> words =
        random
            .ints(5000, 0, 12)
            .mapToObj(length ->
                random
                    .ints(length, 0, signs.length())
                    .mapToObj(i -> String.valueOf(signs.charAt(i)))
                    .reduce("", String::concat))
            .toList();

    assertThat(arrived("sh", words)).isEqualTo(words);
  }

  @Test
  void a_nul_is_refused() {
    assertThatThrownBy(() -> ShellWords.quoted("a\0b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// A script like those that go to another host: by standard input.
  private static List<String> arrived(String shell, List<String> words) throws Exception {
    Process process = new ProcessBuilder(shell).start();
    try (var to = process.getOutputStream()) {
      to.write(
          ("for w in " + ShellWords.quoted(words) + "; do printf '%s\\0' \"$w\"; done\n")
              .getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    List<String> all = List.of(out.split("\0", -1));
    return all.subList(0, all.size() - 1);
  }
}
