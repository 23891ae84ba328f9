package dev.lastgood;

import dev.lastgood.flow.Refusal;
import dev.lastgood.model.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where things are on this machine: the configuration, the state, the cache.
final class Places {
  private static final String FILE = "lastgood.yaml";
  private final Function<String, @Nullable String> environment;

  /// @param environment looks up environment variables
  Places(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /// The file that was named, else `lastgood.yaml` here or in a folder above.
  ///
  /// @throws Refusal when there is none
  Path config(Optional<Path> named) throws Refusal {
    if (named.isPresent()) {
      return named.get();
    }
    Path here = Path.of("").toAbsolutePath();
    for (@Nullable Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve(FILE))) {
        return folder.resolve(FILE);
      }
    }
    throw new Refusal(
        Refusal.Turn.INPUT,
        "no "
            + FILE
            + " in "
            + here
            + " or above. Name one with -c FILE, or let `lastgood init` propose one");
  }

  /// The default state folder of a system.
  Path state(Scope scope) {
    String set = environment.apply("LASTGOOD_STATE");
    return set == null || set.isBlank()
        ? base("XDG_STATE_HOME", ".local/state")
            .resolve("lastgood")
            .resolve(plain(scope.system()))
            .resolve(plain(scope.environment()))
        : Path.of(set).toAbsolutePath();
  }

  Path cache() {
    return base("XDG_CACHE_HOME", ".cache").resolve("lastgood");
  }

  private Path base(String variable, String below) {
    String set = environment.apply(variable);
    if (set != null && Path.of(set).isAbsolute()) {
      return Path.of(set);
    }
    String home = environment.apply("HOME");
    return Path.of(home == null || home.isBlank() ? System.getProperty("user.home", ".") : home)
        .resolve(below);
  }

  /// A name as one folder: never a path of its own.
  private static String plain(String name) {
    return name.replace('/', '_').replace('\\', '_').replaceFirst("^\\.+", "_");
  }
}
