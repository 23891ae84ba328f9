package dev.lastgood.provider.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What was in a restored database before it went live, by its oid: what was written since is
/// counted from there when it is left again.
record Baselines(Path folder) {
  void keep(Manifest manifest) throws IOException {
    manifest.write(Files.createDirectories(folder(manifest.oid())));
  }

  Optional<Manifest> of(long oid) {
    try {
      return Optional.of(Manifest.read(folder(oid)));
    } catch (IOException e) {
      return Optional.empty(); // said as "cannot be counted" where it matters
    }
  }

  private Path folder(long oid) {
    return folder.resolve("before-" + oid);
  }
}
