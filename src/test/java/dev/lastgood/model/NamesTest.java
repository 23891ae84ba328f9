package dev.lastgood.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NamesTest {
  private static final List<String> KNOWN = List.of("roll-back", "fix-forward", "monitor", "ask");

  @Test
  void a_slip_of_the_finger_is_near() {
    assertThat(Names.nearest("rol-back", KNOWN)).contains("roll-back");
    assertThat(Names.nearest("motnior", KNOWN)).contains("monitor");
    assertThat(Names.nearest("aks", KNOWN)).contains("ask");
  }

  @Test
  void another_spelling_is_near() {
    assertThat(Names.nearest("rollBack", KNOWN)).contains("roll-back");
    assertThat(Names.nearest("ROLL_BACK", KNOWN)).contains("roll-back");
  }

  @Test
  void another_word_is_not_near() {
    assertThat(Names.nearest("restart", KNOWN)).isEmpty();
    assertThat(Names.nearest("", KNOWN)).isEmpty();
  }

  @Test
  void the_hint_lists_what_is_known() {
    assertThat(Names.hint("monitr", KNOWN))
        .isEqualTo("; did you mean `monitor`? Known: ask, fix-forward, monitor, roll-back");
    assertThat(Names.hint("restart", List.of("ask"))).isEqualTo("; known: ask");
    assertThat(Names.hint("restart", List.of())).isEmpty();
  }

  @Test
  void a_long_list_is_cut() {
    List<String> many =
        java.util.stream.IntStream.range(100, 140).mapToObj(n -> "name-" + n).toList();

    assertThat(Names.hint("x", many)).endsWith("name-129 and 10 more");
  }
}
