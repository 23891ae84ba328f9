package dev.lastgood.plan;

/// The phases of a run, in this order. A phase with nothing to do is not in the plan.
public enum Phase {
  PREPARE("prepare"),
  ANNOUNCE("announce"),
  FREEZE("freeze"),
  ROLL_BACK("roll back"),
  VERIFY("verify"),
  REOPEN("reopen"),
  WATCH("watch"),
  CLOSE("close");

  private final String words;

  Phase(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
