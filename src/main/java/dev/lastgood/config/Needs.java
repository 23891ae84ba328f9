package dev.lastgood.config;

import dev.lastgood.config.Yaml.Items;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks `needs:` on the tree itself, so that a component with another mistake takes part: each
/// names a component, and no way leads back to where it began.
final class Needs {
  private final Mistakes mistakes;

  Needs(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  void check(Keys root) {
    Map<String, List<Scalar>> needs = new LinkedHashMap<>();
    root.value("components")
        .filter(Keys.class::isInstance)
        .map(Keys.class::cast)
        .ifPresent(components ->
            components
                .entries()
                .forEach(entry -> needs.put(entry.key().text(), named(entry.value()))));
    needs.forEach((component, names) -> {
      for (Scalar name : names) {
        known(component, name, needs.keySet());
      }
    });
    Set<String> done = new HashSet<>();
    for (String component : needs.keySet()) {
      walk(component, new ArrayList<>(), needs, done);
    }
  }

  private static List<Scalar> named(Yaml component) {
    return component instanceof Keys keys
            && keys.value(Components.NEEDS.name()).orElse(component) instanceof Items(_, var all)
        ? all.stream().filter(Scalar.class::isInstance).map(Scalar.class::cast).toList()
        : List.of();
  }

  private void known(String component, Scalar name, Set<String> components) {
    if (name.text().equals(component)) {
      mistakes.add(name.place(), "`" + component + "` cannot need itself");
    } else if (!components.contains(name.text())) {
      mistakes.add(
          name.place(),
          "unknown component `" + name.text() + "`" + Names.hint(name.text(), components));
    }
  }

  /// @param way the components that led here
  private void walk(
      String component, List<String> way, Map<String, List<Scalar>> needs, Set<String> done) {
    way.add(component);
    for (Scalar next : needs.getOrDefault(component, List.of())) {
      int back = way.indexOf(next.text());
      if (back >= 0 && !next.text().equals(component)) {
        mistakes.add(
            next.place(),
            "components need each other in a circle: "
                + String.join(" -> ", way.subList(back, way.size()))
                + " -> "
                + next.text());
      } else if (back < 0 && !done.contains(next.text())) {
        walk(next.text(), way, needs, done);
      }
    }
    way.removeLast();
    done.add(component);
  }
}
