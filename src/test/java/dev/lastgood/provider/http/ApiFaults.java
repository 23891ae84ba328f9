package dev.lastgood.provider.http;

import static dev.lastgood.provider.http.Trouble.ANY;
import static dev.lastgood.provider.http.Trouble.BROKEN;
import static dev.lastgood.provider.http.Trouble.FOR_EVER;
import static dev.lastgood.provider.http.Trouble.HTML;
import static dev.lastgood.provider.http.Trouble.STRANGE;
import static dev.lastgood.provider.http.Trouble.TOO_MANY;
import static dev.lastgood.provider.http.Trouble.TOO_MANY_FOR_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.Trap;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What every adapter behind an HTTP API does when something goes wrong, as tests against the
/// played API of its vendor. [DeployFaults] adds what goes wrong where others deploy, too.
@DisplayNameGeneration(ReplaceUnderscores.class)
public interface ApiFaults extends PlatformContract {
  @Override
  ApiWorld world() throws Exception;

  /// A world behind a played API.
  interface ApiWorld extends World {
    /// So long that a machine with much to do is no fault.
    Duration PATIENCE = Duration.ofSeconds(20);

    PlayedApi api();

    /// The right token.
    String token();

    /// How the configuration names it, e.g. `${env:HEROKU_API_KEY}`.
    String tokenName();

    /// The platform as it would be opened with another token, or with less patience.
    Platform platform(String token, Duration patience);

    /// The platform of something that the account does not have.
    Platform elsewhere();

    /// What is said of it.
    List<String> elsewhereSays();

    @Override
    default Platform platform() {
      return platform(token(), PATIENCE);
    }

    /// The act that goes to the older release.
    Act change() throws PlatformUnreachable;

    /// Whether the older release serves as soon as that act is done; else another act follows.
    default boolean serves() {
      return true;
    }

    /// The request by which that act changes something.
    default Predicate<Asked> request() {
      return Trouble.CHANGES;
    }

    /// The answer to that request when the release has been removed a moment ago.
    Trap gone();

    default Outcome act(Act act) {
      return platform().act(act, "run 1/step 1");
    }

    default long sent() {
      return api().asked().stream().filter(request()).count();
    }
  }

  // ---- who asks

  @Test
  default void a_wrong_token_is_refused_by_its_name_and_never_shown() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      Platform wrong = world.platform("wrong-token-9", ApiWorld.PATIENCE);
      String before = world.snapshot();

