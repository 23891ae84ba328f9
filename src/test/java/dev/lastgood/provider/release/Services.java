package dev.lastgood.provider.release;

import dev.lastgood.provider.local.CommandServiceSettings;
import dev.lastgood.provider.local.FreePorts;
import dev.lastgood.provider.local.ProcessServiceSettings;
import dev.lastgood.provider.local.ServiceSettings;
import dev.lastgood.provider.local.TinyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Services to run out of a release directory in tests.
final class Services {
  private Services() {}

  /// A real process for each release, on as many free ports.
  static Optional<ServiceSettings> tinyServer(int ports) throws IOException {
    return Optional.of(
        new ProcessServiceSettings(
            TinyServer.words("{port}", "{id}"),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            FreePorts.some(ports),
            Optional.of(Duration.ofSeconds(20)),
            Optional.of(Duration.ofSeconds(5)),
            Optional.empty()));
  }

  /// A service of commands, whose process is a file.
  static Optional<ServiceSettings> commands(Path dir) throws IOException {
    Path folder = Files.createTempDirectory(dir, "commands");
    String runs = folder.resolve("runs").toString();
    return Optional.of(
        new CommandServiceSettings(
            List.of(script(folder, "start", "echo \"$1\" > " + runs), "{id}"),
            List.of(script(folder, "stop", "rm -f " + runs)),
            List.of(script(folder, "status", "test -f " + runs + " || exit 3")),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(5))));
  }

  static String script(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }
}
