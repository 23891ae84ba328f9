package dev.lastgood.provider.envfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// What going from one env file to another means, by the names of the variables.
record EnvDiff(List<String> added, List<String> removed, List<String> changed) {
  private static final int MOST = 12;

  static EnvDiff between(Map<String, String> from, Map<String, String> to) {
    return new EnvDiff(
        to.keySet().stream().filter(n -> !from.containsKey(n)).sorted().toList(),
        from.keySet().stream().filter(n -> !to.containsKey(n)).sorted().toList(),
        to.keySet().stream()
            .filter(n -> from.containsKey(n) && !Objects.equals(to.get(n), from.get(n)))
            .sorted()
            .toList());
  }

  /// `adds A; removes B, C; changes D (values masked)`.
  String inWords() {
    List<String> parts = new ArrayList<>();
    add(parts, "adds ", added);
    add(parts, "removes ", removed);
    add(parts, "changes ", changed);
    return parts.isEmpty()
        ? "no variable differs, only remarks, order or spelling"
        : String.join("; ", parts) + " (values masked)";
  }

  private static void add(List<String> parts, String verb, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(
          verb
              + names.stream().limit(MOST).map(EnvText::shown).collect(Collectors.joining(", "))
              + (names.size() > MOST ? " and " + (names.size() - MOST) + " more" : ""));
    }
  }
}
