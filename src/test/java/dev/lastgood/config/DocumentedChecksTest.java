package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guide to checks shows files that load.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DocumentedChecksTest {
  @TempDir private Path folder;

  @Test
  void every_example_in_the_guide_loads() throws IOException {
    List<String> examples = examples(Files.readString(Path.of("docs", "checks.md")));
    assertThat(examples).hasSize(3);
    for (String example : examples) {
      var loading = new Loading(folder);
      loading.variables.put("METRICS_TOKEN", "x");
      assertThat(loading.load(Loading.SMALL + example).checks()).as(example).isNotEmpty();
    }
  }

  private static List<String> examples(String markdown) {
    var examples = new ArrayList<String>();
    String fence = "```yaml\n";
    for (int at = markdown.indexOf(fence); at >= 0; at = markdown.indexOf(fence, at + 1)) {
      int from = at + fence.length();
      examples.add(markdown.substring(from, markdown.indexOf("```", from)));
    }
    return examples;
  }
}
