package dev.lastgood.config;

import dev.lastgood.model.Text;
import java.util.List;
import java.util.Optional;

/// A file as a tree in which every part knows its place.
sealed interface Yaml {
  Place place();

  /// What it is, for "expected …, found …".
  String shown();

  /// @param plain not in quotes and not a block: only then can it be a number, a yes or a no
  /// @param verbatim where its first character is, when the text stands in the file exactly as it
  ///   is here; then a place in the text is a place in the file
  record Scalar(Place place, String text, boolean plain, Optional<Place> verbatim) implements Yaml {
    @Override
    public String shown() {
      return "`" + Text.clip(text, 60) + "`";
    }

    /// The place of one character.
    Place at(int offset) {
      return text.lastIndexOf('\n', offset) >= 0
          ? place
          : verbatim
              .map(start ->
                  new Place(
                      start.file(),
                      start.line(),
                      start.column() + text.codePointCount(0, Math.min(offset, text.length()))))
              .orElse(place);
    }
  }

  record Items(Place place, List<Yaml> all) implements Yaml {
    public Items {
      all = List.copyOf(all);
    }

    @Override
    public String shown() {
      return "a list";
    }
  }

  record Keys(Place place, List<Pair> entries) implements Yaml {
    public Keys {
      entries = List.copyOf(entries);
    }

    @Override
    public String shown() {
      return "a mapping";
    }

    Optional<Pair> entry(String key) {
      return entries.stream().filter(entry -> entry.key().text().equals(key)).findFirst();
    }

    /// Its value, unless the key is not there or has none.
    Optional<Yaml> value(String key) {
      return entry(key).map(Pair::value).filter(value -> !(value instanceof Nothing));
    }

    List<String> names() {
      return entries.stream().map(entry -> entry.key().text()).toList();
    }
  }

  record Pair(Scalar key, Yaml value) {}

  /// A key without a value, or `null`.
  record Nothing(Place place) implements Yaml {
    @Override
    public String shown() {
      return "nothing";
    }
  }
}
