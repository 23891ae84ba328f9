package dev.lastgood.config;

import dev.lastgood.condition.Cel;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Pair;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.provider.PlatformKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads `lastgood.yaml` and its overlay, and tells every mistake at once.
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

  /// Reads and checks everything but the secrets, which are looked up when they are used; see
  /// [SystemConfig#missingSecrets()].
  ///
  /// @param environment as asked for by the person; empty: what the file says, else `production`
  /// @throws ConfigException with every mistake that was found
  public SystemConfig load(Path file, Optional<String> environment) throws ConfigException {
    var mistakes = new Mistakes();
    Optional<Sources.Read> read = new Sources(file, mistakes).read(environment);
    if (read.isEmpty()) {
      mistakes.throwIfAny();
    }
    return load(file, read.orElseThrow(), mistakes);
  }

  private SystemConfig load(Path file, Sources.Read read, Mistakes mistakes)
      throws ConfigException {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    var secrets = new Secrets(folder, environmentVariable, mistakes);
    var shapes = new Shapes(kinds);
    var conditions = new Conditions(cel, FactNames.vocabulary(read.root()), mistakes);
    var binder = new Binder(shapes, conditions, secrets, mistakes);
    Keys root = withSystem(read.root(), mistakes);
    Optional<Form> form = binder.bind(shapes.part(Form.class), root, "").map(Form.class::cast);
    new Needs(mistakes).check(root);
    if (form.isEmpty()) {
      mistakes.throwIfAny();
    }
    var spots = new Spots(root, binder.places(), binder.values(), mistakes);
    SystemConfig config =
        new Meaning(file, folder, read.environment(), spots, conditions)
            .of(form.orElseThrow(), secrets.uses());
    mistakes.throwIfAny();
    return config;
  }

  /// A missing name must not hide what else is wrong.
  private static Keys withSystem(Keys root, Mistakes mistakes) {
    if (root.value("system").filter(Scalar.class::isInstance).isPresent()) {
      return root;
    }
    Place place = root.value("system").map(Yaml::place).orElse(root.place());
    mistakes.add(place, "`system` is missing; expected a text: the name of the system, e.g. shop");
    var entries = new ArrayList<>(Binder.without(root, List.of("system")).entries());
    entries.add(new Pair(scalar("system", place), scalar("unnamed", place)));
    return new Keys(root.place(), entries);
  }

  private static Scalar scalar(String text, Place place) {
    return new Scalar(place, text, true, Optional.empty());
  }
}
