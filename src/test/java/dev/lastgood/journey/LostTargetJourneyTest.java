package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Tmpfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The release that the plan names is not what it was when somebody said yes to it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LostTargetJourneyTest {
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
  void it_was_removed() throws IOException {
    system.waitingRun();
    Trees.remove(system.release("v1"));

    Said said = refusedAtTheSwitch();

    assertThat(said.err()).contains("release v1 is gone");
  }

  @Test
  void it_was_removed_and_made_anew() throws IOException {
    system.waitingRun();
    Trees.remove(system.release("v1"));
    system.build("v1");

    Said said = refusedAtTheSwitch();

    assertThat(said.err()).contains("v1 was replaced since");
  }

  @Test
  void its_disk_is_not_mounted_any_more() throws IOException {
    Trees.remove(system.release("v1"));
    try (Tmpfs _ = Tmpfs.of(system.release("v1"), 64)) {
      system.build("v1");
      system.waitingRun();
    }

    Said said = refusedAtTheSwitch();

    assertThat(said.err()).contains("v1");
  }

  @Test
  void it_is_not_even_planned_when_it_is_gone() throws IOException {
    Trees.remove(system.release("v1"));
    SmallSystem.World before = system.world();

    Said said = system.lastgood("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(4);
    assertThat(said.err()).contains("backend v1 is gone");
    assertThat(said.err().lines().distinct()).hasSameSizeAs(said.err().lines().toList());
    assertThat(system.world()).isEqualTo(before);
  }

  @Test
  void tries_that_changed_nothing_leave_one_hold_that_they_name_and_no_word_on_what_is_live()
      throws IOException {
    for (int n = 0; n < 2; n++) {
      system.waitingRun();
      Trees.remove(system.release("v1"));
      refusedAtTheSwitch();

      Said stopped = system.lastgood("resume", "--choose", "stop", "--reason", "not now");

      assertThat((stopped.out() + stopped.err()).replaceAll("\\s+", " "))
          .contains(
              "nothing was changed, but deploys stay held: backend v2 until ",
              "(to lift it: lastgood release 1)");
      system.build("v1");
    }
    assertThat(holds()).containsExactly("1");
    assertThat(system.does("log").out()).doesNotContain("backend v2 is bad");

    system.configure("");
    system.does("rollback", "--yes", "backend");

    assertThat(holds()).containsExactly("1");
    assertThat(system.does("log").out()).contains("backend v2 is bad");
  }

  /// Numbers of those in force.
  private List<String> holds() {
    return Pattern.compile("hold (\\d+): deploys of backend v2 are held")
        .matcher(system.does("hold", "--list").out().replaceAll("\\s+", " "))
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  /// The person is asked, with the reason, and nothing is different on the machine.
  private Said refusedAtTheSwitch() throws IOException {
    SmallSystem.World before = system.world();
    assertThat(system.approved().exit()).isZero();

    Said said = system.lastgood("resume");

    assertThat(said.exit()).isEqualTo(5);
    assertThat(system.lastgood("status").out())
        .containsPattern("lastgood resume \\S+ --choose retry\\S*\\|stop --reason");
    assertThat(said.err()).contains("point current at v1").doesNotContain("Exception");
    assertThat(said.out()).contains("Choose:");
    assertThat(system.world()).isEqualTo(before);
    return said;
  }
}
