package dev.lastgood.config;

import dev.lastgood.config.Shape.NameRule;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/// Reads the file, finds out which environment it is about, and lays `lastgood.ENVIRONMENT.yaml`
/// over it.
final class Sources {
  private static final String DEFAULT_ENVIRONMENT = "production";

  private final Path file;
  private final Mistakes mistakes;

  Sources(Path file, Mistakes mistakes) {
    this.file = file;
    this.mistakes = mistakes;
  }

  record Read(Keys root, String environment) {}

  /// Empty when nothing more can be said than the mistakes that were told.
  Optional<Read> read(Optional<String> asked) {
    Optional<Keys> base = keys(file);
    if (base.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> written = environment(base.get());
    String environment = asked.or(() -> written).orElse(DEFAULT_ENVIRONMENT);
    if (!NameRule.NAME.allows(environment)) {
      mistakes.add(
          base.get().value("environment").map(Yaml::place).orElse(start()),
          "`" + environment + "` cannot be an environment; use " + NameRule.NAME.words());
      return Optional.empty();
    }
    Path overlay = overlay(environment);
    if (Files.exists(overlay)) {
      return keys(overlay).map(over -> laid(base.get(), over, environment, overlay));
    }
    if (!environment.equals(written.orElse(DEFAULT_ENVIRONMENT))) {
      unknownEnvironment(environment, written.orElse(DEFAULT_ENVIRONMENT), overlay);
      return Optional.empty();
    }
    return Optional.of(new Read(base.get(), environment));
  }

  private Optional<Keys> keys(Path from) {
    Optional<Yaml> tree = new YamlReader(from, mistakes).read(from);
    if (tree.isEmpty() || tree.get() instanceof Keys) {
      return tree.map(Keys.class::cast);
    }
    mistakes.add(
        tree.get().place(),
        "expected a mapping with keys such as `system:`, found " + tree.get().shown());
    return Optional.empty();
  }

  private static Optional<String> environment(Keys root) {
    return root.value("environment")
        .filter(Scalar.class::isInstance)
        .map(value -> ((Scalar) value).text());
  }

  private Read laid(Keys base, Keys over, String environment, Path overlay) {
    environment(over)
        .filter(other -> !other.equals(environment))
        .ifPresent(other ->
            mistakes.add(
                over.value("environment").orElseThrow().place(),
                "`" + other + "` contradicts the name of the file, " + overlay.getFileName()));
    return new Read((Keys) Overlay.merge(base, over), environment);
  }

  private void unknownEnvironment(String asked, String written, Path overlay) {
    var known = new TreeSet<>(java.util.Set.of(written));
    try (DirectoryStream<Path> beside =
        Files.newDirectoryStream(folder(), stem() + ".*" + extension())) {
      for (Path other : beside) {
        String name = String.valueOf(other.getFileName());
        known.add(name.substring(stem().length() + 1, name.length() - extension().length()));
      }
    } catch (IOException unreadable) {
      // then only the environment of the file itself is known
    }
    mistakes.add(
        start(),
        "unknown environment `"
            + asked
            + "`: there is no "
            + overlay.getFileName()
            + " beside it"
            + Names.hint(asked, known));
  }

  private Path overlay(String environment) {
    return folder().resolve(stem() + "." + environment + extension());
  }

  private Path folder() {
    return Optional.ofNullable(file.getParent()).orElse(Path.of(""));
  }

  private String stem() {
    String name = String.valueOf(file.getFileName());
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  private String extension() {
    return String.valueOf(file.getFileName()).substring(stem().length());
  }

  private Place start() {
    return new Place(file.toString(), 0, 0);
  }
}
