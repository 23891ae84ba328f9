package dev.lastgood.provider.pm2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real PM2 with a daemon of its own for each world.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class Pm2PlatformTest implements PlatformContract {
  private static final Path PM2 =
      Path.of(System.getProperty("lastgood.pm2", "target/peers/node_modules/.bin/pm2"))
          .toAbsolutePath();

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Machine world() throws Exception {
    return new Machine(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// One PM2 with the app of ours in v2, and one app of somebody else's.
  static final class Machine implements PlatformContract.World {
    final Path dir;
    final Path home;
    private final Pm2Platform platform;

    Machine(Path dir) throws Exception {
      assumeTrue(
          Files.isExecutable(PM2), "PM2 is not installed: npm i --prefix target/peers pm2@7.0.4");
      this.dir = dir;
      home = dir.resolve("home");
      Files.createDirectories(dir.resolve("state"));
      release("v1", "setInterval(() => {}, 1000); console.log('one')");
      release("v2", "setInterval(() => {}, 1000); console.log('two')");
      Files.writeString(dir.resolve("other.js"), "setInterval(() => {}, 1000)");
      platform = open("shop");
      pm2("start", dir.resolve("other.js").toString(), "--name", "other");
      // Relative scripts count from where PM2 is called, so a deploy calls it from the release.
      pm2In(dir.resolve("releases/v2"), "start", "ecosystem.config.js", "--only", "shop");
      pm2("save");
      Until.holds(
          "v2 runs",
          () -> {
            try {
              return platform.inventory().live().isPresent();
            } catch (dev.lastgood.provider.PlatformUnreachable e) {
              return false;
            }
          });
    }

    void release(String id, String code) throws IOException {
      Path release = Files.createDirectories(dir.resolve("releases").resolve(id));
      Files.writeString(release.resolve("app.js"), code);
      Files.writeString(
          release.resolve("ecosystem.config.js"),
          "module.exports = { apps: [{ name: 'shop', script: 'app.js', min_uptime: 100,"
              + " restart_delay: 50 }, { name: 'cron', script: 'app.js' }] }");
    }

    Pm2Platform open(String app) {
      return (Pm2Platform)
          new Pm2Kind()
              .open(
                  "backend",
                  new Pm2Settings(
                      List.of(app),
                      dir.resolve("releases"),
                      Optional.empty(),
                      List.of(PM2.toString()),
                      Optional.of(home),
                      Map.of(),
                      Optional.of(Duration.ofMillis(1500)),
                      Optional.of(Duration.ofSeconds(60))),
                  new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    String pm2(String... words) {
      return pm2In(dir, words);
    }

    private String pm2In(Path where, String... words) {
      List<String> all = new java.util.ArrayList<>(List.of(PM2.toString()));
      all.addAll(List.of(words));
      var end =
          new Argv(
                  all,
                  Optional.of(where),
                  Map.of("PM2_HOME", home.toString()),
                  Duration.ofSeconds(60))
              .run();
      return end.output();
    }

    @Override
    public Platform platform() {
      return platform;
    }

    List<Act> acts(String from, String to) throws Exception {
      return platform
          .methods(Release.of("backend", from), Release.of("backend", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    @Override
    public String live() {
      return "v2";
    }

    @Override
    public String older() {
      return "v1";
    }

    @Override
    public String snapshot() throws Exception {
      var open = new Pm2("backend", settings(), home, dir.resolve("state"));
      var all = new StringBuilder(open.saved().toString());
      open.list().forEach(r -> all.append('\n').append(r));
      try (var files = Files.walk(dir.resolve("releases"))) {
        files.sorted().forEach(f -> all.append('\n').append(f));
      }
      return all.toString();
    }

    private Pm2Settings settings() {
      return new Pm2Settings(
          List.of("shop"),
          dir.resolve("releases"),
          Optional.empty(),
          List.of(PM2.toString()),
          Optional.of(home),
          Map.of(),
          Optional.empty(),
          Optional.of(Duration.ofSeconds(60)));
    }

    @Override
    public void remove(String id) throws IOException {
      try (var files = Files.walk(dir.resolve("releases").resolve(id))) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }

    @Override
    public void close() {
      pm2("kill");
    }
  }

  private static void perform(Machine machine, Act act) {
    assertThat(machine.platform().act(act, "key")).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> machine.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void only_the_named_app_is_touched_and_our_environment_stays_with_us() throws Exception {
    try (Machine machine = world()) {
      String before = process(machine, "other");

      for (Act act : machine.acts("v2", "v1")) {
        perform(machine, act);
      }

      assertThat(process(machine, "other")).isEqualTo(before);
      assertThat(machine.pm2("jlist")).doesNotContain("\"cron\"");
      String saved = Files.readString(machine.home.resolve("dump.pm2"));
      int shop = saved.indexOf("\"name\": \"shop\"");
      assertThat(shop).isPositive();
      assertThat(System.getenv()).as("this test has a JAVA_HOME").containsKey("JAVA_HOME");
      int other = saved.indexOf("\"name\": \"other\"");
      String ofShop = other > shop ? saved.substring(shop, other) : saved.substring(shop);
      assertThat(ofShop).doesNotContain("JAVA_HOME");
    }
  }

  private static String process(Machine machine, String app) throws Exception {
    return new Pm2("backend", machine.settings(), machine.home, machine.dir.resolve("state"))
        .list().stream().filter(r -> r.app().equals(app)).findFirst().orElseThrow().toString();
  }

  @Test
  void a_crash_loop_that_is_called_online_is_a_failure() throws Exception {
    try (Machine machine = world()) {
      machine.release("v1", "setTimeout(() => process.exit(1), 200)");
      Act start = machine.acts("v2", "v1").getFirst();

      machine.platform().act(start, "key");

      Until.holds("the loop is seen", () -> machine.platform().look(start) instanceof Sight.Failed);
      assertThat(machine.platform().look(start).seen()).contains("restarts");
    }
  }

  @Test
  void a_release_without_the_app_is_refused_before_anything_stops() throws Exception {
    try (Machine machine = world()) {
      Act start = machine.acts("v2", "v1").getFirst();
      Files.writeString(
          machine.dir.resolve("releases/v1/ecosystem.config.js"),
          "module.exports = { apps: [{ name: 'other', script: 'app.js' }] }");

      Outcome outcome = machine.platform().act(start, "key");

      assertThat(outcome)
          .isEqualTo(
              new Outcome.Refused(
                  "backend: nothing was stopped. v1: its ecosystem.config.js has no app shop, only"
                      + " [other]"));
      assertThat(machine.platform().inventory().live().map(Release::id)).contains("v2");
      assertThat(
              machine.platform().methods(Release.of("backend", "v2"), Release.of("backend", "v1")))
          .isEmpty();
    }
  }

  @Test
  void logs_are_captured() throws Exception {
    try (Machine machine = world()) {
      Until.holds(
          "it has printed",
          () ->
              ((Capturable) machine.platform())
                  .capture(Release.of("backend", "v2"))
                  .toString()
                  .contains("two"));
    }
  }

  @Test
  void nobody_says_all() throws Exception {
    try (Machine machine = world()) {
      for (String name : List.of("all", "0", "/shop.*/", "-f", "a,b")) {
        assertThatThrownBy(() -> machine.open(name)).as(name).isInstanceOf(BadSettings.class);
      }
    }
  }
}