      assertThatThrownBy(wrong::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining(world.tokenName())
          .hasMessageNotContaining("wrong-token-9");
      assertThat(reason(wrong.act(act, "key")))
          .startsWith("refused: ")
          .contains(world.tokenName())
          .doesNotContain("wrong-token-9");
      assertThat(wrong.look(act)).isInstanceOf(Sight.Unclear.class);
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void a_token_that_may_only_look_is_refused_and_nothing_changes() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String before = world.snapshot();
      world.api().forbidChanges();

      assertThat(reason(world.act(act))).startsWith("refused: ").contains(world.tokenName());
      assertThat(world.snapshot()).isEqualTo(before);
      assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  default void a_token_that_expires_before_the_act_changes_nothing() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String before = world.snapshot();
      world.api().expireToken();

      assertThat(reason(world.act(act))).startsWith("refused: ").contains(world.tokenName());
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void a_token_that_expires_mid_way_makes_the_look_unclear_and_nothing_is_sent_again()
      throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      assertThat(world.act(act)).isInstanceOf(Outcome.Done.class);
      world.api().expireToken();

      assertThat(world.platform().look(act)).isInstanceOf(Sight.Unclear.class);
      assertThat(world.platform().look(act).seen()).contains(world.tokenName());
      assertThat(world.act(act)).isInstanceOf(Outcome.Refused.class);
      assertThat(world.sent()).isEqualTo(1);
    }
  }

  @Test
  default void a_platform_that_repeats_the_token_does_not_make_it_seen() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String token = world.token();
      world
          .api()
          .trap(
              FOR_EVER,
              ANY,
              new Trap.Says(
                  400,
                  """
                  {"message":"bad T","error":{"message":"bad T"},"errors":[{"message":"bad T"}]}\
                  """
                      .replace("T", token)));

      assertThat(reason(world.act(act))).doesNotContain(token);
      assertThat(world.platform().look(act).seen()).doesNotContain(token);
      assertThatThrownBy(() -> world.platform().inventory()).hasMessageNotContaining(token);
    }
  }

  // ---- what is asked for

  @Test
  default void what_the_account_does_not_have_is_said() throws Exception {
    try (ApiWorld world = world()) {
      assertThatThrownBy(() -> world.elsewhere().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .satisfies(e -> assertThat(e.getMessage()).contains(world.elsewhereSays()));
      assertThat(reason(world.elsewhere().act(world.change(), "key"))).startsWith("refused: ");
      assertThat(world.sent()).isZero();
    }
  }

  @Test
  default void a_release_that_is_removed_between_look_and_request_is_refused() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String before = world.snapshot();
      world.api().trap(FOR_EVER, world.request(), world.gone());

      assertThat(reason(world.act(act))).startsWith("refused: ");
      assertThat(world.snapshot()).isEqualTo(before);
      assertThat(world.sent()).isEqualTo(1);
    }
  }

  @Test
  default void what_is_live_already_is_done_without_a_request() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      arrives(world, act);
      String before = world.snapshot();
      long sent = world.sent();

      assertThat(world.act(act)).isInstanceOf(Outcome.Done.class);
      assertThat(world.sent()).isEqualTo(sent);
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  // ---- too many requests

  @Test
  default void too_many_requests_are_waited_out() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, ANY, TOO_MANY);
      world.api().trap(1, world.request(), TOO_MANY);

      assertThat(world.act(act)).isInstanceOf(Outcome.Done.class);
      assertThat(world.sent()).as("one refused, one done").isEqualTo(2);
      arrives(world, act);
    }
  }

  @Test
  default void too_many_requests_for_too_long_are_refused() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String before = world.snapshot();
      world.api().trap(FOR_EVER, world.request(), TOO_MANY_FOR_LONG);

      assertThat(reason(world.act(act))).startsWith("refused: ").contains("wait 3600 s");
      assertThat(world.sent()).isEqualTo(1);
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  // ---- its own trouble

  @Test
  default void a_500_that_did_nothing_is_overcome_by_looking_and_asking_again() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, world.request(), BROKEN);

      assertThat(world.act(act)).isNotInstanceOf(Outcome.Refused.class);
      arrives(world, act);
      assertThat(world.sent()).isEqualTo(2);
      assertNothingWasSentAgainBlindly(world);
    }
  }

  @Test
  default void a_gateway_that_gave_up_on_what_was_done_is_seen_through() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, world.request(), new Trap.DoesAndSays(502, "bad gateway"));

      assertThat(world.act(act)).isNotInstanceOf(Outcome.Refused.class);
      arrives(world, act);
      assertThat(world.sent()).as("it had landed").isEqualTo(1);
    }
  }

  @Test
  default void a_500_for_ever_is_unknown_and_nothing_is_sent_again_blindly() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      String before = world.snapshot();
      world.api().trap(FOR_EVER, world.request(), BROKEN);

      assertThat(reason(world.act(act)))
          .startsWith("unknown: ")
          .contains("500", "it may have been done");
      assertThat(world.sent()).isLessThanOrEqualTo(2);
      assertNothingWasSentAgainBlindly(world);
      assertThat(world.snapshot()).isEqualTo(before);
      assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  default void a_look_that_fails_once_is_repeated() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, ANY, new Trap.Says(503, ""));

      assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  default void looks_that_always_fail_are_unclear_and_nothing_is_sent() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(FOR_EVER, ANY, BROKEN);

      assertThat(world.platform().look(act)).isInstanceOf(Sight.Unclear.class);
      assertThat(reason(world.act(act))).startsWith("refused: ").endsWith("nothing was changed");
      assertThat(world.sent()).isZero();
    }
  }

  // ---- the line between

  @Test
  default void a_connection_cut_after_the_request_is_unknown_and_the_look_tells() throws Exception {
    for (Trap trap : List.of(new Trap.Cuts(), new Trap.DoesAndCuts())) {
      try (ApiWorld world = world()) {
        Act act = world.change();
        world.api().trap(1, world.request(), trap);

        assertThat(reason(world.act(act))).startsWith("unknown: ").contains("may have been done");
        assertThat(world.sent()).isEqualTo(1);
        if (trap instanceof Trap.Cuts) {
          assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
        }
        arrives(world, act);
        assertThat(world.sent()).isEqualTo(trap instanceof Trap.Cuts ? 2 : 1);
      }
    }
  }

  @Test
  default void an_answer_that_never_comes_is_unknown() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      Platform hasty = world.platform(world.token(), Duration.ofSeconds(1));
      world.api().trap(1, world.request(), new Trap.Slow(Duration.ofSeconds(20)));

      assertThat(reason(hasty.act(act, "key")))
          .startsWith("unknown: ")
          .contains("no answer within 1000 ms", "it may have been done");
      assertThat(world.sent()).isEqualTo(1);
    }
  }

  @Test
  default void nobody_there_is_refused_since_nothing_was_sent() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().close();

      assertThat(reason(world.act(act)))
          .startsWith("refused: ")
          .contains("no connection to 127.0.0.1");
      assertThat(world.platform().look(act)).isInstanceOf(Sight.Unclear.class);
    }
  }

  // ---- what cannot be believed

  @Test
  default void an_answer_of_an_unknown_shape_is_never_guessed_at() throws Exception {
    for (Trap trap :
        List.of(
            STRANGE,
            HTML,
            new Trap.Says(200, "{\"data\":{}}"),
            new Trap.Says(200, "[{\"name\":\"x\"}]"))) {
      try (ApiWorld world = world()) {
        Act act = world.change();
        world.api().trap(FOR_EVER, ANY, trap);

        assertThatThrownBy(() -> world.platform().inventory())
            .as("%s", trap)
            .isInstanceOf(PlatformUnreachable.class)
            .hasMessageContaining("a shape this version of Lastgood does not know");
        assertThat(world.platform().look(act)).isInstanceOf(Sight.Unclear.class);
        assertThat(reason(world.act(act))).startsWith("refused: ");
        assertThat(world.sent()).isZero();
      }
    }
  }

  @Test
  default void an_unknown_answer_to_the_change_is_no_refusal_and_the_look_tells() throws Exception {
    for (Trap trap : List.of(STRANGE, HTML)) {
      try (ApiWorld world = world()) {
        Act act = world.change();
        world.api().trap(1, world.request(), trap);

        assertThat(world.act(act)).isNotInstanceOf(Outcome.Refused.class);
        assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
      }
    }
  }

  @Test
  default void who_accepts_and_does_nothing_is_never_believed() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, world.request(), new Trap.Lies());

      assertThat(world.act(act)).isInstanceOf(Outcome.Done.class);
      assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
      arrives(world, act);
    }
  }

  @Test
  default void a_request_that_something_sends_twice_still_ends_well() throws Exception {
    try (ApiWorld world = world()) {
      Act act = world.change();
      world.api().trap(1, world.request(), new Trap.DoesTwice());

      assertThat(world.act(act)).isNotInstanceOf(Outcome.Refused.class);
      arrives(world, act);
    }
  }

  /// Its words, after what it is.
  static String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused refused -> "refused: " + refused.reason();
      case Outcome.Unknown unknown -> "unknown: " + unknown.reason();
      case Outcome.Done done -> "done: " + done.receipt();
    };
  }

  /// As the engine does: look, act when it is safe to, until the goal holds and is live.
  static void arrives(ApiWorld world, Act act) throws Exception {
    Until.holds(
        act.says(),
        () -> {
          Sight sight = world.platform().look(act);
          if (sight instanceof Sight.NotYet) {
            assertThat(world.act(act)).isNotInstanceOf(Outcome.Refused.class);
          }
          return sight instanceof Sight.Holds;
        });
    assertThat(world.platform().inventory().live().map(Release::id))
        .contains(world.serves() ? world.older() : world.live());
  }

  private static void assertNothingWasSentAgainBlindly(ApiWorld world) {
    List<Asked> all = world.api().asked();
    for (int i = 1; i < all.size(); i++) {
      assertThat(world.request().test(all.get(i - 1)) && world.request().test(all.get(i)))
          .as("%s follows %s without a look between", all.get(i), all.get(i - 1))
          .isFalse();
    }
  }
}
