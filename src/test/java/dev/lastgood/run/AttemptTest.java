package dev.lastgood.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How often something is looked at while it is on its way.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AttemptTest {
  @ParameterizedTest
  @CsvSource({"0s, 500ms", "9s, 500ms", "60s, 3s", "150s, 7500ms", "3600s, 10s"})
  void the_longer_it_takes_the_longer_is_a_pause_but_never_more_than_a_twentieth_of_it(
      String took, String pause) {
    assertThat(Attempt.longest(Duration.parse("PT" + seconds(took))))
        .isEqualTo(Duration.parse("PT" + seconds(pause)));
  }

  private static String seconds(String text) {
    return text.endsWith("ms")
        ? Long.parseLong(text.replace("ms", "")) / 1000.0 + "S"
        : text.replace("s", "S");
  }
}
