package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people get wrong: one clear error, the documented exit code, and no change at all.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputJourneyTest {
  @TempDir Path folder;
  private SmallSystem system;

  @BeforeEach
  void v2_is_live_and_v1_is_known_good() throws IOException {
    system = SmallSystem.inPlace(folder);
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    system.close();
  }

  @Test
  void a_malformed_configuration() throws IOException {
    Files.writeString(system.config(), system.usual() + "after: { passes: 1\n");

    Said said = unchanged("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(lines(said))
        .singleElement()
        .asString()
        .contains("lastgood.yaml:", "not YAML", "expected ',' or '}'");
  }

  @Test
  void an_unknown_key() throws IOException {
    Files.writeString(system.config(), system.usual() + "aftr: { passes: 1 }\n");

    Said said = unchanged("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(lines(said))
        .singleElement()
        .asString()
        .contains("lastgood.yaml:14:1: unknown key `aftr`; did you mean `after`?");
  }

  @Test
  void a_configuration_that_is_not_there() throws IOException {
    Files.delete(system.config());

    Said said = unchanged("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(lines(said)).singleElement().asString().contains("lastgood.yaml");
  }

  @Test
  void an_unknown_component() throws IOException {
    Said said = unchanged("rollback", "--yes", "backed");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(lines(said)).singleElement().asString().contains("backed", "Known: backend");
  }

  @Test
  void a_release_that_nobody_has_heard_of() throws IOException {
    Said rollback = unchanged("rollback", "--yes", "--to", "backend=v11");

    assertThat(rollback.exit()).isEqualTo(2);
    assertThat(lines(rollback))
        .singleElement()
        .asString()
        .contains("backend has no release `v11`; did you mean `v1`?");
  }

  @Test
  void a_mark_on_a_release_that_nobody_has_heard_of() throws IOException {
    Said bad = unchanged("mark", "bad", "backend", "v22");

    assertThat(bad.exit()).isEqualTo(2);
    assertThat(lines(bad))
        .singleElement()
        .asString()
        .contains("backend has no release `v22`; did you mean `v2`?");
  }

  @Test
  void a_file_that_holds_no_rows_that_were_left_out() throws IOException {
    Path absent = folder.resolve("public.orders.csv");

    Said none = unchanged("salvage", "apply", absent.toString(), "--to", "env:GOOD");
    Said other = unchanged("salvage", "apply", system.config().toString(), "--to", "env:GOOD");

    assertThat(none.exit()).isEqualTo(2);
    assertThat(lines(none))
        .singleElement()
        .asString()
        .contains(absent + ": there is no such file; nothing was changed. Name one of the .csv");
    assertThat(other.exit()).isEqualTo(2);
    assertThat(lines(other))
        .singleElement()
        .asString()
        .contains(
            "holds no rows that Lastgood left out; nothing was changed. Name one of the .csv");
  }

  @Test
  void a_secret_that_is_missing() throws IOException {
    wantsASecret();

    Said said = unchanged("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(3);
    assertThat(said.err())
        .contains(
            "lastgood.yaml:9:",
            "the environment variable SHOP_TOKEN is not set",
            "Nothing was changed");
    assertThat(system.running()).containsExactly("v2");
  }

  private void withADatabaseNobodyCanAsk() throws IOException {
    Files.writeString(
        system.config(),
        system
                .usual()
                .replace(
                    "checks:\n",
                    "  database: { platform: mongodb, url: \"${env:DATABASE_URL}\" }\nchecks:\n")
            + "after: { passes: 1, patience: 3s }\n");
  }

  @Test
  void what_could_not_be_looked_at_is_named_where_the_plan_is_approved() throws IOException {
    withADatabaseNobodyCanAsk();

    assertThat(system.does("plan", "backend").out().replaceAll("\\s+", " "))
        .contains("database cannot be looked at", "DATABASE_URL is not set");
    system.does("rollback", "--yes", "backend");
    assertThat(system.does("undo", "--yes").out().replaceAll("\\s+", " "))
        .contains("database cannot be looked at", "DATABASE_URL is not set");
  }

  @Test
  void a_ledger_is_not_said_to_have_everything_when_one_could_not_be_looked_at()
      throws IOException {
    withADatabaseNobodyCanAsk();

    Said said = system.lastgood("record");

    assertThat(said.exit()).as("%s", said).isEqualTo(3);
    assertThat(said.out()).doesNotContain("everything");
    assertThat(said.err()).contains("database cannot be looked at", "DATABASE_URL is not set");
  }

  @Test
  void a_name_nobody_has_heard_of_is_refused_although_the_platform_cannot_be_asked()
      throws IOException {
    withADatabaseNobodyCanAsk();

    Said said = system.lastgood("mark", "bad", "database", "snapshot-4");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("snapshot-4", "cannot be asked", "DATABASE_URL is not set");

    system.does("record", "database", "snapshot-4");
    system.does("mark", "bad", "database", "snapshot-4");
  }

  @Test
  void a_secret_that_is_missing_for_one_component_does_not_stop_the_others() throws IOException {
    withADatabaseNobodyCanAsk();

    Said status = system.lastgood("status");
    assertThat(status.exit()).isEqualTo(3);
    assertThat(status.out())
        .contains(
            "database  unreachable: ${env:DATABASE_URL}: the environment variable DATABASE_URL")
        .contains("backend   v2");
    Said not = unchanged("rollback", "--yes", "database");
    assertThat(not.exit()).isEqualTo(3);
    assertThat(not.err()).contains("DATABASE_URL is not set", "Set it here", "nothing was changed");

    Said said = system.lastgood("rollback", "--yes", "backend");

    assertThat(said.exit()).as("%s", said).isZero();
    assertThat(system.running()).containsExactly("v1");
  }

  @Test
  void a_secret_that_is_there_again() throws IOException {
    wantsASecret();
    system.environment("SHOP_TOKEN", "sesame-open-4711");

    Said said = system.does("rollback", "--yes", "backend");

    assertThat(said.out() + said.err()).doesNotContain("sesame");
    assertThat(system.running()).containsExactly("v1");
  }

  private void wantsASecret() throws IOException {
    Files.writeString(
        system.config(),
        Files.readString(system.config())
            .replace(
                "      ports:", "      secrets: { TOKEN: \"${env:SHOP_TOKEN}\" }\n      ports:"));
  }

  @Test
  void no_release_is_known_to_be_good() throws IOException {
    system.does("mark", "bad", "backend", "v1");

    Said said = unchanged("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(4);
    assertThat(said.err()).contains("known good", "not bad");
  }

  @Test
  void nobody_is_there_to_say_yes() throws IOException {
    Said said = unchanged("rollback", "backend");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(lines(said)).singleElement().asString().contains("--yes", "Nothing was changed");
  }

  @Test
  void a_release_that_does_not_exist() throws IOException {
    Said said = unchanged("rollback", "--yes", "--to", "backend=v7");

    assertThat(said.exit()).isIn(2, 4);
    assertThat(said.err()).contains("v7");
  }

  @Test
  void looking_changes_nothing_at_all() throws IOException {
    for (List<String> words :
        List.of(
            List.of("plan"),
            List.of("plan", "--runbook"),
            List.of("plan", "--json", "backend"),
            List.of("decide"),
            List.of("log"),
            List.of("rollback", "--dry-run", "backend"),
            List.of("rollback", "--dry-run", "--json", "backend"))) {
      Said said = unchanged(words.toArray(String[]::new));

      assertThat(said.exit()).as("%s %s", words, said).isZero();
      assertThat(said.err()).as("%s", words).isEmpty();
    }
  }

  private static List<String> lines(Said said) {
    return said.err().lines().toList();
  }

  private Said unchanged(String... words) throws IOException {
    SmallSystem.World before = system.world();
    SortedMap<String, String> state = Tree.ofState(system.state());

    Said said = system.lastgood(words);

    assertThat(system.world()).isEqualTo(before);
    assertThat(Tree.ofState(system.state())).isEqualTo(state);
    assertThat(said.err()).doesNotContain("    at ", "Exception", "defect");
    return said;
  }
}
