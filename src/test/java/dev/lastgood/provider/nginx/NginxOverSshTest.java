package dev.lastgood.provider.nginx;

import dev.lastgood.provider.ssh.HostsSettings;
import dev.lastgood.provider.ssh.RealSshd;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// Everything an nginx must do, through a real sshd.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NginxOverSshTest extends NginxPlatformTest {
  @TempDir static Path far;
  private static RealSshd sshd;
  private static HostsSettings kept;

  @BeforeAll
  static void start() throws Exception {
    sshd = RealSshd.in(far.resolve("sshd"), "127.0.0.4");
    kept = sshd.settingsOfKeptLogin();
  }

  @AfterAll
  static void end() {
    if (sshd != null) {
      sshd.close();
    }
  }

  @Override
  Optional<HostsSettings> hosts() {
    return Optional.of(kept);
  }
}
