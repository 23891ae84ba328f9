package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MarkdownTest {
  @Test
  void what_has_a_meaning_loses_it() {
    assertThat(Markdown.text("![img](javascript:x) <b>*a*_b_`c`|d~e&amp;$f\\"))
        .isEqualTo("!\\[img\\](javascript:x) \\<b\\>\\*a\\*\\_b\\_\\`c\\`\\|d\\~e\\&amp;\\$f\\\\");
  }

  @Test
  void a_line_cannot_begin_a_list_a_heading_or_a_number() {
    assertThat(List.of("# h", "- i", "+ i", "=== ", "1. i", "12) i", "> q"))
        .extracting(Markdown::text)
        .containsExactly("\\# h", "\\- i", "\\+ i", "\\===", "1\\. i", "12\\) i", "\\> q");
  }

  @Test
  void a_duration_and_a_version_read_as_they_are() {
    assertThat(List.of("6.5s", "1.4.2", "2 (of 3)")).allMatch(t -> Markdown.text(t).equals(t));
  }

  @Test
  void line_breaks_and_control_characters_are_gone_from_a_line() {
    assertThat(Markdown.text("a\r\n\r\n# b\u001b[31m\u202ec\u0000")).isEqualTo("a # b\\[31mc");
  }

  @Test
  void code_cannot_end_its_own_span() {
    assertThat(Markdown.code("a`b``c")).isEqualTo("``` a`b``c ```");
    assertThat(Markdown.code("plain")).isEqualTo("`plain`");
    assertThat(Markdown.code(" ")).isEmpty();
  }

  @Test
  void code_cannot_end_its_own_block() {
    assertThat(Markdown.block("bash", "echo\n```\n# out"))
        .isEqualTo("````bash\necho\n```\n# out\n````\n");
  }

  @Test
  void in_code_nothing_is_dropped_unseen() {
    assertThat(Markdown.code("rm\u202e -rf\u0007")).isEqualTo("`rm\\u{202e} -rf\\u{0007}`");
  }

  @Test
  void a_cell_cannot_become_two() {
    assertThat(Markdown.table(List.of("A", "B"), List.of(List.of("x | y\nz", "<hr>"))))
        .isEqualTo("| A | B |\n| --- | --- |\n| x \\| y z | \\<hr\\> |\n");
  }
}
