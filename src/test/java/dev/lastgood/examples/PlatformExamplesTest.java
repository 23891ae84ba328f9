package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Cel;
import dev.lastgood.config.ConfigException;
import dev.lastgood.config.ConfigLoader;
import dev.lastgood.config.ShippedPlatforms;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is written about platforms for people to copy is right: it loads, and every platform opens.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlatformExamplesTest {
  private static final Cel CEL = new Cel();

  @TempDir Path dir;

  static List<Path> examples() throws IOException {
    try (var files = Files.list(Path.of("examples/platforms"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /// Blocks that are whole files.
  static List<String> blocksOfTheGuides() throws IOException {
    List<String> blocks = new ArrayList<>();
    try (var guides = Files.list(Path.of("docs/platforms"))) {
      for (Path guide : guides.sorted().toList()) {
        String[] parts = Files.readString(guide).split("```yaml\n", -1);
        for (int i = 1; i < parts.length; i++) {
          String block = parts[i].substring(0, parts[i].indexOf("```"));
          if (block.startsWith("system:")) {
            blocks.add(block);
          }
        }
      }
    }
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_loads_and_opens(Path example) throws Exception {
    opens(load(example));
  }

  @ParameterizedTest
  @MethodSource("blocksOfTheGuides")
  void a_block_of_a_guide_loads_and_opens(String block) throws Exception {
    opens(load(Files.writeString(dir.resolve("lastgood.yaml"), block)));
  }

  private void opens(SystemConfig config) throws ConfigException {
    assertThat(config.open(_ -> new Surroundings(dir, dir, InstantSource.fixed(Instant.EPOCH))))
        .isNotEmpty();
  }

  private static SystemConfig load(Path file) {
    try {
      return new ConfigLoader(ShippedPlatforms.all(), _ -> "set", CEL).load(file, Optional.empty());
    } catch (ConfigException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }
}
