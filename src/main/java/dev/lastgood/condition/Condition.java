package dev.lastgood.condition;

import java.util.Set;

/// A condition over named values, type-checked when it was made.
public interface Condition {
  /// As written.
  String source();

  /// The names it reads.
  Set<String> names();

  Answer test(Facts facts);

  /// Tests what an HTTP check got. Only a condition that was compiled for [Vocabulary#HTTP] can say
  /// more than unknown here.
  default Answer test(HttpAnswer answer) {
    return new Answer.Unknown(names(), "`" + source() + "` is not about an HTTP answer");
  }

  /// Three answers; unknown is never taken for no.
  sealed interface Answer {
    record Yes() implements Answer {}

    record No() implements Answer {}

    /// @param missing names whose values would settle it; empty when it failed on the values it has
    record Unknown(Set<String> missing, String why) implements Answer {
      public Unknown {
        missing = Set.copyOf(missing);
      }
    }
  }
}
