package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// How often a played vendor lets somebody ask.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotaTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void beyond_it_says_how_long_until_one_more_is_granted() {
    var quota = new Quota(2, Duration.ofSeconds(10));

    assertThat(quota.take(0)).isEmpty();
    assertThat(quota.take(4 * SECOND)).isEmpty();
    assertThat(quota.take(5 * SECOND)).contains(Duration.ofSeconds(5));
    assertThat(quota.take(11 * SECOND)).isEmpty();
    assertThat(quota.take(12 * SECOND)).contains(Duration.ofSeconds(2));
  }

  @Test
  void where_two_spans_hold_the_longer_wait_counts_and_what_was_refused_does_not() {
    Quota quota = new Quota(3, Duration.ofMinutes(1)).and(1, Duration.ofSeconds(1));

    assertThat(quota.take(0)).isEmpty();
    assertThat(quota.take(SECOND / 2)).contains(Duration.ofMillis(500));
    assertThat(quota.take(2 * SECOND)).isEmpty();
    assertThat(quota.take(4 * SECOND)).isEmpty();
    assertThat(quota.take(6 * SECOND)).contains(Duration.ofSeconds(54));
    assertThat(quota.busiest(Duration.ofSeconds(3))).isEqualTo(2);
    assertThat(quota.busiest(Duration.ofMinutes(1))).isEqualTo(3);
  }
}
