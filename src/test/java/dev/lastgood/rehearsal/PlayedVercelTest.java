package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Vercel's own command line tool takes the played Vercel for the real one.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlayedVercelTest {
  @TempDir Path dir;
  private final Peer vercel = Peer.of("vercel", "vercel@60.1.3");

  private String run(PlayedVercel played, String... words) throws Exception {
    Files.createDirectories(dir.resolve(".vercel"));
    Files.writeString(
        dir.resolve(".vercel/project.json"), "{\"projectId\":\"prj_shop\",\"orgId\":\"team_ace\"}");
    var all = new java.util.ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--api",
            played.url().toString(),
            "--token",
            "t0",
            "--scope",
            "ace",
            "--global-config",
            dir.resolve("config").toString()));
    return vercel.run(
        dir,
        Map.of("CI", "1", "VERCEL_TELEMETRY_DISABLED", "1", "NO_UPDATE_NOTIFIER", "1"),
        all.toArray(String[]::new));
  }

  private static PlayedVercel played() throws Exception {
    var played =
        new PlayedVercel("t0", "ace", "shop", List.of("shop.example.com"), InstantSource.system());
    played.served("dpl_1", "c1");
    played.served("dpl_2", "c2");
    return played;
  }

  @Test
  void its_tool_lists_the_deployments() throws Exception {
    try (var played = played()) {
      String said = run(played, "ls", "--prod");

      assertThat(said).contains("shop-1.vercel.app", "shop-2.vercel.app").endsWith("exit 0");
    }
  }

  @Test
  void its_tool_rolls_back_and_pushes_are_frozen() throws Exception {
    try (var played = played()) {
      String said = run(played, "rollback", "dpl_1", "--yes");

      assertThat(said).contains("Success!").endsWith("exit 0");
      assertThat(played.production()).contains("dpl_1");
      assertThat(played.autoAssign()).isFalse();
    }
  }

  @Test
  void its_tool_promotes_and_pushes_go_live_again() throws Exception {
    try (var played = played()) {
      run(played, "rollback", "dpl_1", "--yes");

      String said = run(played, "promote", "dpl_2", "--yes");

      assertThat(said).contains("Success!").endsWith("exit 0");
      assertThat(played.production()).contains("dpl_2");
      assertThat(played.autoAssign()).isTrue();
    }
  }

  @Test
  void its_tool_tells_of_an_alias_that_did_not_move() throws Exception {
    try (var played = played()) {
      played.fails("shop.example.com");

      String said = run(played, "rollback", "dpl_1", "--yes");

      assertThat(said).contains("shop.example.com").endsWith("exit 1");
      assertThat(played.production()).contains("dpl_2");
    }
  }

  @Test
  void its_tool_says_why_a_token_is_not_accepted() throws Exception {
    try (var played = played()) {
      played.expireToken();

      assertThat(run(played, "rollback", "dpl_1", "--yes")).endsWith("exit 1");
      assertThat(played.production()).contains("dpl_2");
    }
  }
}
