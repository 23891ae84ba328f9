package dev.lastgood.decision;

/// What is to be done.
public enum Action {
  ROLL_BACK("roll back"),
  /// Roll back code and restore data.
  ROLL_BACK_WITH_DATA("roll back, with the database"),
  FIX_FORWARD("fix forward"),
  FLAG_OFF("switch the feature off"),
  MONITOR("monitor"),
  /// No rule fits: a person decides.
  ASK("a person must decide");

  private final String words;

  Action(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  public boolean rollsBack() {
    return this == ROLL_BACK || this == ROLL_BACK_WITH_DATA;
  }
}
