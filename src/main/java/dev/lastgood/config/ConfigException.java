package dev.lastgood.config;

import java.util.List;

/// The configuration cannot be used. Carries every mistake that was found, not just the first.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient List<Mistake> mistakes;

  public ConfigException(List<Mistake> mistakes) {
    super(String.join("\n", mistakes.stream().map(Mistake::shown).toList()));
    this.mistakes = List.copyOf(mistakes);
  }

  public List<Mistake> mistakes() {
    return mistakes;
  }

  /// @param line from 1; 0 when the mistake has no place
  /// @param column from 1
  /// @param message what is wrong, what was expected, the nearest known name
  public record Mistake(String file, int line, int column, String message) {
    public String shown() {
      return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
    }
  }
}
