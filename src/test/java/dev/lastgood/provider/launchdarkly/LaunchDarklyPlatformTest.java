package dev.lastgood.provider.launchdarkly;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static dev.lastgood.provider.http.Trouble.CHANGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.ApiFaults;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedLaunchDarkly;
import dev.lastgood.rehearsal.PlayedLaunchDarkly.Variation;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played LaunchDarkly.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LaunchDarklyPlatformTest implements ApiFaults {
  private static final String TOKEN = "api-hunter2";
  private static final String FLAG = "new-payment-flow";
  private static final List<Variation> SWITCH =
      List.of(new Variation("", true), new Variation("", false));
  private static final List<Variation> CHECKOUTS =
      List.of(
          new Variation("New checkout", "v3"),
          new Variation("old", Map.of("checkout", 2)),
          new Variation("maintenance", "closed"));
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

  /// One flag, which is on; off serves `false`.
  static final class Flags implements ApiFaults.ApiWorld {
    final PlayedLaunchDarkly vendor = new PlayedLaunchDarkly(TOKEN);

    Flags() throws IOException {
      vendor.flag(FLAG, true, SWITCH, Optional.of(1));
    }

    @Override
    public PlayedApi api() {
      return vendor;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:LAUNCHDARKLY_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, FLAG, "production", Optional.empty(), false, patience);
    }

    @Override
    public Platform elsewhere() {
      return of("new-payment", "production", Optional.empty(), false);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "new-payment");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"message\":\"Unknown flag key new-payment-flow\"}");
    }

    Platform offServes(String variation) {
      return of(FLAG, "production", Optional.of(variation), false);
    }

    Platform of(
        String flag, String environment, Optional<String> offServes, boolean ignoreConflicts) {
      return platform(TOKEN, flag, environment, offServes, ignoreConflicts, PATIENCE);
    }

    private Platform platform(
        String token,
        String flag,
        String environment,
        Optional<String> offServes,
        boolean ignoreConflicts,
        Duration patience) {
      return new LaunchDarklyKind()
          .open(
              "payments-flag",
              new LaunchDarklySettings(
                  flag,
                  Optional.empty(),
                  Optional.of(environment),
                  offServes,
                  new Secret("${env:LAUNCHDARKLY_TOKEN}", () -> token),
                  Optional.of(ignoreConflicts),
                  Optional.of(vendor.url().toString()),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return way(platform(), "on", "off");
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
      return vendor.snapshot();
    }

    @Override
    public void remove(String id) {
      vendor.delete(FLAG);
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN);
    }

    @Override
    public void close() {
      vendor.close();
    }
  }

  private static Act way(Platform platform, String from, String to) throws PlatformUnreachable {
    return (Act) method(platform, from, to).legs().getFirst();
  }

  private static Method method(Platform platform, String from, String to)
      throws PlatformUnreachable {
    return platform
        .methods(Release.of("payments-flag", from), Release.of("payments-flag", to))
        .getFirst();
  }

  private static List<String> releases(Platform platform) throws PlatformUnreachable {
    return platform.inventory().releases().stream().map(Release::id).toList();
  }

  @Test
  void the_plan_says_what_off_serves_even_when_that_is_true() throws Exception {
    assertThat(method(own.platform(), "on", "off").says()).isEqualTo("everybody gets `false`");
    assertThat(own.change().says()).isEqualTo("turn flag new-payment-flow off in production");

    own.vendor.flag(FLAG, true, SWITCH, Optional.of(0));

    assertThat(method(own.platform(), "on", "off").says()).isEqualTo("everybody gets `true`");
  }

  @Test
  void a_flag_without_an_off_variation_leaves_it_to_the_code_and_that_is_said() throws Exception {
    own.vendor.flag(FLAG, true, SWITCH, Optional.empty());

    assertThat(method(own.platform(), "on", "off").says())
        .isEqualTo("everybody gets the default of the code that asks: it has no off variation");
  }

  @Test
  void names_and_values_of_variations_are_shown() throws Exception {
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.of(0));

    assertThat(method(own.platform(), "on", "off").says())
        .isEqualTo("everybody gets New checkout, `v3`");
    assertThat(method(own.offServes("old"), "on", "off").says())
        .isEqualTo("everybody gets old, `{\"checkout\":2}`");
  }

  @Test
  void off_serves_the_named_variation_and_the_undo_restores_both_exactly() throws Exception {
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.of(0));
    Platform platform = own.offServes("old");

    assertThat(platform.inventory().live().map(Release::id)).contains("on-else-v3");
    Act off = way(platform, "on-else-v3", "off");
    Act back = way(platform, "off", "on-else-v3");
    assertThat(reason(platform.act(off, "key"))).isEqualTo("done: turned off");

    assertThat(own.vendor.production(FLAG)).isEqualTo("off off=1 v2");
    assertThat(own.vendor.changes()).as("one request for both").isEqualTo(1);
    assertThat(platform.inventory().live().map(Release::id)).contains("off");
    assertThat(platform.look(off)).isInstanceOf(Sight.Holds.class);

    assertThat(releases(platform)).contains("on-else-v3");
    assertThat(reason(platform.act(back, "key"))).isEqualTo("done: turned on-else-v3");
    assertThat(own.vendor.production(FLAG)).isEqualTo("on off=0 v3");
    assertThat(platform.look(back)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_flag_that_is_off_and_serves_something_else_is_not_where_it_should_be() throws Exception {
    own.vendor.flag(FLAG, false, CHECKOUTS, Optional.of(0));
    Platform platform = own.offServes("old");

    assertThat(platform.inventory().live().map(Release::id)).contains("off-v3");
    assertThat(reason(platform.act(way(platform, "off-v3", "off"), "key")))
        .isEqualTo("done: turned off");
    assertThat(own.vendor.production(FLAG)).isEqualTo("off off=1 v2");
  }

  @Test
  void an_off_variation_that_cannot_be_taken_away_again_has_no_way_back_and_a_note()
      throws Exception {
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.empty());
    Platform platform = own.offServes("old");

    assertThat(platform.inventory().live().map(Release::id)).contains("on-else-none");
    assertThat(platform.inventory().notes())
        .containsExactly(
            "turning it off gives it the off variation old, and it keeps that: LaunchDarkly cannot"
                + " take it away again");
    assertThat(
            platform.methods(
                Release.of("payments-flag", "off"), Release.of("payments-flag", "on-else-none")))
        .isEmpty();
    assertThat(reason(platform.act(way(platform, "on-else-none", "off"), "key")))
        .isEqualTo("done: turned off");
    assertThat(own.vendor.production(FLAG)).isEqualTo("off off=1 v2");
  }

  @Test
  void a_variation_that_is_not_there_is_said_with_those_that_are() {
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.of(0));

    assertThatThrownBy(() -> own.offServes("odl").inventory())
        .hasMessageContaining("no variation `odl`")
        .hasMessageContaining("did you mean `old`? Known: maintenance, old, v3");
  }

  @Test
  void somebody_who_turned_it_after_the_plan_is_not_overruled() throws Exception {
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.of(0));
    Platform platform = own.offServes("old");
    Act off = way(platform, "on-else-v3", "off");
    own.vendor.flag(FLAG, true, CHECKOUTS, Optional.of(2));

    assertThat(reason(platform.act(off, "key")))
        .startsWith("refused: ")
        .contains("it is on-else-maintenance, not on-else-v3; plan again");
    assertThat(own.vendor.changes()).isZero();
  }

  @Test
  void a_plan_for_another_flag_is_not_carried_out_on_this_one() throws Exception {
    Act off = own.change();
    own.vendor.flag("other", true, SWITCH, Optional.of(1));
    Platform other = own.of("other", "production", Optional.empty(), false);

    assertThat(reason(other.act(off, "key")))
        .isEqualTo(
            "refused: payments-flag: the plan is for the flag new-payment-flow, and other is"
                + " configured: plan again");
    assertThat(other.look(off)).isInstanceOf(Sight.Unclear.class);
  }

  @Test
  void an_environment_that_asks_for_approval_refuses_with_the_way_out() throws Exception {
    Act act = own.change();
    own.vendor.approvals();

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("405", "Approval is required", "request it in LaunchDarkly")
        .contains("project default, flag new-payment-flow, production: turn targeting off");
    assertThat(own.vendor.production(FLAG)).isEqualTo("on off=1 v1");
  }

  @Test
  void a_scheduled_change_is_in_the_way_unless_a_person_says_otherwise() throws Exception {
    Act act = own.change();
    own.vendor.scheduled();

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("conflicts with a scheduled change", "`ignore-conflicts: true`");
    assertThat(own.vendor.production(FLAG)).isEqualTo("on off=1 v1");

    Platform bold = own.of(FLAG, "production", Optional.empty(), true);
    assertThat(reason(bold.act(act, "key"))).isEqualTo("done: turned off");
  }

  @Test
  void a_change_in_the_same_moment_is_refused_and_nothing_is_sent_again() throws Exception {
    Act act = own.change();
    own.vendor.trap(1, CHANGES, new Trap.Says(409, "{\"message\":\"optimistic locking\"}"));

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("in the same moment");
    assertThat(own.vendor.changes()).isEqualTo(1);
  }

  @Test
  void an_archived_flag_and_an_unknown_environment_are_said() {
    assertThatThrownBy(() -> own.of(FLAG, "prodution", Optional.empty(), false).inventory())
        .hasMessageContaining("no environment `prodution`");
    own.vendor.archive(FLAG);
    assertThatThrownBy(() -> own.platform().inventory()).hasMessageContaining("is archived");
  }

  @Test
  void an_off_variation_that_is_none_of_the_variations_is_never_guessed_at() {
    own.vendor.trap(
        1,
        _ -> true,
        new Trap.Says(
            200,
            "{\"variations\":[{\"_id\":\"a\",\"value\":true}],\"environments\":{\"production\":"
                + "{\"on\":true,\"offVariation\":7}}}"));

    assertThatThrownBy(() -> own.platform().inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("a shape this version of Lastgood does not know");
  }
}
