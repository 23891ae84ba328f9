package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastgood.config.ConfigException.Mistake;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OpeningTest {
  @TempDir Path folder;

  @Test
  void settings_that_a_platform_refuses_are_told_for_all_components_at_their_places() {
    var loading = new Loading(folder);
    SystemConfig config =
        loading.load(
            """
            system: shop
            components:
              backend: { platform: some-platform, path: b, keep-at-most: 1 }
              database: { platform: some-platform, path: d }
            """);
    var clock = InstantSource.fixed(Instant.EPOCH);

    var refused =
        catchThrowableOfType(
            ConfigException.class, () -> config.open(_ -> new Surroundings(folder, folder, clock)));

    String file = loading.file().toString();
    assertThat(refused.mistakes())
        .containsExactly(
            new Mistake(file, 3, 48, "`keep-at-most` must be at least 2"),
            new Mistake(file, 4, 3, "`keep-at-most` must be at least 2"));
  }
}
