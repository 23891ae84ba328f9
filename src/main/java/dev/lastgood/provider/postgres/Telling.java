package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Written down from before clients are led elsewhere until they have been told: what a dead
/// process left undone.
record Telling(Path file) {
  boolean left() {
    return Files.exists(file);
  }

  void begin(String to) throws IOException {
    AtomicFiles.write(file, to + "\n");
  }

  void done() throws IOException {
    Files.deleteIfExists(file);
  }
}
