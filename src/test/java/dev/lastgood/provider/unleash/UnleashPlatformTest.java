package dev.lastgood.provider.unleash;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.ApiFaults;
import dev.lastgood.rehearsal.PlayedApi;
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
class UnleashPlatformTest implements ApiFaults {
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
  static final class Flags implements ApiFaults.ApiWorld {
    final PlayedUnleash unleash = new PlayedUnleash(TOKEN);

    Flags() throws IOException {
      unleash.flag("new-payment-flow", true);
    }

    @Override
    public PlayedApi api() {
      return unleash;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:UNLEASH_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "new-payment-flow", "production", patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "new-payment", "production", PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "new-payment");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(
          400,
          "{\"name\":\"ArchivedFeatureError\",\"message\":\"Cannot perform this operation on"
              + " archived features\"}");
    }

    Platform named(String flag) {
      return platform(TOKEN, flag, "production", PATIENCE);
    }

    Platform in(String environment) {
      return platform(TOKEN, "new-payment-flow", environment, PATIENCE);
    }

    private Platform platform(String token, String flag, String environment, Duration patience) {
      return new UnleashKind()
          .open(
              "payments-flag",
              new UnleashSettings(
                  unleash.url().toString(),
                  flag,
                  Optional.empty(),
                  Optional.of(environment),
                  new Secret("${env:UNLEASH_TOKEN}", () -> token),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    Method way(String from, String to) throws PlatformUnreachable {
      return platform()
          .methods(Release.of("payments-flag", from), Release.of("payments-flag", to))
          .getFirst();
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return (Act) way("on", "off").legs().getFirst();
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

  @Test
  void the_plan_says_what_off_gives_people() throws Exception {
    assertThat(own.way("on", "off").says()).isEqualTo("everybody gets `false`, and no variant");
    assertThat(own.change().says()).isEqualTo("turn flag new-payment-flow off in production");
  }

  @Test
  void an_archived_flag_looks_as_if_it_were_not_there_and_that_is_said() throws Exception {
    Act act = own.change();
    own.unleash.archive("new-payment-flow");

    assertThatThrownBy(() -> own.platform().inventory())
        .hasMessageContaining("404")
        .hasMessageContaining("or the flag is archived: see the archive of project default");
    assertThat(reason(own.act(act))).startsWith("refused: ").endsWith("nothing was changed");
  }

  @Test
  void an_environment_that_is_not_there_is_said_with_those_that_are() {
    assertThatThrownBy(() -> own.in("prodution").inventory())
        .hasMessageContaining("did you mean `production`");
  }

  @Test
  void change_requests_are_refused_with_the_way_out() throws Exception {
    Act act = own.change();
    own.unleash.changeRequests();

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains(
            "SKIP_CHANGE_REQUEST", "production asks for change requests: open one in Unleash");
    assertThat(own.unleash.on("new-payment-flow")).isTrue();
  }

  @Test
  void maintenance_mode_is_a_refusal() throws Exception {
    Act act = own.change();
    own.unleash.maintenance();

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("maintenance mode");
  }

  @Test
  void a_refusal_for_another_right_speaks_of_no_change_request() throws Exception {
    Act act = own.change();
    own.unleash.forbidChanges();

    assertThat(reason(own.act(act))).startsWith("refused: ").doesNotContain("change request");
  }

  @Test
  void turning_on_a_flag_without_a_strategy_in_use_is_said_to_add_one() throws Exception {
    own.unleash.flag("new-payment-flow", false);
    String adds = "turning it on adds the project's default strategy";

    assertThat(own.platform().inventory().notes()).singleElement().asString().startsWith(adds);

    own.unleash.disabledStrategy("new-payment-flow");

    assertThat(own.platform().inventory().notes()).singleElement().asString().startsWith(adds);

    own.platform().act((Act) own.way("off", "on").legs().getFirst(), "key");
    own.platform().act(own.change(), "key");

    assertThat(own.platform().inventory().notes()).isEmpty();
  }

  @Test
  void flags_that_depend_on_it_are_in_the_plan_and_know_it() throws Exception {
    own.unleash.flag("express-payment", true);
    own.unleash.depends("express-payment", "new-payment-flow");

    assertThat(own.way("on", "off").says())
        .endsWith("no variant; flags that depend on it change with it: express-payment");
    assertThat(own.named("express-payment").inventory().notes())
        .containsExactly("it depends on flag new-payment-flow: who gets it is decided there, too");
  }

  @Test
  void a_503_of_something_in_between_may_have_been_done() throws Exception {
    Act act = own.change();
    own.unleash.trap(1, own.request(), new Trap.DoesAndSays(503, "no healthy upstream"));

    assertThat(reason(own.act(act))).startsWith("unknown: ");
    assertThat(own.unleash.on("new-payment-flow")).isFalse();
  }
}
