package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Cel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the guide shows can be loaded, and it shows every key there is.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationGuideTest {
  private static final Path GUIDE = Path.of("docs", "configuration.md");
  private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");

  private static final String REST =
      """
      system: shop
      components:
        backend: { platform: release-directory, path: /srv/shop/backend }
        frontend: { platform: release-directory, path: /srv/shop/frontend }
      """;

  @TempDir Path folder;

  static List<String> blocks() throws IOException {
    return BLOCK.matcher(Files.readString(GUIDE)).results().map(found -> found.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void an_example_of_the_guide_loads(String block) throws Exception {
    Path file = folder.resolve("lastgood.yaml");
    Files.writeString(file, block.startsWith("system:") ? block : REST + block);

    var loader = new ConfigLoader(ShippedPlatforms.all(), _ -> null, new Cel());

    assertThat(loader.load(file, Optional.empty()).scope().system()).isEqualTo("shop");
  }

  @Test
  void the_guide_shows_every_key() throws IOException {
    String examples = String.join("\n", blocks());
    var shapes = new Shapes(List.of());

    assertThat(keys(shapes.part(Form.class)).distinct().toList())
        .isNotEmpty()
        .allSatisfy(key ->
            assertThat(examples)
                .as("`%s` is in no example of %s", key, GUIDE)
                .containsPattern("(^|[\\s{])" + key + ":"));
  }

  private static java.util.stream.Stream<String> keys(Shape shape) {
    return switch (shape) {
      case Shape.Part part ->
          part.keys().stream()
              .flatMap(key ->
                  java.util.stream.Stream.concat(
                      java.util.stream.Stream.of(key.name()), keys(key.shape())));
      case Shape.Variant variant ->
          variant.cases().stream()
              // `state: .lastgood` is how a folder is written
              .filter(one -> !variant.shorthand().equals(Optional.of(one.mark())))
              .flatMap(one -> keys(one.part()));
      case Shape.Named named -> keys(named.value());
      case Shape.Many many -> keys(many.element());
      default -> java.util.stream.Stream.of();
    };
  }
}
