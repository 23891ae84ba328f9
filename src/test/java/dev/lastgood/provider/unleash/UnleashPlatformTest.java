package dev.lastgood.provider.unleash;

import static dev.lastgood.provider.http.Trouble.ANY;
import static dev.lastgood.provider.http.Trouble.BROKEN;
import static dev.lastgood.provider.http.Trouble.CHANGES;
import static dev.lastgood.provider.http.Trouble.FOR_EVER;
import static dev.lastgood.provider.http.Trouble.HTML;
import static dev.lastgood.provider.http.Trouble.STRANGE;
import static dev.lastgood.provider.http.Trouble.TOO_MANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.rehearsal.PlayedUnleash;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played Unleash.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnleashPlatformTest implements PlatformContract {
  private static final String TOKEN = "user:hunter2";
  private Flags own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public Flags world() throws IOException {
    return new Flags();
  }

  /// One flag, which is on.
  static final class Flags implements PlatformContract.World {
    final PlayedUnleash unleash = new PlayedUnleash(TOKEN);

    Flags() throws IOException {
      unleash.flag("new-payment-flow", true);
    }

    @Override
    public Platform platform() {
      return platform(TOKEN, "new-payment-flow", "production");
    }

    Platform platform(String token, String flag, String environment) {
      return new UnleashKind()
          .open(
              "payments-flag",
              new UnleashSettings(
                  unleash.url().toString(),
                  flag,
                  Optional.empty(),
                  Optional.of(environment),
                  new Secret("${env:UNLEASH_TOKEN}", () -> token),
                  Optional.of(Duration.ofSeconds(5))),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    Method way(String from, String to) throws PlatformUnreachable {
      return platform()
          .methods(Release.of("payments-flag", from), Release.of("payments-flag", to))
          .getFirst();
    }

    Act off() throws PlatformUnreachable {
      return (Act) way("on", "off").legs().getFirst();
    }

    Outcome act(Act act) {
      return platform().act(act, "key");
    }

    @Override
    public String live() {
      return "on";
    }

    @Override
    public String older() {
      return "off";
    }

    @Override
    public String snapshot() {
      return unleash.snapshot();
    }

    @Override
    public void remove(String id) {
      unleash.archive("new-payment-flow");
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN);
    }

    @Override
    public void close() {
      unleash.close();
    }
  }

  private static String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused refused -> "refused: " + refused.reason();
      case Outcome.Unknown unknown -> "unknown: " + unknown.reason();
      case Outcome.Done done -> "done: " + done.receipt();
    };
  }

  @Test
  void the_plan_says_what_off_gives_people() throws Exception {
    assertThat(own.way("on", "off").says()).isEqualTo("everybody gets `false`, and no variant");
    assertThat(own.off().says()).isEqualTo("turn flag new-payment-flow off in production");
  }

  @Test
  void an_archived_flag_looks_as_if_it_were_not_there_and_that_is_said() throws Exception {
    Act act = own.off();
    own.unleash.archive("new-payment-flow");

    assertThatThrownBy(() -> own.platform().inventory())
        .hasMessageContaining("404")
        .hasMessageContaining("or the flag is archived: see the archive of project default");
    assertThat(reason(own.act(act))).startsWith("refused: ").endsWith("nothing was changed");
  }

  @Test
  void a_flag_that_is_archived_between_look_and_act_is_refused() throws Exception {
    Act act = own.off();
    own.unleash.trap(
        1,
        CHANGES,
        new Trap.Says(
            400,
            "{\"name\":\"ArchivedFeatureError\",\"message\":\"Cannot perform this operation on"
                + " archived features\"}"));

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("archived features");
  }

  @Test
  void an_environment_that_is_not_there_is_said_with_those_that_are() {
    assertThatThrownBy(() -> own.platform(TOKEN, "new-payment-flow", "prodution").inventory())
        .hasMessageContaining("did you mean `production`");
  }

  @Test
  void a_flag_that_is_not_there_is_said() {
    assertThatThrownBy(() -> own.platform(TOKEN, "new-payment", "production").inventory())
        .hasMessageContaining("404")
        .hasMessageContaining("new-payment");
  }

  @Test
  void change_requests_are_refused_with_the_way_out() throws Exception {
    Act act = own.off();
    own.unleash.changeRequests();

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("Change requests are enabled", "open one in Unleash");
    assertThat(own.unleash.on("new-payment-flow")).isTrue();
  }

  @Test
  void maintenance_mode_is_a_refusal() throws Exception {
    Act act = own.off();
    own.unleash.maintenance();

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("maintenance mode");
  }

  @Test
  void a_wrong_token_is_refused_by_its_name() throws Exception {
    Act act = own.off();
    Platform wrong = own.platform("user:hunter3", "new-payment-flow", "production");

    assertThatThrownBy(wrong::inventory)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("401")
        .hasMessageContaining("${env:UNLEASH_TOKEN}");
    assertThat(reason(wrong.act(act, "key"))).startsWith("refused: ");
    assertThat(wrong.look(act)).isInstanceOf(Sight.Unclear.class);
  }

  @Test
  void a_token_without_the_right_changes_nothing() throws Exception {
    Act act = own.off();
    own.unleash.forbidChanges();

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("403");
    assertThat(own.unleash.on("new-payment-flow")).isTrue();
  }

  @Test
  void too_many_requests_are_waited_out() throws Exception {
    Act act = own.off();
    own.unleash.trap(1, ANY, TOO_MANY);
    own.unleash.trap(1, CHANGES, TOO_MANY);

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("turned off"));
    assertThat(own.unleash.on("new-payment-flow")).isFalse();
  }

  @Test
  void a_500_or_a_cut_connection_is_unknown_and_the_look_tells() throws Exception {
    for (Trap trap : List.of(BROKEN, new Trap.DoesAndCuts(), new Trap.Cuts())) {
      try (var world = world()) {
        Act act = world.off();
        world.unleash.trap(FOR_EVER, CHANGES, trap);

        assertThat(reason(world.act(act))).startsWith("unknown: ").contains("may have been done");
        assertThat(world.unleash.changes()).isEqualTo(1);
        if (trap instanceof Trap.DoesAndCuts) {
          assertThat(world.platform().look(act)).isInstanceOf(Sight.Holds.class);
        } else {
          assertThat(world.platform().look(act)).isInstanceOf(Sight.NotYet.class);
        }
      }
    }
  }

  @Test
  void looks_that_always_fail_are_unclear_and_nothing_is_sent() throws Exception {
    Act act = own.off();
    own.unleash.trap(FOR_EVER, ANY, BROKEN);

    assertThat(own.platform().look(act)).isInstanceOf(Sight.Unclear.class);
    assertThat(reason(own.act(act))).startsWith("refused: ").endsWith("nothing was changed");
    assertThat(own.unleash.changes()).isZero();
  }

  @Test
  void an_answer_of_an_unknown_shape_is_never_guessed_at() throws Exception {
    Act act = own.off();
    for (Trap trap : List.of(STRANGE, HTML)) {
      own.unleash.trap(2, ANY, trap);

      assertThatThrownBy(() -> own.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("a shape this version of Lastgood does not know");
      assertThat(own.platform().look(act)).isInstanceOf(Sight.Unclear.class);
    }
  }

  @Test
  void who_accepts_and_does_nothing_is_never_believed() throws Exception {
    Act act = own.off();
    own.unleash.trap(1, CHANGES, new Trap.Lies());

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("turned off"));
    assertThat(own.platform().look(act))
        .isEqualTo(new Sight.NotYet("flag new-payment-flow is on in production"));
  }
}
