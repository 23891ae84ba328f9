package dev.lastgood.config;

import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.model.Names;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Tells mistakes that only show when parts of the file are held against each other, at their
/// places.
record Spots(
    Keys root, SortedMap<String, Place> keys, SortedMap<String, Place> values, Mistakes mistakes) {

  /// A mistake in what stands after a key.
  void value(String path, String message) {
    mistakes.add(near(values, path), message);
  }

  /// A mistake in a key, or in that something is there at all.
  void key(String path, String message) {
    mistakes.add(near(keys, path), message);
  }

  /// Tells that a name is unknown, unless it is known.
  ///
  /// @param kind what the name should be of, e.g. `component`
  void known(String path, String kind, String name, Collection<String> known) {
    if (!known.contains(name)) {
      value(path, "unknown " + kind + " `" + name + "`" + Names.hint(name, known));
    }
  }

  /// The names of a mapping as written, those that could not be bound included: a mistake in one
  /// component must not make its name unknown to the others.
  List<String> names(String... way) {
    Optional<Yaml> at = Optional.of(root);
    for (String key : way) {
      at = at.filter(Keys.class::isInstance).flatMap(mapping -> ((Keys) mapping).value(key));
    }
    return at.filter(Keys.class::isInstance)
        .map(mapping -> ((Keys) mapping).names())
        .orElse(List.of());
  }

  /// Whether the mapping at the path does not have the key at all, not even with a mistake.
  boolean missing(String path, String key) {
    return !keys.containsKey(path + "." + key);
  }

  /// The place of a value.
  Place at(String path) {
    return near(values, path);
  }

  private Place near(SortedMap<String, Place> places, String path) {
    String around = path;
    while (!places.containsKey(around) && around.contains(".")) {
      around = around.substring(0, around.lastIndexOf('.'));
    }
    return places.getOrDefault(around, root.place());
  }
}
