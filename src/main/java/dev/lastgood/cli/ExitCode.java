package dev.lastgood.cli;

import dev.lastgood.flow.Refusal;

/// What the exit code of a command means. Documented in `docs/cli.md`; a code never changes its
/// meaning.
public enum ExitCode {
  DONE(0, "done, and proven where there was something to prove"),
  INPUT(2, "your input: an unknown name, a mistake in the configuration, a missing answer"),
  ENVIRONMENT(3, "the environment: a platform, the state or a program cannot be reached"),
  REFUSED(
      4,
      "refused: a rule, a platform or a person said no; nothing was changed, or the report says what"),
  UNKNOWN(5, "unknown: a person must look; the report says at what"),
  WAITING(6, "not over: the run waits for an approval, or goes on with `lastgood resume`"),
  BUG(70, "a defect of Lastgood: please report it with the text above");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  public String meaning() {
    return meaning;
  }

  static ExitCode of(Refusal.Turn turn) {
    return switch (turn) {
      case INPUT -> INPUT;
      case ENVIRONMENT -> ENVIRONMENT;
      case RULE -> REFUSED;
      case PERSON -> UNKNOWN;
    };
  }
}
