package dev.lastgood.provider.envfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real file, and a program that reads it only when it is started: `restart` copies the value to
/// where the program keeps it, `reads` prints that.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EnvFlagPlatformTest implements PlatformContract {
  private static final String NAME = "ENABLE_NEW_PAYMENT_FLOW";
  private static final String CONTENT =
      "# hunter0\r\nDATABASE_URL=postgres://u:hunter1@db/x\r\nexport "
          + NAME
          + " = \"true\"  # since v2 é\r\nLAST=1";

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Shop world() throws IOException {
    return new Shop(dir.resolve("w" + worlds.incrementAndGet()), CONTENT);
  }

  static final class Shop implements PlatformContract.World {
    final Path dir;
    final Path path;

    Shop(Path dir, String content) throws IOException {
      this.dir = dir;
      path = dir.resolve("www/.env");
      Files.createDirectories(path.getParent());
      Files.createDirectories(dir.resolve("state"));
      Files.writeString(path, content, StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
      Files.writeString(dir.resolve("running"), "true\n");
      script(
          "restart",
          "grep '^[^#]*"
              + NAME
              + "' www/.env | grep -q false && v=false || v=true\n"
              + "grep -q '"
              + NAME
              + "' www/.env || v=\n"
              + "echo $v > running\necho x >> restarts\n");
    }

    private void script(String name, String text) throws IOException {
      Files.writeString(dir.resolve(name), "#!/bin/sh\n" + text);
      Files.setPosixFilePermissions(
          dir.resolve(name), PosixFilePermissions.fromString("rwx------"));
    }

    @Override
    public Platform platform() {
      return platform(
          List.of(dir.resolve("restart").toString()), List.of("cat", "running"), "true", "false");
    }

    Platform platform(List<String> restart, List<String> reads, String on, String off) {
      return new EnvFlagKind()
          .open(
              "payments-flag",
              new EnvFlagSettings(
                  Path.of("www/.env"),
                  NAME,
                  Optional.of(on),
                  Optional.of(off),
                  restart,
                  reads,
                  Optional.of(Duration.ofSeconds(20)),
                  Optional.empty(),
                  Optional.empty()),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    String content() throws IOException {
      return Files.readString(path, StandardCharsets.UTF_8);
    }

    int restarts() throws IOException {
      Path log = dir.resolve("restarts");
      return Files.exists(log) ? Files.readAllLines(log).size() : 0;
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
      return (Files.exists(path)
              ? content() + Files.getPosixFilePermissions(path) + Files.getLastModifiedTime(path)
              : "")
          + Files.readString(dir.resolve("running"))
          + restarts();
    }

    @Override
    public void remove(String id) throws IOException {
      Files.delete(path);
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter0", "hunter1");
    }
  }

  private static List<Act> acts(Platform platform, String from, String to)
      throws PlatformUnreachable {
    List<Act> acts = new ArrayList<>();
    method(platform, from, to).legs().forEach(leg -> acts.add((Act) leg));
    return acts;
  }

  private static Method method(Platform platform, String from, String to)
      throws PlatformUnreachable {
    return platform
        .methods(Release.of("payments-flag", from), Release.of("payments-flag", to))
        .getFirst();
  }

  private static void go(Platform platform, String from, String to) throws PlatformUnreachable {
    for (Act act : acts(platform, from, to)) {
      assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
      assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
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
  void only_the_value_changes_and_the_undo_leaves_every_byte_as_it_was() throws Exception {
    Shop shop = world();

    go(shop.platform(), "on", "off");

    assertThat(shop.content()).isEqualTo(CONTENT.replace("\"true\"", "\"false\""));
    assertThat(Files.readString(shop.dir.resolve("running"))).isEqualTo("false\n");
    assertThat(Files.getPosixFilePermissions(shop.path))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));

    go(shop.platform(), "off", "on");

    assertThat(shop.content()).isEqualTo(CONTENT);
    assertThat(Files.readString(shop.dir.resolve("running"))).isEqualTo("true\n");
    assertThat(shop.restarts()).isEqualTo(2);
  }

  @Test
  void a_variable_that_is_not_set_is_added_and_the_undo_takes_it_out_again() throws Exception {
    for (String before : List.of("A=1\n", "A=1", "", "A=1\r\nB=2\r\n", "A=1\r\nB=2")) {
      var shop = new Shop(dir.resolve("u" + worlds.incrementAndGet()), before);
      Platform platform = shop.platform();
      assertThat(platform.inventory().live().map(Release::id)).contains("unset");

      go(platform, "unset", "off");

      assertThat(shop.content()).startsWith(before).contains(NAME + "=false");
      assertThat(platform.inventory().live().map(Release::id)).contains("off");

      go(platform, "off", "unset");

      assertThat(shop.content()).isEqualTo(before);
    }
  }

  @Test
  void the_last_of_two_lines_counts_and_is_the_one_that_changes() throws Exception {
    var shop = new Shop(dir.resolve("twice"), NAME + "=false\nB=2\n" + NAME + "=true\n");

    go(shop.platform(), "on", "off");

    assertThat(shop.content()).isEqualTo(NAME + "=false\nB=2\n" + NAME + "=false\n");
  }

  @Test
  void a_value_that_is_neither_is_not_shown_and_not_turned_since_nobody_could_put_it_back()
      throws Exception {
    var shop = new Shop(dir.resolve("odd"), NAME + "=hunter7\n");
    Platform platform = shop.platform();

    assertThat(platform.inventory().live()).isEmpty();
    assertThat(platform.inventory().notes())
        .singleElement()
        .asString()
        .contains("is neither `true` nor `false`")
        .doesNotContain("hunter7");
    assertThatThrownBy(() -> acts(platform, "nothing", "off"))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("is neither `true` nor `false`");
    Act planned = acts(world().platform(), "on", "off").getFirst();
    assertThat(reason(platform.act(planned, "key"))).startsWith("refused: ");
    assertThat(shop.content()).isEqualTo(NAME + "=hunter7\n");
  }

  @Test
  void what_cannot_be_changed_surely_is_not_touched() {
    for (String odd :
        List.of(
            NAME + "=\"tr\nue\"\nB=2\n",
            "B='\n" + NAME + "=true\n'\n" + NAME + "=\"a\nb\"",
            "A\0=1")) {
      assertThat(EnvEdit.with(odd.getBytes(StandardCharsets.UTF_8), NAME, "false"))
          .as(odd)
          .isEmpty();
    }
  }

  @Test
  void without_restart_it_is_said_that_somebody_else_must() throws Exception {
    Shop shop = world();
    Platform platform = shop.platform(List.of(), List.of(), "true", "false");

    assertThat(acts(platform, "on", "off")).hasSize(1);
    assertThat(method(platform, "on", "off").costs())
        .containsExactly("what runs keeps the old value until it is started anew");
  }

  @Test
  void without_reads_the_restart_is_remembered_and_that_it_is_not_seen_is_said() throws Exception {
    Shop shop = world();
    List<String> restart = List.of(shop.dir.resolve("restart").toString());
    Platform platform = shop.platform(restart, List.of(), "true", "false");

    go(platform, "on", "off");
    go(shop.platform(restart, List.of(), "true", "false"), "on", "off");

    assertThat(shop.restarts()).as("not again for the same change").isEqualTo(1);
    assertThat(method(platform, "on", "off").costs())
        .containsExactly("that the restart took is not seen: `reads` is not set");

    go(platform, "off", "on");
    assertThat(shop.restarts()).isEqualTo(2);
  }

  @Test
  void who_turned_the_file_by_hand_and_forgot_the_restart_gets_it() throws Exception {
    Shop shop = world();
    Files.writeString(shop.path, CONTENT.replace("\"true\"", "\"false\""));

    go(shop.platform(), "on", "off");

    assertThat(Files.readString(shop.dir.resolve("running"))).isEqualTo("false\n");
  }

  @Test
  void a_restart_that_says_yes_and_does_nothing_is_never_believed() throws Exception {
    Shop shop = world();
    Platform platform = shop.platform(List.of("true"), List.of("cat", "running"), "true", "false");
    List<Act> acts = acts(platform, "on", "off");
    platform.act(acts.getFirst(), "key");

    assertThat(platform.act(acts.getLast(), "key")).isEqualTo(new Outcome.Done("restarted"));
    assertThat(platform.look(acts.getLast()))
        .isEqualTo(new Sight.NotYet("what runs has another value than off"));
  }

  @Test
  void a_restart_that_fails_is_unknown_and_one_that_cannot_start_is_refused() throws Exception {
    Shop shop = world();
    Platform failing =
        shop.platform(
            List.of("sh", "-c", "echo no such unit >&2; exit 5"), List.of(), "true", "false");
    List<Act> acts = acts(failing, "on", "off");
    failing.act(acts.getFirst(), "key");

    assertThat(reason(failing.act(acts.getLast(), "key")))
        .isEqualTo("unknown: the restart ended with exit 5: no such unit");
    assertThat(failing.look(acts.getLast())).isInstanceOf(Sight.NotYet.class);

    Platform missing = shop.platform(List.of("/no/such/program"), List.of(), "true", "false");
    assertThat(reason(missing.act(acts.getLast(), "key")))
        .startsWith("refused: ")
        .contains("nothing was restarted");
  }

  @Test
  void a_restart_before_the_file_is_turned_is_refused() throws Exception {
    Shop shop = world();
    Act restart = acts(shop.platform(), "on", "off").getLast();

    assertThat(reason(shop.platform().act(restart, "key")))
        .startsWith("refused: ")
        .contains("is not off any more");
    assertThat(shop.restarts()).isZero();
  }

  @Test
  void settings_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> world().platform(List.of(), List.of(), "1", "1"))
        .isInstanceOf(BadSettings.class);
    assertThatThrownBy(() -> world().platform(List.of(), List.of(), "a b", "false"))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("plain word");
    assertThatThrownBy(() -> world().platform(List.of(), List.of("cat"), "true", "false"))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("restart");
  }
}
