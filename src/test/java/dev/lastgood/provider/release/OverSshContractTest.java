package dev.lastgood.provider.release;

import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.ServiceSettings;
import dev.lastgood.provider.ssh.HostsSettings;
import dev.lastgood.provider.ssh.RealSshd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// Folders, a link and a service of commands, through a real sshd.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OverSshContractTest implements PlatformContract {
  @TempDir static Path far;
  private static RealSshd sshd;
  private static HostsSettings kept;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws Exception {
    sshd = RealSshd.in(far.resolve("sshd"), "127.0.0.8");
    kept = sshd.settingsOfKeptLogin();
  }

  @AfterAll
  static void end() {
    if (sshd != null) {
      sshd.close();
    }
  }

  @Override
  public World world() throws Exception {
    Optional<ServiceSettings> service = Services.commands(dir);
    return new Far(new Bench(dir, service, false), service);
  }

  /// The same world, looked at from elsewhere.
  private record Far(Bench near, Optional<ServiceSettings> service) implements World {
    @Override
    public Platform platform() {
      var settings =
          new ReleaseDirectorySettings(
              near.base,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(Path.of("VERSION")),
              java.util.List.of(),
              service,
              Optional.empty(),
              Optional.empty(),
              Optional.of(kept));
      Path state = near.base.resolve("state");
      return new ReleaseDirectoryKind()
          .open(
              Bench.COMPONENT,
              settings,
              new Surroundings(near.base, state, InstantSource.system()));
    }

    @Override
    public String live() {
      return near.live();
    }

    @Override
    public String older() {
      return near.older();
    }

    @Override
    public String snapshot() throws IOException {
      return near.snapshot();
    }

    @Override
    public void remove(String id) throws IOException {
      near.remove(id);
    }

    @Override
    public void close() {
      near.close();
    }
  }
}
