package dev.lastgood.condition;

import dev.lastgood.condition.Condition.Answer.Unknown;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A compiled condition. Its program is built when it is first tested.
final class CelCondition implements Condition {
  private final String source;
  private final Compiled compiled;
  private final Vocabulary vocabulary;
  private final Function<Compiled, Program> build;
  private volatile @Nullable Program program;

  /// @param build makes the program; called at the first test
  CelCondition(
      String source, Compiled compiled, Vocabulary vocabulary, Function<Compiled, Program> build) {
    this.source = source;
    this.compiled = compiled;
    this.vocabulary = vocabulary;
    this.build = build;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public Set<String> names() {
    return compiled.names();
  }

  @Override
  public Answer test(Facts facts) {
    var known = new HashMap<String, Object>();
    var missing = new TreeMap<String, String>();
    for (String name : names()) {
      facts
          .get(name)
          .ifPresentOrElse(
              value -> sort(name, value, known, missing), () -> missing.put(name, "is not known"));
    }
    return program().test(known, missing);
  }

  /// A value of another type than was declared is no value: a wrong comparison would be an answer.
  private void sort(
      String name, Facts.Value value, Map<String, Object> known, Map<String, String> missing) {
    Vocabulary.Kind kind = vocabulary.names().get(name);
    if (kind == kindOf(value)) {
      known.put(name, plain(value));
    } else {
      missing.put(
          name,
          kind == null
              ? "is not a fact here"
              : "should be " + kind.words() + " and is `" + value.shown() + "`");
    }
  }

  @Override
  public Answer test(HttpAnswer answer) {
    if (!vocabulary.equals(Vocabulary.HTTP)) {
      return new Unknown(names(), "`" + source + "` is not about an HTTP answer");
    }
    var known = new HashMap<String, Object>();
    var missing = new TreeMap<String, String>();
    known.put("status", (long) answer.status());
    known.put("text", answer.text());
    known.put("headers", answer.headers());
    known.put("millis", answer.millis());
    answer
        .body()
        .ifPresentOrElse(body -> known.put("body", body), () -> missing.put("body", "is not JSON"));
    return program().test(known, missing);
  }

  private Program program() {
    Program ready = program;
    if (ready == null) {
      ready = build.apply(compiled);
      program = ready;
    }
    return ready;
  }

  private static Vocabulary.Kind kindOf(Facts.Value value) {
    return switch (value) {
      case Facts.Value.YesNo _ -> Vocabulary.Kind.YES_NO;
      case Facts.Value.Share _, Facts.Value.Amount _ -> Vocabulary.Kind.NUMBER;
      case Facts.Value.Words _ -> Vocabulary.Kind.TEXT;
      case Facts.Value.Lasting _ -> Vocabulary.Kind.DURATION;
    };
  }

  private static Object plain(Facts.Value value) {
    return switch (value) {
      case Facts.Value.YesNo(boolean yes) -> yes;
      case Facts.Value.Share(double fraction) -> fraction;
      case Facts.Value.Amount(double number) -> number;
      case Facts.Value.Words(String text) -> text;
      case Facts.Value.Lasting(var duration) -> duration;
    };
  }

  /// Something that can be evaluated.
  interface Program {
    /// @param known plain values by name
    /// @param missing the other names, each with why: "is not known"
    Answer test(Map<String, Object> known, Map<String, String> missing);
  }

  @Override
  public String toString() {
    return source;
  }
}
