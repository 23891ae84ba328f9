package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A script asks for JSON and gets one document, whatever the command and however it ends.
@DisplayNameGeneration(ReplaceUnderscores.class)
class JsonJourneyTest {
  /// One is a show, and the other prints a script.
  private static final Set<String> WITHOUT = Set.of("demo", "completion");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Set<String> asked = new TreeSet<>();

  @TempDir Path folder;

  @Test
  void each_command_prints_one_document() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      readsAndRecords(system);
      aRunFromItsWaitToItsPostMortem(system);
      aRunThatIsStopped(system);
      whatNeedsADatabase(system);

      Set<String> all = commands(system);
      all.removeAll(WITHOUT);
      assertThat(asked).as("each command was asked for JSON").isEqualTo(all);
    }
  }

  private void readsAndRecords(SmallSystem system) throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Said init = system.lastgoodAlone("init", other.toString(), "--json");
    asked.add("init");
    assertThat(read(init).get("written").asString()).endsWith("lastgood.yaml");
    assertThat(read(init).get("yaml").asString()).contains("components:");
    assertThat(read(system.lastgoodAlone("init", other.toString(), "--json")).get("exit").asInt())
        .isEqualTo(4);

    assertThat(json(system, 0, "status").get("knownGood").isNull()).isTrue();
    json(system, 0, "check");
    assertThat(json(system, 0, "check", "--offline").get("checks").get(0).asString())
        .isEqualTo("health");

    JsonNode recorded = json(system, 0, "record", "backend", "v2", "--commit", "abc");
    assertThat(recorded.at("/recorded/0/id").asString()).isEqualTo("v2");
    assertThat(recorded.at("/recorded/0/origin/commit").asString()).isEqualTo("abc");
    assertThat(recorded.get("says").get(0).asString()).isEqualTo("backend v2 is live");
    assertThat(json(system, 0, "record").get("recorded").isEmpty()).isTrue();
    assertThat(json(system, 0, "mark", "good", "backend", "v1").get("word").asString())
        .isEqualTo("GOOD");

    long hold = json(system, 0, "hold", "backend", "v9", "--reason", "broken").get("id").asLong();
    assertThat(json(system, 0, "hold", "--list").size()).isEqualTo(1);
    assertThat(json(system, 4, "record", "backend", "v9").get("error").asString())
        .contains("held by ada");
    assertThat(json(system, 0, "release", Long.toString(hold)).get("hold").asLong())
        .isEqualTo(hold);
    json(system, 0, "log");
    json(system, 0, "decide");
    json(system, 0, "plan", "backend");
    assertThat(json(system, 0, "plan", "backend", "--runbook").get("runbook").asString())
        .contains("# ");
    json(system, 0, "rehearse");
  }

  private void aRunFromItsWaitToItsPostMortem(SmallSystem system) throws IOException {
    assertThat(json(system, 4, "rollback", "--yes").get("error").asString())
        .contains("Not rolling back");
    system.configure("approvals: { self: never }\n");
    JsonNode waits = json(system, 6, "rollback", "--yes", "backend");
    String run = waits.at("/about/run").asString();
    String hash = waits.at("/about/planHash").asString();
    Said approved = system.lastgoodAs("grace", "approve", "--yes", "--plan", hash, "--json");
    asked.add("approve");
    assertThat(approved.exit()).isZero();
    assertThat(read(approved).get("approved").asBoolean()).isTrue();
    assertThat(read(approved).get("run").asString()).isEqualTo(run);
    assertThat(json(system, 0, "resume").at("/ending/state").asString()).isEqualTo("PROVEN");
    json(system, 0, "show");
    json(system, 0, "show", "--plan");
    json(system, 0, "undo", "--dry-run");

    JsonNode draft = json(system, 0, "postmortem");
    assertThat(draft.get("run").asString()).isEqualTo(run);
    assertThat(draft.get("markdown").asString()).startsWith("#");
    assertThat(draft.get("written").isNull()).isTrue();
    Path file = folder.resolve("draft.md");
    assertThat(json(system, 0, "postmortem", "-o", file.toString()).get("written").asString())
        .isEqualTo(file.toString());
  }

  private void aRunThatIsStopped(SmallSystem system) {
    assertThat(json(system, 6, "undo", "--yes").at("/ending/state").asString())
        .isEqualTo("WAITING_FOR_APPROVAL");
    JsonNode stopped = json(system, 0, "stop");
    assertThat(stopped.get("run").isString()).isTrue();
    assertThat(stopped.get("setAside").asBoolean()).isFalse();
    assertThat(json(system, 0, "status").at("/run/says").asString())
        .contains("was told to stop by ada", "lastgood resume")
        .doesNotContain("approve");
    json(system, 4, "resume");
  }

  /// What they print when there is one: SnapshotWordTest, VerdictJourneyTest.
  private void whatNeedsADatabase(SmallSystem system) {
    json(system, 2, "snapshot", "backend");
    json(system, 2, "verdict");
    json(system, 2, "account", "backend");
    json(system, 2, "salvage", "apply", "none.csv");
  }

  @Test
  void what_cannot_be_understood_is_a_document_too() throws IOException {
    try (SmallSystem system = SmallSystem.empty(folder)) {
      assertThat(json(system, 2, "status", "--stauts").get("error").asString())
          .contains("--stauts");
      assertThat(json(system, 2, "mark").get("error").asString()).contains("good|bad");
      Files.writeString(system.config(), "system: small\ncomponents: { a: { platform: b } }\n");
      JsonNode mistaken = json(system, 2, "status");
      assertThat(mistaken.get("exit").asInt()).isEqualTo(2);
      assertThat(mistaken.get("mistakes").get(0).asString()).contains("platform");
    }
  }

  private JsonNode json(SmallSystem system, int exit, String... words) {
    asked.add(words[0]);
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    Said said = system.lastgood(all.toArray(String[]::new));
    assertThat(said.exit()).as("%s: %s", all, said).isEqualTo(exit);
    return read(said);
  }

  private static JsonNode read(Said said) {
    assertThat(said.out()).as("%s", said).isNotBlank();
    return JSON.readTree(said.out());
  }

  /// As the completion of the first word knows them.
  private static Set<String> commands(SmallSystem system) {
    Matcher words =
        Pattern.compile("local commands=\"([a-z ]+)\"")
            .matcher(system.lastgoodAlone("completion").out());
    assertThat(words.find()).isTrue();
    Set<String> names = new TreeSet<>(List.of(words.group(1).split(" ", -1)));
    assertThat(names).contains("status", "demo");
    return names;
  }
}
