package dev.lastgood.provider.envfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.ContentId;
import dev.lastgood.provider.ssh.RealSshd;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An env file on two machines with a real sshd each.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EnvFileOnSeveralHostsTest {
  private static final String CONTENT = "URL=https://shop.example\n";

  @TempDir Path dir;
  private final List<RealSshd> machines = new ArrayList<>();
  private Path site;

  @BeforeEach
  void start() throws Exception {
    site = Files.createDirectories(dir.resolve("site"));
    for (int i = 1; i <= 2; i++) {
      Path own = Files.createDirectories(dir.resolve("machine" + i));
      Files.writeString(own.resolve("shop.env"), CONTENT);
      machines.add(RealSshd.machine(dir.resolve("sshd" + i), "127.0.0." + (30 + i), own, site));
      if (i > 1) {
        machines.getLast().like(machines.getFirst());
      }
    }
    Files.createDirectories(dir.resolve("state"));
  }

  @AfterEach
  void end() {
    machines.forEach(RealSshd::close);
  }

  @Test
  void a_host_that_is_down_keeps_no_other_one_from_keeping_what_is_live() throws Exception {
    var platform = (Keeping) platform();
    machines.getLast().close();

    Keeping.Kept kept = platform.keep();

    assertThat(kept.ids()).containsExactly(ContentId.of(CONTENT.getBytes(StandardCharsets.UTF_8)));
    assertThat(kept.lost())
        .singleElement()
        .asString()
        .startsWith(machines.getLast().name() + ": cannot be reached");
    assertThat(dir.resolve("machine1/versions")).isNotEmptyDirectory();
    assertThat(dir.resolve("machine2/versions")).doesNotExist();
  }

  private Platform platform() {
    var hosts =
        RealSshd.settings(
            machines,
            machines.getFirst().userKey(),
            machines.getFirst().knownHosts(),
            Optional.of(2));
    return new EnvFileKind()
        .open(
            "config",
            new EnvFileSettings(
                site.resolve("shop.env"),
                Optional.of(site.resolve("versions")),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(hosts)),
            new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
  }
}
