package dev.lastgood.condition;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The names a condition may read, with their types.
public record Vocabulary(SortedMap<String, Kind> names) {
  public Vocabulary {
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
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
                  "millis", Kind.WHOLE)));

  public static Vocabulary ofFacts(Map<String, FactType> facts) {
    var names = new TreeMap<String, Kind>();
    facts.forEach((name, type) -> names.put(name, Kind.of(type)));
    return new Vocabulary(names);
  }

  /// Types as conditions see them.
  public enum Kind {
    YES_NO,
    /// A number with a fraction; shares are from 0 to 1.
    NUMBER,
    WHOLE,
    TEXT,
    DURATION,
    /// Texts by name.
    TEXTS,
    /// Known only when it is there: parsed JSON.
    ANYTHING;

    static Kind of(FactType type) {
      return switch (type) {
        case YES_NO -> YES_NO;
        case SHARE, AMOUNT -> NUMBER;
        case TEXT -> TEXT;
        case DURATION -> DURATION;
      };
    }
  }
}
