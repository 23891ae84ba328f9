package dev.lastgood.flow;

/// What was asked for cannot be done as things are, and nothing was changed. Says what, why, what
/// next.
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;
  private final Turn turn;

  public Refusal(Turn turn, String message) {
    super(message);
    this.turn = turn;
  }

  public Turn turn() {
    return turn;
  }

  /// Whose turn it is.
  public enum Turn {
    /// What was asked makes no sense: an unknown name, a missing answer.
    INPUT,
    /// The environment is not there.
    ENVIRONMENT,
    /// A rule says no: no known good release, another run, no approval.
    RULE,
    /// What was written down cannot be trusted: a person must look.
    PERSON
  }
}
