package dev.lastgood.provider.flagd;

import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.ContentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Definitions of one flag that were replaced, word for word, so that the undo can put them back.
///
/// @param folder where they are kept, each under its content's name; need not exist yet
record Definitions(Path folder) {
  private static final int LARGEST = 1 << 20;

  /// The name of a definition: equal texts, equal name.
  static String id(String text) {
    return ContentId.of(text.getBytes(StandardCharsets.UTF_8)).replace("sha256-", "");
  }

  void keep(String text) throws IOException {
    Path file = folder.resolve(id(text) + ".json");
    if (!Files.exists(file)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      AtomicFiles.write(file, text);
    }
  }

  /// What was kept under that name, if it still is what it was.
  Optional<String> kept(String id) throws IOException {
    Path file = folder.resolve(id + ".json");
    return Files.exists(file)
        ? Optional.of(AtomicFiles.read(file, LARGEST)).filter(t -> id(t).equals(id))
        : Optional.empty();
  }

  List<String> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.matches("[0-9a-f]{12}\\.json"))
          .map(n -> n.substring(0, 12))
          .sorted()
          .toList();
    }
  }
}
