package dev.lastgood.config;

import dev.lastgood.config.Shape.KeyShape;
import dev.lastgood.config.Shape.Part;
import dev.lastgood.config.Shape.Presence;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import dev.lastgood.provider.PlatformKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Binds a component: `platform`, `needs`, and the settings of that platform beside them.
final class Components {
  static final KeyShape PLATFORM =
      new KeyShape(
          "platform",
          "Kind of platform it lives on.",
          new Shape.Words(),
          Presence.REQUIRED,
          Optional.empty());
  static final KeyShape NEEDS =
      new KeyShape(
          "needs",
          "Components that must be rolled back before this one.",
          new Shape.Many(new Shape.Words(), true),
          Presence.EMPTY,
          Optional.empty());

  private final Binder binder;
  private final Shapes shapes;
  private final Mistakes mistakes;

  Components(Binder binder, Shapes shapes, Mistakes mistakes) {
    this.binder = binder;
    this.shapes = shapes;
    this.mistakes = mistakes;
  }

  /// The keys a component on this platform may have. Those of the platform come last.
  static Part withOurs(Part settings) {
    var keys = new ArrayList<>(List.of(PLATFORM, NEEDS));
    keys.addAll(settings.keys());
    if (keys.stream().map(KeyShape::name).distinct().count() < keys.size()) {
      throw new IllegalStateException(
          settings.type().getName() + " has a part named platform or needs");
    }
    return new Part(settings.type(), settings.doc(), new Once<>(() -> keys), Optional.empty());
  }

  Optional<Object> bind(Shape.Component component, Yaml node, String path) {
    if (!(node instanceof Keys keys)) {
      mistakes.add(node.place(), "expected " + component.words() + ", found " + node.shown());
      return Optional.empty();
    }
    List<String> known = component.kinds().stream().map(PlatformKind::name).toList();
    Optional<Yaml> platform = keys.value(PLATFORM.name());
    if (platform.isEmpty()) {
      mistakes.add(
          binder.places().getOrDefault(path, keys.place()),
          "`platform` is missing; expected one of " + String.join(", ", known));
      return Optional.empty();
    }
    String name = platform.get() instanceof Scalar scalar ? scalar.text() : "";
    for (PlatformKind<?> kind : component.kinds()) {
      if (kind.name().equals(name)) {
        return bind(kind, keys, path);
      }
    }
    mistakes.add(
        platform.get().place(),
        "unknown platform " + platform.get().shown() + Names.hint(name, known));
    return Optional.empty();
  }

  private <S extends Record> Optional<Object> bind(PlatformKind<S> kind, Keys keys, String path) {
    Part settings = shapes.part(kind.settings());
    List<String> known = withOurs(settings).names();
    keys.entries().stream()
        .map(Yaml.Pair::key)
        .filter(key -> !known.contains(key.text()))
        .forEach(key -> mistakes.add(key.place(), Binder.unknownKey(key.text(), known)));
    Keys theirs =
        new Keys(
            keys.place(),
            keys.entries().stream()
                .filter(entry -> settings.names().contains(entry.key().text()))
                .toList());
    List<String> needs = needs(keys, path);
    return binder
        .record(settings, theirs, path)
        .map(bound ->
            new ComponentConfig<>(
                path.substring(path.indexOf('.') + 1), kind, kind.settings().cast(bound), needs));
  }

  private List<String> needs(Keys keys, String path) {
    String at = path + "." + NEEDS.name();
    keys.entry(NEEDS.name()).ifPresent(entry -> binder.places().put(at, entry.key().place()));
    return keys.value(NEEDS.name())
        .flatMap(node -> binder.bind(NEEDS.shape(), node, at))
        .map(bound -> ((java.util.Set<?>) bound).stream().map(String::valueOf).toList())
        .orElse(List.of());
  }
}
