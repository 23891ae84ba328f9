package dev.lastgood.provider.ssh;

import java.util.List;
import java.util.stream.Collectors;

/// Words for a POSIX shell on the other side. `ssh` joins its words with spaces and hands them to a
/// shell, so each must be quoted, always, and nothing else is ever put into a script.
final class ShellWords {
  private ShellWords() {}

  /// One word, in single quotes: between those a shell reads every character as itself, line breaks
  /// too. A single quote closes, stands escaped, and opens again.
  ///
  /// @throws IllegalArgumentException if it has a NUL, which no file name and no word can have
  static String quoted(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a word for another host has a NUL character");
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }

  static String quoted(List<String> words) {
    return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
  }
}
