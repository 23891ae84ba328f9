package dev.lastgood.provider.envfile;

import java.util.List;
import java.util.Optional;

/// The variables without which a version is never made live.
record Required(List<String> names) {
  /// Why a content cannot go live; names only.
  Optional<String> unfit(byte[] content) {
    Optional<EnvText> text = EnvText.read(content);
    if (text.isEmpty()) {
      return Optional.of("is no text");
    }
    List<String> missing = names.stream().filter(n -> !text.get().values().containsKey(n)).toList();
    List<String> empty = names.stream().filter(n -> "".equals(text.get().values().get(n))).toList();
    if (missing.isEmpty() && empty.isEmpty()) {
      return Optional.empty();
    }
    String lacks = missing.isEmpty() ? "" : "lacks " + String.join(", ", missing);
    String has = empty.isEmpty() ? "" : "has nothing in " + String.join(", ", empty);
    return Optional.of(
        lacks + (lacks.isEmpty() || has.isEmpty() ? "" : " and ") + has + " (required)");
  }
}
