package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Heroku's own command line tool takes the played Heroku for the real one.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlayedHerokuTest {
  @TempDir Path dir;
  private final Peer heroku = Peer.of("heroku", "heroku@11.10.0");

  private String run(PlayedHeroku played, String... words) throws Exception {
    return heroku.run(
        dir,
        Map.of(
            "HEROKU_HOST", played.url().toString(),
            "HEROKU_API_KEY", "t0",
            "HEROKU_DISABLE_TELEMETRY", "1",
            "HEROKU_SKIP_NEW_VERSION_CHECK", "1"),
        words);
  }

  private static PlayedHeroku played() throws Exception {
    return new PlayedHeroku("t0", "ace", InstantSource.system());
  }

  @Test
  void its_tool_lists_the_releases() throws Exception {
    try (var played = played()) {
      played.deployed("c1");
      played.deployed("c2");

      String said = run(played, "releases", "--app", "ace");

      assertThat(said).contains("v1", "v2", "Deploy c2").endsWith("exit 0");
    }
  }

  @Test
  void its_tool_rolls_back_to_a_version() throws Exception {
    try (var played = played()) {
      played.deployed("c1");
      String second = played.deployed("c2");

      String said = run(played, "rollback", "v1", "--app", "ace");

      assertThat(said).contains("Rolling back").endsWith("exit 0");
      assertThat(played.releases()).isEqualTo(3);
      assertThat(played.snapshot()).contains("Rollback to v1").contains(second);
    }
  }

  /// The trap: v3 failed and v2 runs, so "the previous one" is v2 itself to a person, and v1 to it.
  @Test
  void its_tool_goes_one_release_too_far_without_a_version() throws Exception {
    try (var played = played()) {
      played.deployed("c1");
      played.deployed("c2");
      played.is("c3", "failed");

      run(played, "rollback", "--app", "ace");

      assertThat(played.snapshot()).contains("Rollback to v1");
    }
  }
}
