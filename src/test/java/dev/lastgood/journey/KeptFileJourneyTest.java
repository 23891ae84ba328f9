package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A team that has never rolled back edits a file in place: only what was kept before can come
/// back.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeptFileJourneyTest {
  private static final String GOOD = "URL=https://shop.example\n";
  private static final String BAD = "URL=\n";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void a_file_nobody_has_a_backup_of() throws IOException {
    file = Files.writeString(folder.resolve("shop.env"), GOOD);
    Files.writeString(
        folder.resolve("lastgood.yaml"),
        "system: shop\ncomponents:\n  config: { platform: env-file, path: shop.env }\n");
  }

  @Test
  void what_was_recorded_and_marked_good_comes_back() throws IOException {
    assertThat(does("record").out()).contains("is live (discovered)", "is kept");
    does("mark", "good", "config");
    Files.writeString(file, BAD);
    does("record");

    does("rollback", "--yes", "config");

    assertThat(file).hasContent(GOOD);
  }

  @Test
  void a_plan_warns_of_what_it_moves_and_where_it_goes_and_of_nothing_else() throws IOException {
    Files.writeString(
        folder.resolve("lastgood.yaml"),
        """
        system: shop
        components:
          config: { platform: env-file, path: shop.env }
          other: { platform: env-file, path: other.env }
        """);
    for (String content : List.of("FIRST=1\n", GOOD, BAD)) {
      Files.writeString(file, content);
      Files.writeString(folder.resolve("other.env"), content);
      does("record");
      if (content.equals(GOOD)) {
        does("mark", "good", "config");
      }
    }

    String plan = does("plan", "config").out().replaceAll("\\s+", " ");

    assertThat(plan).contains("config: going to sha256-").doesNotContain("other: going to");
    assertThat(plan.split("going to sha256-", -1)).hasSize(2);
  }

  @Test
  void an_undo_says_that_what_it_brings_back_stays_held_and_how_to_lift_that() throws IOException {
    does("record");
    does("mark", "good", "config");
    Files.writeString(file, BAD);
    does("rollback", "--yes", "config");

    assertThat(does("undo", "--yes").out().replaceAll("\\s+", " "))
        .contains("stays held", "`lastgood release 1` and `lastgood mark good config sha256-");
    assertThat(file).hasContent(BAD);
  }

  @Test
  void a_person_s_word_that_it_is_good_keeps_it_too() throws IOException {
    assertThat(does("mark", "good", "config").out()).contains("is marked good", "is kept");
    Files.writeString(file, BAD);

    does("rollback", "--yes", "config");

    assertThat(file).hasContent(GOOD);
  }

  @Test
  void a_word_about_another_release_keeps_nothing_and_says_that_it_has_no_copy()
      throws IOException {
    String good = does("record").out().replaceFirst("(?s).*config (sha256-\\S+) is kept.*", "$1");
    Files.writeString(file, BAD);

    Said said = does("mark", "good", "config", good);
    assertThat(said.out()).doesNotContain("is kept", "no copy");
    assertThat(copies()).hasSize(1);

    forget();
    assertThat(does("mark", "good", "config", good).out())
        .contains("config " + good + " is not live, and no copy of it is there");
    assertThat(copies()).isEmpty();
  }

  @Test
  void what_is_kept_is_removed_by_retention_too() throws IOException {
    Files.writeString(
        folder.resolve("lastgood.yaml"),
        "system: shop\ncomponents:\n  config: { platform: env-file, path: shop.env, keep: 2 }\n");
    for (int n = 0; n < 4; n++) {
      Files.writeString(file, "N=" + n + "\n");
      Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(n)));
      does("record");
    }

    assertThat(copies()).hasSize(2);
  }

  private void forget() throws IOException {
    for (Path copy : copies()) {
      Files.delete(copy);
    }
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("state/platforms/config/versions/config"))) {
      return all.toList();
    }
  }

  @Test
  void what_cannot_be_kept_is_said_at_once() throws IOException {
    Files.createDirectories(folder.resolve("state/platforms/config"));
    Files.writeString(folder.resolve("state/platforms/config/versions"), "in the way");

    Said said = lastgood("record");

    assertThat(said.exit()).as("%s", said).isEqualTo(3);
    assertThat(said.err()).contains("config");
  }

  private Said does(String... words) {
    Said said = lastgood(words);
    assertThat(said.exit()).as("%s", said).isZero();
    return said;
  }

  private Said lastgood(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", folder.resolve("lastgood.yaml").toString()));
    return InProcess.lastgood(
        Map.of("LASTGOOD_STATE", folder.resolve("state").toString(), "HOME", folder.toString()),
        InstantSource.system(),
        all.toArray(String[]::new));
  }
}
