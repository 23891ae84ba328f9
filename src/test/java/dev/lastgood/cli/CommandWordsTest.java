package dev.lastgood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandWordsTest {
  private final List<String> heard = new ArrayList<>();
  private final List<String> to = new ArrayList<>(List.of("what was there before"));
  private final List<String> rest = new ArrayList<>();
  private final Words words = new Words(() -> 7, "go", "Goes there.", "Twice.");

  CommandWordsTest() {
    words.flag("-y,--yes", "Do not ask.", v -> heard.add("yes " + v));
    words.text("--reason", "TEXT", "Why.", v -> heard.add("reason " + v));
    words.path("-o", "FILE", "Where.", v -> heard.add("path " + Path.of("/").resolve(v)));
    words.number("-n", "N", "How many.", v -> heard.add("number " + (v + 1)));
    words.texts("--to", "X", "Repeatable.", to);
    words.argument("WORD", "The first.", v -> heard.add("first " + v));
    words.arguments("REST", "All others.", rest);
  }

  private int told(String... args) {
    return new CommandLine(words.spec())
        .setParameterExceptionHandler((e, _) -> {
          heard.add(String.valueOf(e.getMessage()));
          return 2;
        })
        .execute(args);
  }

  @Test
  void each_word_reaches_what_it_is_for() {
    assertThat(
            told("-y", "--to", "a", "--to=b", "a word", "--reason", "r", "-n", "4", "-o", "f", "x"))
        .isEqualTo(7);
    assertThat(heard)
        .containsExactlyInAnyOrder("yes true", "first a word", "reason r", "number 5", "path /f");
    assertThat(to).containsExactly("a", "b");
    assertThat(rest).containsExactly("x");
  }

  @Test
  void what_is_not_said_leaves_everything_as_it_was() {
    assertThat(told("only")).isEqualTo(7);
    assertThat(heard).containsExactly("first only");
    assertThat(to).containsExactly("what was there before");
    assertThat(rest).isEmpty();
  }

  @Test
  void what_does_not_fit_is_said() {
    assertThat(told()).isEqualTo(2);
    assertThat(told("w", "-n", "many")).isEqualTo(2);
    assertThat(told("w", "--never")).isEqualTo(2);
    assertThat(heard)
        .contains("Missing required parameter: 'WORD'")
        .anyMatch(says -> says.contains("'-n'") && says.contains("'many'"))
        .anyMatch(says -> says.contains("--never"));
  }
}
