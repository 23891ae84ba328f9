package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.ssh.HostsSettings;
import dev.lastgood.provider.ssh.RealSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How often another host is asked: far away, that is what takes the time. What goes to it is
/// copied by the `ssh` that is used, and counted.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WaysThereAndBackTest {
  private static final Release V1 = Release.of("backend", "v1");
  private static final Release V2 = Release.of("backend", "v2");

  @TempDir Path dir;
  private RealSshd sshd;
  private Platform platform;

  @BeforeEach
  void open() throws Exception {
    sshd = RealSshd.in(dir.resolve("sshd"), "127.0.0.9");
    Path ssh = dir.resolve("ssh");
    Files.writeString(ssh, "#!/bin/sh\ntee -a '" + dir.resolve("sent") + "' | ssh \"$@\"\n");
    Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
    for (int n = 1; n <= 30; n++) {
      Path release = Files.createDirectories(dir.resolve("site/releases/v" + n));
      Files.writeString(release.resolve("REVISION"), "commit" + n);
      Files.writeString(release.resolve("VERSION"), "1." + n);
    }
    Files.createSymbolicLink(dir.resolve("site/current"), Path.of("releases/v2"));
    platform = platform(sshd.settings(), ssh);
  }

  private Platform platform(HostsSettings plain, Path ssh) {
    var hosts =
        new HostsSettings(
            plain.addresses(),
            plain.user(),
            plain.port(),
            plain.key(),
            plain.knownHosts(),
            plain.atOnce(),
            plain.first(),
            plain.prove(),
            Optional.of(ssh),
            plain.connect());
    var settings =
        new ReleaseDirectorySettings(
            dir.resolve("site"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Path.of("VERSION")),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(hosts));
    return new ReleaseDirectoryKind()
        .open(
            "backend",
            settings,
            new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
  }

  @AfterEach
  void end() {
    sshd.close();
  }

  private int asked() throws IOException {
    return Files.readString(dir.resolve("sent")).split("\\(eval ", -1).length - 1;
  }

  @Test
  void thirty_releases_are_looked_at_in_one() throws Exception {
    assertThat(platform.inventory().releases()).hasSize(30);

    assertThat(asked()).isEqualTo(1);
    assertThat(platform.inventory().releases())
        .anySatisfy(r -> {
          assertThat(r.id()).isEqualTo("v7");
          assertThat(r.origin().version()).contains("1.7");
          assertThat(r.origin().commit()).contains("commit7");
        });
  }

  @Test
  void a_plan_is_made_in_one_and_its_switch_is_looked_at_done_and_seen_in_four() throws Exception {
    Method way = platform.methods(V2, V1).getFirst();
    assertThat(asked()).isEqualTo(1);
    Act act = (Act) way.legs().getFirst();

    assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).isInstanceOf(Sight.Holds.class);

    // Every host before any is changed; this one right before it is; the switch; the look after it.
    assertThat(asked()).isEqualTo(1 + 4);
    assertThat(Files.readSymbolicLink(dir.resolve("site/current")))
        .isEqualTo(Path.of("releases/v1"));
  }
}
