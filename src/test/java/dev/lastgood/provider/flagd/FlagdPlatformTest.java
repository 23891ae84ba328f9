package dev.lastgood.provider.flagd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real files.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FlagdPlatformTest implements PlatformContract {
  private static final String FLAG = "new-payment-flow";

  /// Odd on purpose: tabs, no line end, a name like ours in another flag, letters outside ASCII.
  private static final String FILE =
      """
      {
        "$schema" : "https://flagd.dev/schema/v0/flags.json",
      \t"flags": {
          "other": { "state":"ENABLED", "variants":{"state":"ENABLED","é😀":1.0}, "defaultVariant":"state",
             "metadata": {"new-payment-flow": "DISABLED"} },
          "new-payment-flow": {"variants": {"new": true , "old": false, "state": "\\"ENABLED\\""},
            "state":   "ENABLED",
            "targeting": {"if": [{"in": ["@ace.example", {"var": "email"}]}, "new", null]},
            "defaultVariant": "new"  }
        }, "$evaluators": {}
      }\
      """;

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public World world() throws IOException {
    return new World(dir.resolve("w" + worlds.incrementAndGet()), FILE);
  }

  static final class World implements PlatformContract.World {
    final Path dir;
    final Path path;

    World(Path dir, String content) throws IOException {
      this.dir = dir;
      path = dir.resolve("flags.json");
      Files.createDirectories(dir.resolve("state"));
      Files.writeString(path, content, StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Override
    public Platform platform() {
      return platform(FLAG, Optional.empty(), Optional.empty());
    }

    Platform offServes(String variant) {
      return platform(FLAG, Optional.of(variant), Optional.empty());
    }

    Platform platform(String flag, Optional<String> offServes, Optional<String> evaluates) {
      return new FlagdKind()
          .open(
              "payments-flag",
              new FlagdSettings(
                  Path.of("flags.json"),
                  flag,
                  offServes,
                  evaluates,
                  Optional.of(Duration.ofSeconds(5))),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    String content() throws IOException {
      return Files.readString(path, StandardCharsets.UTF_8);
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
      return Files.exists(path)
          ? content() + Files.getPosixFilePermissions(path) + Files.getLastModifiedTime(path)
          : "";
    }

    @Override
    public void remove(String id) throws IOException {
      Files.delete(path);
    }
  }

  private static Method method(Platform platform, String from, String to)
      throws PlatformUnreachable {
    return platform
        .methods(Release.of("payments-flag", from), Release.of("payments-flag", to))
        .getFirst();
  }

  private static Act way(Platform platform, String from, String to) throws PlatformUnreachable {
    return (Act) method(platform, from, to).legs().getFirst();
  }

  private static void go(Platform platform, String from, String to) throws PlatformUnreachable {
    Act act = way(platform, from, to);
    assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).isInstanceOf(Sight.Holds.class);
  }

  private static String live(Platform platform) throws PlatformUnreachable {
    return platform.inventory().live().orElseThrow().id();
  }

  private static String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused refused -> "refused: " + refused.reason();
      case Outcome.Unknown unknown -> "unknown: " + unknown.reason();
      case Outcome.Done done -> "done: " + done.receipt();
    };
  }

  @Test
  void only_the_state_changes_and_the_undo_leaves_every_byte_as_it_was() throws Exception {
    World world = world();

    go(world.platform(), "on", "off");

    assertThat(world.content())
        .isEqualTo(FILE.replace("\"state\":   \"ENABLED\"", "\"state\":   \"DISABLED\""));
    assertThat(Files.getPosixFilePermissions(world.path))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));

    go(world.platform(), "off", "on");

    assertThat(world.content()).isEqualTo(FILE);
  }

  @Test
  void the_plan_says_what_off_serves() throws Exception {
    World world = world();

    assertThat(method(world.platform(), "on", "off").says())
        .isEqualTo(
            "flagd treats it as not there: everybody gets the default of the code that asks");
    Platform old = world.offServes("old");
    assertThat(method(old, live(old), "off").says()).isEqualTo("everybody gets old, `false`");
  }

  @Test
  void off_serves_one_variant_to_everybody_and_the_undo_puts_the_rules_back_word_for_word()
      throws Exception {
    World world = world();
    Platform platform = world.offServes("old");
    String before = live(platform);
    assertThat(before).matches("on-[0-9a-f]{12}");
    Act back = way(platform, "off", before);

    go(platform, before, "off");

    assertThat(world.content())
        .isEqualTo(
            FILE.replace("\"defaultVariant\": \"new\"", "\"defaultVariant\": \"old\"")
                .replace(
                    "{\"if\": [{\"in\": [\"@ace.example\", {\"var\": \"email\"}]}, \"new\", null]}",
                    "{}"));
    assertThat(platform.inventory().find(before)).as("one can come back").isPresent();
    assertThat(platform.act(back, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(back)).isInstanceOf(Sight.Holds.class);
    assertThat(world.content()).isEqualTo(FILE);
  }

  @Test
  void what_others_changed_beside_it_meanwhile_stays() throws Exception {
    World world = world();
    Platform platform = world.offServes("old");
    String before = live(platform);
    go(platform, before, "off");
    Files.writeString(world.path, world.content().replace("1.0", "2.0"));

    go(platform, "off", before);

    assertThat(world.content()).isEqualTo(FILE.replace("1.0", "2.0"));
  }

  @Test
  void a_flag_without_default_and_targeting_gets_a_default_and_the_undo_takes_it_out()
      throws Exception {
    String before = "{\"flags\":{\"f\":{\"state\":\"DISABLED\",\"variants\":{\"a\":1}}}}";
    var world = new World(dir.resolve("bare"), before);
    Platform platform = world.platform("f", Optional.of("a"), Optional.empty());
    String live = live(platform);
    assertThat(live).startsWith("off-");

    go(platform, live, "off");

    assertThat(world.content())
        .isEqualTo(
            "{\"flags\":{\"f\":{\"state\":\"ENABLED\", \"defaultVariant\":"
                + " \"a\",\"variants\":{\"a\":1}}}}");

    go(platform, "off", live);
    assertThat(world.content()).isEqualTo(before);
  }

  @Test
  void somebody_who_changed_the_definition_after_the_plan_is_not_overruled() throws Exception {
    World world = world();
    Platform platform = world.offServes("old");
    Act off = way(platform, live(platform), "off");
    String changed = FILE.replace("@ace.example", "@ace.test");
    Files.writeString(world.path, changed);

    assertThat(reason(platform.act(off, "key"))).startsWith("refused: ").endsWith("plan again");
    assertThat(world.content()).isEqualTo(changed);
  }

  @Test
  void what_is_not_surely_understood_is_refused_in_words() throws Exception {
    String[][] cases = {
      {"flags:\n  new-payment-flow:\n    state: ENABLED\n", "YAML"},
      {
        "{\"flags\":{\"new-payment-flow\":{\"state\":\"ENABLED\",\"state\":\"DISABLED\"}}}", "twice"
      },
      {
        "{\"flags\":{\"new-payment-flow\":{\"state\":\"enabled\"}}}", "neither ENABLED nor DISABLED"
      },
      {"{\"flags\":{\"new-payment-flow\":{}}}", "neither ENABLED nor DISABLED"},
      {"{\"flags\":{\"new-payment-flow\":7}}", "has no flag `new-payment-flow`"},
      {"{\"flags\":{\"new-payment-flwo\":{}}}", "did you mean `new-payment-flwo`"},
      {"{\"flags\":[]}", "no flag file of flagd"},
      {"", "no flag file of flagd"},
      {"{\"flags\":{", "is no JSON"},
    };
    for (String[] each : cases) {
      var world = new World(dir.resolve("x" + worlds.incrementAndGet()), each[0]);
      assertThatThrownBy(() -> world.platform().inventory())
          .as(each[0])
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining(each[1]);
    }
    World world = world();
    Files.write(world.path, new byte[] {'{', (byte) 0xff, '}'});
    assertThatThrownBy(() -> world.platform().inventory()).hasMessageContaining("no UTF-8");
    World missing = world();
    assertThatThrownBy(() -> missing.offServes("odl").inventory())
        .hasMessageContaining("did you mean `old`? Known: new, old, state");
  }

  /// flagd, as far as it answers for one flag; the played part is OFREP's published description.
  private static HttpServer flagd(AtomicReference<String> variant) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/ofrep/v1/evaluate/flags/" + FLAG,
        exchange -> {
          try (exchange) {
            String served = variant.get();
            boolean gone = served.isEmpty();
            byte[] body =
                (gone
                        ? "{\"key\":\"" + FLAG + "\",\"errorCode\":\"FLAG_NOT_FOUND\"}"
                        : "{\"key\":\""
                            + FLAG
                            + "\",\"variant\":\""
                            + served
                            + "\",\"value\":true}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(gone ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return server;
  }

  @Test
  void the_file_is_no_proof_where_flagd_itself_can_be_asked() throws Exception {
    World world = world();
    var serves = new AtomicReference<>("new");
    HttpServer flagd = flagd(serves);
    try {
      String url = "http://127.0.0.1:" + flagd.getAddress().getPort();
      Platform platform = world.platform(FLAG, Optional.of("old"), Optional.of(url));
      String before = live(platform);
      Act off = way(platform, before, "off");
      platform.act(off, "key");

      assertThat(platform.look(off))
          .isInstanceOf(Sight.UnderWay.class)
          .extracting(Sight::seen)
          .asString()
          .endsWith("but flagd still serves new");
      serves.set("old");
      assertThat(platform.look(off))
          .isInstanceOf(Sight.Holds.class)
          .extracting(Sight::seen)
          .asString()
          .endsWith("and flagd serves old");

      Platform plain = world.platform(FLAG, Optional.empty(), Optional.of(url));
      Act disabled = way(plain, "on", "off");
      plain.act(disabled, "key");
      assertThat(plain.look(disabled)).isInstanceOf(Sight.UnderWay.class);
      serves.set("");
      assertThat(plain.look(disabled))
          .isInstanceOf(Sight.Holds.class)
          .extracting(Sight::seen)
          .asString()
          .endsWith("and flagd gives no value for it");
    } finally {
      flagd.stop(0);
    }
    Platform gone = world.platform(FLAG, Optional.empty(), Optional.of("http://127.0.0.1:1"));
    assertThat(gone.look(way(gone, "off", "off"))).isInstanceOf(Sight.Unclear.class);
  }
}
