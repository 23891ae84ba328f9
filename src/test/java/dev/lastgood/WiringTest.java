package dev.lastgood;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.config.ShippedPlatforms;
import dev.lastgood.provider.PlatformKind;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WiringTest {
  @Test
  void every_platform_there_is_can_be_configured() {
    assertThat(Wiring.KINDS)
        .extracting(PlatformKind::name)
        .containsExactlyInAnyOrderElementsOf(
            ShippedPlatforms.all().stream().<String>map(PlatformKind::name).toList());
  }
}
