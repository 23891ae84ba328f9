package dev.lastgood.config;

import dev.lastgood.condition.Cel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A folder with configuration files, and what loading them gives.
final class Loading {
  /// The smallest file there is.
  static final String SMALL =
      """
      system: shop
      components:
        backend: { platform: some-platform, path: backend }
        database: { platform: some-platform, path: database }
      """;

  /// Made once: setting CEL up takes longer than a test.
  private static final Cel CEL = new Cel();

  private final Path folder;
  final Map<String, String> variables = new HashMap<>();

  Loading(Path folder) {
    this.folder = folder;
  }

  Path file() {
    return folder.resolve("lastgood.yaml");
  }

  Loading with(String name, String content) {
    try {
      Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  SystemConfig load(String content) {
    with("lastgood.yaml", content);
    return load(Optional.empty());
  }

  SystemConfig load(Optional<String> environment) {
    try {
      return loader().load(file(), environment);
    } catch (ConfigException wrong) {
      throw new AssertionError("should load", wrong);
    }
  }

  /// Mistakes as `line:column message`, with the file in front when it is an overlay.
  List<String> mistakes(String content) {
    with("lastgood.yaml", content);
    return mistakes(Optional.empty());
  }

  List<String> mistakes(Optional<String> environment) {
    try {
      loader().load(file(), environment);
      return List.of();
    } catch (ConfigException wrong) {
      return wrong.mistakes().stream().map(Loading::shown).toList();
    }
  }

  private static String shown(ConfigException.Mistake mistake) {
    String name = String.valueOf(Path.of(mistake.file()).getFileName());
    return (name.equals("lastgood.yaml") ? "" : name + " ")
        + mistake.line()
        + ":"
        + mistake.column()
        + " "
        + mistake.message();
  }

  private ConfigLoader loader() {
    return new ConfigLoader(List.of(new SomePlatform()), variables::get, CEL);
  }
}
