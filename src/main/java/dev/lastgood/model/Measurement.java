package dev.lastgood.model;

/// What one look at a running system gave. No answer is an answer of its own, never zero and never
/// "healthy".
public sealed interface Measurement {
  /// What was seen, in words for people.
  String seen();

  record Healthy(String seen) implements Measurement {}

  record Unhealthy(String seen) implements Measurement {}

  /// It answered, but the answer says neither; a person should look.
  record Inconclusive(String seen) implements Measurement {}

  /// It could not be measured: refused, timed out, not readable.
  record Error(String seen) implements Measurement {}

  default boolean healthy() {
    return this instanceof Healthy;
  }

  /// The same answer in other words.
  default Measurement saying(String words) {
    return switch (this) {
      case Healthy _ -> new Healthy(words);
      case Unhealthy _ -> new Unhealthy(words);
      case Inconclusive _ -> new Inconclusive(words);
      case Error _ -> new Error(words);
    };
  }

  default String word() {
    return switch (this) {
      case Healthy _ -> "healthy";
      case Unhealthy _ -> "unhealthy";
      case Inconclusive _ -> "inconclusive";
      case Error _ -> "error";
    };
  }
}
