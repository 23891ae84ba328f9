package dev.lastgood.provider.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.rehearsal.PlayedVercel;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Nobody is asked faster than it allows, nor before it wants to be asked again.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PaceTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final URI HERE = URI.create("https://api.example");
  private static final Secret TOKEN = new Secret("${env:TOKEN}", () -> "t");

  @Test
  void some_go_at_once_and_the_others_one_by_one() {
    var pace = new Pace(2, Duration.ofSeconds(3));

    assertThat(List.of(pace.turn(0), pace.turn(0), pace.turn(0), pace.turn(0)))
        .containsExactly(0L, 0L, 3 * SECOND, 6 * SECOND);
    assertThat(pace.turn(60 * SECOND)).as("after a rest").isZero();
  }

  @Test
  void where_two_measures_hold_the_slower_one_decides() {
    Pace pace = new Pace(100, Duration.ofMinutes(1)).and(1, Duration.ofSeconds(2));

    assertThat(List.of(pace.turn(0), pace.turn(0), pace.turn(0)))
        .containsExactly(0L, 2 * SECOND, 4 * SECOND);
  }

  @Test
  void who_wants_to_be_left_alone_is_left_alone_and_a_shorter_wish_ends_no_longer_one() {
    var pace = new Pace(5, Duration.ofSeconds(1));

    pace.rest(Duration.ofSeconds(30), 0);
    pace.rest(Duration.ofSeconds(2), SECOND);

    assertThat(pace.resting(10 * SECOND)).isEqualTo(Duration.ofSeconds(20));
    assertThat(pace.turn(10 * SECOND)).isEqualTo(20 * SECOND);
    assertThat(pace.resting(31 * SECOND)).isZero();
  }

  @Test
  void components_with_the_same_token_at_the_same_place_share_one() {
    var paces = new Paces();
    Pace first = paces.of(HERE, TOKEN, () -> new Pace(1, Duration.ofSeconds(1)));

    assertThat(paces.of(HERE, TOKEN, () -> new Pace(9, Duration.ofSeconds(9)))).isSameAs(first);
    assertThat(
            paces.of(
                HERE,
                new Secret("${env:OTHER}", () -> "t"),
                () -> new Pace(1, Duration.ofSeconds(1))))
        .isNotSameAs(first);
  }

  @Test
  void what_was_asked_too_much_is_not_asked_before_its_time() throws IOException {
    try (var vercel =
        new PlayedVercel("t", "acme", "dash", List.of("dash.example"), InstantSource.system())) {
      var api =
          new Api(
              new Site(
                  "Vercel",
                  vercel.url(),
                  "Authorization",
                  "Bearer ",
                  TOKEN,
                  new TreeMap<>(),
                  Duration.ofSeconds(5),
                  new Pace(100, Duration.ofMillis(1)),
                  _ -> ""));
      vercel.trap(
          1, _ -> true, new Trap.Says(429, "{}", new TreeMap<>(Map.of("Retry-After", "600"))));
      api.read(Ask.get("/v2/user"));

      Reply again = api.change(Ask.send("PATCH", "/v9/projects/dash", Map.of()));

      assertThat(again).isInstanceOf(Reply.NotSent.class);
      assertThat(again.says()).contains("PATCH /v9/projects/dash", "left alone for another");
      assertThat(vercel.asked()).hasSize(1);
    }
  }
}
