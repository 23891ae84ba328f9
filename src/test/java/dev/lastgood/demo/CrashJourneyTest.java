package dev.lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CrashingMain;
import dev.lastgood.InProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Lastgood is killed with SIGKILL before and after every entry of its journal, and in the middle
/// of every act of the demo's plan. Each time `resume` must bring the shop to v1, proven, with
/// nothing done blindly twice: one instance, one attempt of each step.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashJourneyTest {
  private static final int DONE = 0;
  private static final int KILLED = 137;
  private static final List<String> MIDDLES = List.of("0", "4", "15", "60");

  @TempDir Path scratch;
  private ShopPlace place;
  private Shop shop;

  @BeforeEach
  void open() throws IOException {
    place = ShopPlace.in(scratch);
    ShopConfig.write(place);
    shop = new Shop(place, scratch.resolve("state"), InstantSource.system());
    shop.open();
    shop.deploy("frontend", "v1");
    shop.deploy("backend", "v1");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void a_run_killed_at_any_entry_of_its_journal_ends_proven_after_resume() throws IOException {
    int entries = undisturbed();
    for (int n = 1; n <= entries; n++) {
      killedAndResumed("before:" + n);
      killedAndResumed("after:" + n);
    }
  }

  @Test
  void a_run_killed_in_the_middle_of_any_act_ends_proven_after_resume() throws IOException {
    undisturbed();
    for (String verb : verbs()) {
      for (String millis : MIDDLES) {
        killedAndResumed("during:" + verb + ":" + millis);
      }
    }
  }

  /// @return how many entries a run writes after its proposal
  private int undisturbed() throws IOException {
    shop.deploy("backend", "v2");
    assertThat(lastgood("none:0", rollback())).isEqualTo(DONE);
    return show().get("timeline").size() - 1;
  }

  private List<String> verbs() {
    List<String> verbs = new ArrayList<>();
    JsonNode plan = json("show", "--plan", "--json").get("plan");
    for (JsonNode step : plan.get("steps")) {
      if (step.get("work").has("act") && step.get("way").get("rank").asInt() == 0) {
        verbs.add(step.get("work").get("act").get("verb").asString());
      }
    }
    assertThat(verbs).hasSizeGreaterThan(3);
    return verbs;
  }

  private void killedAndResumed(String point) throws IOException {
    shop.deploy("backend", "v2");
    int exit = lastgood(point, rollback());
    assertThat(exit).as(point).isIn(KILLED, DONE);
    if (exit == KILLED && !over()) {
      assertThat(lastgood("none:0", List.of("resume"))).as("resume after " + point).isEqualTo(DONE);
    }
    assertThat(shop.running("backend"))
        .as("instances after " + point)
        .singleElement()
        .extracting("release")
        .isEqualTo("v1");
    assertThat(place.home("backend").resolve("current").toRealPath().getFileName())
        .as(point)
        .hasToString("v1");
    JsonNode report = show();
    assertThat(report.get("ending").get("state").asString()).as(point).isEqualTo("PROVEN");
    for (JsonNode phase : report.get("phases")) {
      for (JsonNode step : phase.get("steps")) {
        assertThat(step.get("attempts").asInt())
            .as("attempts of " + step.get("id").asString() + " after " + point)
            .isEqualTo(1);
      }
    }
  }

  private boolean over() {
    return json("show", "--json").get("ending").get("finished").isString();
  }

  private static List<String> rollback() {
    return List.of("rollback", "--to", "backend=v1", "--yes", "--reason", "v2 stands still");
  }

  private JsonNode show() {
    return json("show", "--json");
  }

  /// Asked here: only what changes something is a process of its own.
  private JsonNode json(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", place.config().toString()));
    InProcess.Said said =
        InProcess.lastgood(System.getenv(), InstantSource.system(), all.toArray(String[]::new));
    assertThat(said.exit()).as(said.err()).isEqualTo(DONE);
    return JsonMapper.builder().build().readTree(said.out());
  }

  private int lastgood(String point, List<String> words) throws IOException {
    Path out = scratch.resolve("out.txt");
    int exit = run(point, out, words);
    if (exit != DONE && exit != KILLED) {
      System.out.println(
          point + " " + words + " ended with " + exit + ":\n" + Files.readString(out));
    }
    return exit;
  }

  private int run(String point, Path out, List<String> words) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingMain.class.getName(),
                point));
    argv.addAll(words);
    Process process =
        new ProcessBuilder(argv)
            .directory(place.folder().toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new UncheckedIOException(
            new IOException(words + " did not end: " + Files.readString(out)));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
