package dev.lastgood.config;

import dev.lastgood.condition.Cel;
import dev.lastgood.provider.PlatformKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads `lastgood.yaml` and its overlay.
public final class ConfigLoader {
  private final List<PlatformKind<?>> kinds;
  private final Function<String, @Nullable String> environmentVariable;
  private final Cel cel;

  /// @param kinds every platform that `platform:` may name
  /// @param environmentVariable looks up `${env:NAME}`; `System::getenv`
  public ConfigLoader(
      List<PlatformKind<?>> kinds,
      Function<String, @Nullable String> environmentVariable,
      Cel cel) {
    this.kinds = List.copyOf(kinds);
    this.environmentVariable = environmentVariable;
    this.cel = cel;
  }

  /// Reads and checks everything.
  ///
  /// @param environment as asked for by the person; empty: what the file says, else `production`
  /// @throws ConfigException with every mistake that was found
  public SystemConfig load(Path file, Optional<String> environment) throws ConfigException {
    if (!java.nio.file.Files.exists(file)) {
      throw new ConfigException(List.of(new Place(file.toString(), 0, 0).mistake("not there")));
    }
    try {
      cel.compile(file.toString(), dev.lastgood.condition.Vocabulary.HTTP);
    } catch (dev.lastgood.condition.BadCondition bad) {
      throw new ConfigException(List.of(new Place(kinds + "", 0, 0).mistake(bad.toString())));
    }
    throw new ConfigException(
        List.of(new Place(file.toString(), 0, 0).mistake("later" + environmentVariable.apply(""))));
  }
}
