package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Supabase's own command line tool takes the played Supabase for the real one.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlayedSupabaseTest {
  private static final String TOKEN = "sbp_" + "0123456789".repeat(4);
  private static final String PROJECT = "abcdefghijklmnopqrst";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path dir;
  private final Peer supabase = Peer.of("supabase", "supabase@3.1.0");

  private String run(PlayedSupabase played, String... words) throws Exception {
    Path profile = dir.resolve("played.yaml");
    Files.writeString(
        profile,
        "name: played\napi_url: %s\ndashboard_url: %s\nproject_host: supabase.example\n"
            .formatted(played.url(), played.url()));
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--profile", profile.toString()));
    return supabase.run(
        dir,
        Map.of("SUPABASE_ACCESS_TOKEN", TOKEN, "DO_NOT_TRACK", "1"),
        all.toArray(String[]::new));
  }

  private static PlayedSupabase played() throws Exception {
    var played = new PlayedSupabase(TOKEN, PROJECT, InstantSource.fixed(NOON));
    played.backup(1, true, "COMPLETED", NOON.minus(Duration.ofHours(9)));
    return played;
  }

  @Test
  void its_tool_lists_the_backups() throws Exception {
    try (var played = played()) {
      assertThat(run(played, "backups", "list", "--project-ref", PROJECT)).endsWith("exit 0");
      assertThat(played.asked()).anyMatch(a -> a.is("GET", ".*/database/backups"));
    }
  }

  @Test
  void its_tool_restores_a_second() throws Exception {
    try (var played = played()) {
      String said =
          run(
              played,
              "backups",
              "restore",
              "--project-ref",
              PROJECT,
              "--timestamp",
              "1795262000",
              "--yes");

      assertThat(said).endsWith("exit 0");
      assertThat(played.content()).isEqualTo("second 1795262000");
    }
  }

  /// The trap of a written runbook: nothing is reverted, and the exit code says that all is well.
  @Test
  void its_tool_reverts_no_migration_and_is_content() throws Exception {
    try (var played = played()) {
      assertThat(run(played, "migration", "revert", "--version", "20261121")).endsWith("exit 0");
      assertThat(played.changes()).isZero();
    }
  }
}
