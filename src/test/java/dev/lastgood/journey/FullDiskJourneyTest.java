package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Tmpfs;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small disk of its own is full at the worst moments. Needs root, to mount it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FullDiskJourneyTest {
  private static final int KILOBYTES = 8000;

  @TempDir Path folder;

  @Test
  void nothing_begins_when_it_cannot_be_written_down() throws IOException {
    try (Tmpfs disk = Tmpfs.of(folder.resolve("state"), KILOBYTES);
        SmallSystem system = SmallSystem.inPlace(folder)) {
      disk.fill();
      SmallSystem.World before = system.world();

      Said said = system.lastgood("rollback", "--yes", "backend");

      assertThat(said.exit()).isEqualTo(3);
      assertThat(said.err().lines())
          .singleElement()
          .asString()
          .contains("lastgood.db: the disk is full; make room");
      assertThat(system.world()).isEqualTo(before);
    }
  }

  @Test
  void a_run_stops_where_it_cannot_write_on_and_goes_on_when_there_is_room() throws Exception {
    try (Tmpfs disk = Tmpfs.of(folder.resolve("state"), KILOBYTES);
        SmallSystem system = SmallSystem.inPlace(folder)) {
      Path gate = folder.resolve("gate");
      system.moods("v1", "waits-for=" + gate);
      try (Child run = Child.lastgood(system, "rollback", "--yes", "backend")) {
        Until.holds("v1 is being started", () -> system.running().contains("v1"));
        disk.fill();
        Files.createFile(gate);

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err().lines())
            .singleElement()
            .asString()
            .contains("cannot go on here", "the disk is full", "Then: lastgood resume 2");
      }
      Files.delete(folder.resolve("state/rest"));

      system.does("resume");

      assertThat(system.running()).containsExactly("v1");
      assertThat(system.lastgood("show").out())
          .contains("proven", "start v1 on port")
          .doesNotContain("2 attempts");
    }
  }

  @Test
  void a_configuration_that_cannot_be_written_is_the_old_one_still() throws Exception {
    Path kept =
        Files.writeString(folder.resolve("before.env"), "TOKEN=old\n" + "#".repeat(6000) + "\n");
    Files.writeString(
        folder.resolve("lastgood.yaml"),
        "system: small\ncomponents:\n  settings: { platform: env-file, path: disk/.env, adopt: [before.env] }\n");
    try (Tmpfs disk = Tmpfs.of(folder.resolve("disk"), 16)) {
      Path live = Files.writeString(folder.resolve("disk/.env"), "TOKEN=new\n");
      String id = "sha256-" + sha256(kept).substring(0, 12);
      disk.fill();

      Said said = lastgood("rollback", "--yes", "--to", "settings=" + id);

      assertThat(said.exit()).isEqualTo(5);
      assertThat(said.err()).contains("No space left on device").doesNotContain("Exception");
      assertThat(live).hasContent("TOKEN=new\n");
      assertThat(folder.resolve("disk"))
          .isDirectoryNotContaining(f -> !List.of(".env", "rest").contains("" + f.getFileName()));
    }
  }

  private static String sha256(Path file) throws Exception {
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(sum);
  }

  private Said lastgood(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", folder.resolve("lastgood.yaml").toString()));
    return InProcess.lastgood(
        Map.of("HOME", folder.toString(), "LASTGOOD_STATE", folder.resolve("state").toString()),
        InstantSource.system(),
        all.toArray(String[]::new));
  }
}
