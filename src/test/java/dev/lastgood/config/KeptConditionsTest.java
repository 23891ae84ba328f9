package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptConditionsTest {
  @TempDir Path folder;

  @Test
  void what_was_remembered_is_recalled_by_another_process() {
    new KeptConditions(folder.resolve("new")).remember("a && b\n\u00e4", new byte[] {1, 2, 3});
    assertThat(new KeptConditions(folder.resolve("new")).recall("a && b\n\u00e4"))
        .hasValue(new byte[] {1, 2, 3});
    assertThat(new KeptConditions(folder.resolve("new")).recall("a && c\n\u00e4")).isEmpty();
  }

  @Test
  void the_file_of_another_condition_or_half_a_file_is_not_believed() throws IOException {
    var kept = new KeptConditions(folder);
    kept.remember("status == 200", new byte[] {7});
    for (Path file : files()) {
      Files.writeString(file, "status == 500\u0007");
    }
    assertThat(kept.recall("status == 200")).isEmpty();
    for (Path file : files()) {
      Files.writeString(file, "status");
    }
    assertThat(kept.recall("status == 200")).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
