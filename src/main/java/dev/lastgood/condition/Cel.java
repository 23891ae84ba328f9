package dev.lastgood.condition;

/// Compiles conditions written in CEL. The library is loaded when the first condition is compiled.
public final class Cel {
  /// @throws BadCondition if it does not parse, reads an unknown name, or is not a yes-no
  ///   expression
  public Condition compile(String source, Vocabulary vocabulary) throws BadCondition {
    if (source.isBlank() || vocabulary.names().isEmpty()) {
      throw new BadCondition(0, "the condition is empty");
    }
    throw new BadCondition(0, "conditions cannot be read yet");
  }
}
