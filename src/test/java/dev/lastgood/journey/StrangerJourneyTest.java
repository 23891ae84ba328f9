package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody else's process has the port.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StrangerJourneyTest {
  @TempDir Path folder;

  @Test
  void the_only_port_is_taken_by_a_stranger() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      system.stopEverything();
      try (var _ = stranger(system.ports.getFirst())) {
        SmallSystem.World before = system.world();

        Said said = system.lastgood("rollback", "--yes", "backend");

        assertThat(said.exit()).isEqualTo(3);
        assertThat(said.err().lines())
            .singleElement()
            .asString()
            .contains(
                "nothing was changed",
                "port "
                    + system.ports.getFirst()
                    + " is taken by pid "
                    + ProcessHandle.current().pid(),
                "Stop it, then plan again");
        assertThat(system.world()).isEqualTo(before);
      }
    }
  }

  @Test
  void the_second_port_is_taken_by_a_stranger_so_the_other_way_is_gone() throws IOException {
    try (SmallSystem system = SmallSystem.sideBySide(folder)) {
      int free = system.service().running().getFirst().port();
      int second = system.ports.stream().filter(p -> p != free).findFirst().orElseThrow();
      try (var _ = stranger(second)) {
        Said said = system.lastgood("rollback", "--yes", "backend");

        assertThat(said.exit()).as("%s", said).isZero();
        assertThat(said.out()).contains("is taken by pid");
        assertThat(system.running()).containsExactly("v1");
      }
    }
  }

  /// Whoever had the port may need a moment to let go of it.
  private static ServerSocket stranger(int port) {
    List<ServerSocket> taken = new ArrayList<>();
    Until.holds(
        "port " + port + " is the stranger's",
        () -> {
          try {
            taken.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            return true;
          } catch (IOException e) {
            return false;
          }
        });
    return taken.getFirst();
  }
}
