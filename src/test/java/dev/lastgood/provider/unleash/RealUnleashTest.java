package dev.lastgood.provider.unleash;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Against the server itself, in its open-source edition.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealUnleashTest implements PlatformContract {
  private static final List<String> PEOPLE = List.of("ann", "ben", "cid", "dora", "eve", "fay");
  @TempDir static Path dir;
  private static RealUnleash unleash;
  private static String token;
  private static int flags;

  @BeforeAll
  static void start() throws IOException {
    unleash = new RealUnleash(dir);
    unleash.awaitReady();
    token = unleash.token("eddie", RealUnleash.EDITOR);
  }

  @AfterAll
  static void stop() {
    if (unleash != null) {
      unleash.close();
    }
  }

  @Override
  public Flagged world() throws IOException {
    return new Flagged();
  }

  /// One flag of the server, which is on, and turned with the token of an editor.
  static final class Flagged implements World {
    final String name = "payment-" + ++flags;

    Flagged() throws IOException {
      unleash.flag(name);
      unleash.strategies(name);
      unleash.on(name);
    }

    @Override
    public Platform platform() {
      return open(token, name, "default", "production");
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
    public String snapshot() throws IOException {
      return unleash.shown(name) + " " + unleash.events(name);
    }

    @Override
    public void remove(String id) throws IOException {
      unleash.archive(name);
    }

    @Override
    public List<String> secrets() {
      return List.of(token);
    }

    Act off() throws PlatformUnreachable {
      return turn(name, "on", "off");
    }

    /// What the plan says of turning it off.
    String says() throws PlatformUnreachable {
      return platform().methods(release("on"), release("off")).getFirst().says();
    }

    void gives(String... each) {
      RealUnleashTest.gives(name, each);
    }
  }

  private static Platform open(String token, String flag, String project, String environment) {
    return new UnleashKind()
        .open(
            "payments-flag",
            new UnleashSettings(
                unleash.url().toString(),
                flag,
                Optional.of(project),
                Optional.of(environment),
                new Secret("${env:UNLEASH_TOKEN}", () -> token),
                Optional.of(Duration.ofSeconds(30))),
            new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
  }

  private static Release release(String state) {
    return Release.of("payments-flag", state);
  }

  private static Act turn(String flag, String from, String to) throws PlatformUnreachable {
    return (Act)
        open(token, flag, "default", "production")
            .methods(release(from), release(to))
            .getFirst()
            .legs()
            .getFirst();
  }

  /// That sooner or later the people get just these.
  private static void gives(String flag, String... each) {
    Until.holds(
        flag + " gives " + List.of(each), () -> Set.of(each).equals(new HashSet<>(decided(flag))));
  }

  private static List<String> decided(String flag) {
    try {
      List<String> all = new ArrayList<>();
      for (String person : PEOPLE) {
        all.add(unleash.decided(flag, person));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean fetched(String flag, boolean on) {
    try {
      return unleash.fetched(flag).path("enabled").asBoolean() == on;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void off_gives_everybody_false_and_no_variant_and_the_undo_restores_all_that_was()
      throws Exception {
    try (Flagged own = world()) {
      Until.holds("applications see it on", () -> fetched(own.name, true));
      JsonNode shown = unleash.shown(own.name);
      JsonNode fetched = unleash.fetched(own.name);
      own.gives("true blue", "true red");
      List<String> decided = decided(own.name);

      assertThat(own.platform().act(own.off(), "key")).isEqualTo(new Outcome.Done("turned off"));

      own.gives("false");
      Until.holds("applications see it off", () -> fetched(own.name, false));

      Act undo = turn(own.name, "off", "on");
      assertThat(own.platform().act(undo, "key")).isEqualTo(new Outcome.Done("turned on"));

      assertThat(unleash.shown(own.name)).isEqualTo(shown);
      own.gives("true blue", "true red");
      assertThat(decided(own.name)).isEqualTo(decided);
      Until.holds("applications see it on again", () -> fetched(own.name, true));
      assertThat(unleash.fetched(own.name)).isEqualTo(fetched);
    }
  }

  @Test
  void the_other_environment_stays_as_it_is() throws Exception {
    try (Flagged own = world()) {
      Platform development = open(token, own.name, "default", "development");

      own.platform().act(own.off(), "key");
      own.platform().act(turn(own.name, "off", "on"), "key");

      assertThat(development.inventory().live().map(Release::id)).contains("off");
    }
  }

  // ---- who asks

  @Test
  void who_may_not_is_refused_by_the_name_of_the_token_and_nothing_changes() throws Exception {
    String viewer = unleash.token("vera", RealUnleash.VIEWER);
    try (Flagged own = world()) {
      Act off = own.off();
      String before = own.snapshot();
      for (String wrong : List.of("user:0123456789", RealUnleash.APPLICATION, "*:*.nobody")) {
        Platform platform = open(wrong, own.name, "default", "production");

        assertThatThrownBy(platform::inventory)
            .isInstanceOf(PlatformUnreachable.class)
            .hasMessageContaining("${env:UNLEASH_TOKEN}")
            .hasMessageNotContaining(wrong);
        assertThat(reason(platform.act(off, "key"))).startsWith("refused: ").doesNotContain(wrong);
        assertThat(platform.look(off)).isInstanceOf(Sight.Unclear.class);
      }
      Platform looks = open(viewer, own.name, "default", "production");

      assertThat(looks.look(off)).isInstanceOf(Sight.NotYet.class);
      assertThat(reason(looks.act(off, "key")))
          .startsWith("refused: ")
          .contains("UPDATE_FEATURE_ENVIRONMENT", "${env:UNLEASH_TOKEN}")
          .doesNotContain("change request");
      assertThat(own.snapshot()).isEqualTo(before);
    }
  }

  // ---- what is asked for

  @Test
  void what_is_not_there_is_said() throws Exception {
    try (Flagged own = world()) {
      assertThatThrownBy(() -> open(token, "paiment", "default", "production").inventory())
          .hasMessageContainingAll("404", "no feature named", "paiment", "project \"default\"");
      assertThatThrownBy(() -> open(token, own.name, "shop", "production").inventory())
          .hasMessageContainingAll("404", "project \"shop\"", "in project \"default\"");
      assertThatThrownBy(() -> open(token, own.name, "default", "prodution").inventory())
          .hasMessageContaining("did you mean `production`");
    }
  }

  /// Whoever revives a flag gets it off.
  @Test
  void an_archived_flag_is_refused_and_comes_back_turned_off() throws Exception {
    try (Flagged own = world()) {
      Act off = own.off();
      unleash.archive(own.name);

      assertThatThrownBy(() -> own.platform().inventory())
          .hasMessageContainingAll("404", "or the flag is archived");
      assertThat(reason(own.platform().act(off, "key")))
          .startsWith("refused: ")
          .endsWith("nothing was changed");

      unleash.revive(own.name);

      assertThat(own.platform().inventory().live().map(Release::id)).contains("off");
    }
  }

  @Test
  void one_without_a_strategy_in_use_gets_one_for_everybody_and_that_is_said_before()
      throws Exception {
    String name = "bare-" + ++flags;
    unleash.flag(name);
    Platform platform = open(token, name, "default", "production");
    String adds = "turning it on adds the project's default strategy";
    assertThat(platform.inventory().notes()).singleElement().asString().startsWith(adds);
    unleash.disabledStrategy(name);
    assertThat(platform.inventory().notes()).singleElement().asString().startsWith(adds);

    platform.act(turn(name, "off", "on"), "key");

    gives(name, "true disabled");
    platform.act(turn(name, "on", "off"), "key");
    assertThat(platform.inventory().notes()).isEmpty();
  }

  @Test
  void what_depends_on_it_is_off_with_it_and_the_plan_says_so() throws Exception {
    try (Flagged parent = world();
        Flagged child = world()) {
      unleash.depends(child.name, parent.name);
      child.gives("true blue", "true red");
      assertThat(child.platform().inventory().notes())
          .containsExactly(
              "it depends on flag " + parent.name + ": who gets it is decided there, too");
      assertThat(parent.says()).endsWith("flags that depend on it change with it: " + child.name);

      parent.platform().act(parent.off(), "key");

      child.gives("false");
    }
  }

  // ---- what the server refuses

  /// Its pages for change requests are in the paid edition; the check is in this one, too.
  @Test
  void change_requests_are_refused_with_the_way_out() throws Exception {
    assertThat(unleash.status("/api/admin/projects/default/change-requests")).isEqualTo(404);
    try (Flagged own = world()) {
      Act off = own.off();
      String before = own.snapshot();
      unleash.changeRequests(true);
      try {
        assertThat(reason(own.platform().act(off, "key")))
            .startsWith("refused: ")
            .contains("SKIP_CHANGE_REQUEST", "production asks for change requests: open one");
        assertThat(own.snapshot()).isEqualTo(before);
      } finally {
        unleash.changeRequests(false);
      }
    }
  }

  @Test
  void maintenance_mode_is_a_refusal() throws Exception {
    try (Flagged own = world()) {
      Act off = own.off();
      String before = own.snapshot();
      unleash.maintenance(true);
      try {
        assertThat(reason(own.platform().act(off, "key")))
            .startsWith("refused: ")
            .contains("maintenance mode");
        assertThat(own.platform().look(off)).isInstanceOf(Sight.NotYet.class);
        assertThat(own.snapshot()).isEqualTo(before);
      } finally {
        unleash.maintenance(false);
      }
    }
  }
}
