package dev.lastgood.condition;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The names a condition may read, with their types.
///
/// @param options what a text may be, by its name; a name that is not here may be any text
public record Vocabulary(SortedMap<String, Kind> names, SortedMap<String, List<String>> options) {
  public Vocabulary {
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /// What the `expect:` of an HTTP check may read; the values are those of [HttpAnswer].
  public static final Vocabulary HTTP =
      new Vocabulary(
          new TreeMap<>(
              Map.of(
                  "status", Kind.WHOLE,
                  "body", Kind.ANYTHING,
                  "text", Kind.TEXT,
                  "headers", Kind.TEXTS,
                  "millis", Kind.WHOLE)),
          new TreeMap<>());

  /// Facts of any text.
  public static Vocabulary ofFacts(Map<String, FactType> facts) {
    return ofFacts(facts, Map.of());
  }

  public static Vocabulary ofFacts(Map<String, FactType> facts, Map<String, List<String>> options) {
    var names = new TreeMap<String, Kind>();
    facts.forEach((name, type) -> names.put(name, Kind.of(type)));
    return new Vocabulary(names, new TreeMap<>(options));
  }

  /// Types as conditions see them.
  public enum Kind {
    YES_NO("yes or no"),
    /// Shares are from 0 to 1.
    NUMBER("a number with a fraction"),
    WHOLE("a whole number"),
    TEXT("a text"),
    DURATION("a duration"),
    /// Texts by name.
    TEXTS("texts by name"),
    /// Known only when it is there: parsed JSON.
    ANYTHING("JSON");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    public static Kind of(FactType type) {
      return switch (type) {
        case YES_NO -> YES_NO;
        case SHARE, AMOUNT -> NUMBER;
        case TEXT -> TEXT;
        case DURATION -> DURATION;
      };
    }
  }
}
