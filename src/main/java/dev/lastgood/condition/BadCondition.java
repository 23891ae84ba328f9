package dev.lastgood.condition;

/// A condition that does not parse or does not type-check. Its message says why, with the nearest
/// known name where a name is unknown.
public final class BadCondition extends Exception {
  private static final long serialVersionUID = 1L;
  private final int offset;

  /// @param offset where in the expression, in characters from 0
  public BadCondition(int offset, String message) {
    super(message);
    this.offset = offset;
  }

  public int offset() {
    return offset;
  }
}
