package dev.lastgood.config;

import dev.lastgood.provider.PlatformKind;
import java.util.List;
import java.util.Optional;

/// What a part of the file must look like, read once from the records it is bound to. The binder
/// and the JSON Schema both follow it, so that neither can know something the other does not.
sealed interface Shape {
  /// What is expected, for messages.
  String words();

  record Words() implements Shape {
    @Override
    public String words() {
      return "a text";
    }
  }

  /// @param wide whether it becomes a `long`
  record Whole(boolean wide) implements Shape {
    @Override
    public String words() {
      return "a whole number";
    }
  }

  record Fraction() implements Shape {
    @Override
    public String words() {
      return "a number such as `0.05` or `5%`";
    }
  }

  record YesNo() implements Shape {
    @Override
    public String words() {
      return "yes or no";
    }
  }

  record Lasting() implements Shape {
    @Override
    public String words() {
      return "a duration such as `5s`, `15m` or `1h30m`";
    }
  }

  record FilePath() implements Shape {
    @Override
    public String words() {
      return "a path";
    }
  }

  /// @param mayBePlain whether a text without a reference is accepted
  record Hidden(boolean mayBePlain) implements Shape {
    @Override
    public String words() {
      return "a reference such as `${env:NAME}` or `${file:path}`";
    }
  }

  /// A CEL expression.
  ///
  /// @param overHttp about what an HTTP check got; else about facts
  record Cel(boolean overHttp) implements Shape {
    @Override
    public String words() {
      return "a condition";
    }
  }

  /// One word of several.
  record Choice(Class<?> type, List<String> options) implements Shape {
    public Choice {
      options = List.copyOf(options);
    }

    @Override
    public String words() {
      return "one of " + String.join(", ", options);
    }
  }

  /// @param set whether repeated elements are a mistake
  record Many(Shape element, boolean set) implements Shape {
    @Override
    public String words() {
      return "a list";
    }
  }

  /// Values by names that the file chooses.
  ///
  /// @param listed when set, a list of names may stand for a mapping that gives each this value
  /// @param sorted whether the order of the file is dropped
  record Named(NameRule rule, Shape value, Optional<String> listed, boolean sorted)
      implements Shape {
    @Override
    public String words() {
      return listed.isPresent() ? "a list of names, or a mapping" : "a mapping";
    }
  }

  /// A record.
  ///
  /// @param shorthand when set, a text alone stands for a mapping with this key
  /// @param read its keys; a file has few of the parts it could have, and reflection is slow
  record Part(
      Class<? extends Record> type,
      String doc,
      Once<List<KeyShape>> read,
      Optional<String> shorthand)
      implements Shape {
    List<KeyShape> keys() {
      return read.get();
    }

    @Override
    public String words() {
      return "a mapping with " + String.join(", ", names());
    }

    List<String> names() {
      return keys().stream().map(KeyShape::name).toList();
    }
  }

  /// @param absent when set, this word means the same as leaving the key out
  record KeyShape(
      String name, String doc, Shape shape, Presence presence, Optional<String> absent) {
    boolean required() {
      return presence == Presence.REQUIRED || presence == Presence.NOT_EMPTY;
    }
  }

  enum Presence {
    REQUIRED,
    OPTIONAL,
    /// A list or a mapping that is empty when it is left out.
    EMPTY,
    /// A list or a mapping that must have something in it.
    NOT_EMPTY
  }

  /// One of several records.
  ///
  /// @param byKey whether the key that is there tells which; else the word after `kind:`
  /// @param shorthand when set, a text alone stands for a mapping with this key
  record Variant(Class<?> type, boolean byKey, Once<List<Case>> read, Optional<String> shorthand)
      implements Shape {
    List<Case> cases() {
      return read.get();
    }

    @Override
    public String words() {
      String marks = String.join(", ", cases().stream().map(Case::mark).toList());
      return byKey ? "a mapping with one of " + marks : "a mapping whose `kind` is one of " + marks;
    }
  }

  /// @param mark the key or the word that tells
  record Case(String mark, Part part) {}

  /// A component: `platform:` tells which settings come with it.
  record Component(List<PlatformKind<?>> kinds) implements Shape {
    public Component {
      kinds = List.copyOf(kinds);
    }

    @Override
    public String words() {
      return "a mapping with `platform` and the settings of that platform";
    }
  }

  /// How names that the file chooses must look.
  enum NameRule {
    ANY("\\S.{0,99}", "at most 100 characters"),
    /// Becomes part of file names and messages.
    NAME(
        "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "letters, digits, `.`, `_` and `-`, at most 64, the first a letter or a digit"),
    /// Becomes a name in conditions.
    FACT("[a-z][a-z0-9_]{0,63}", "lower-case letters, digits and `_`, the first a letter");

    private final String pattern;
    private final String words;

    NameRule(String pattern, String words) {
      this.pattern = pattern;
      this.words = words;
    }

    String pattern() {
      return pattern;
    }

    String words() {
      return words;
    }

    boolean allows(String name) {
      return name.matches(pattern);
    }
  }
}
