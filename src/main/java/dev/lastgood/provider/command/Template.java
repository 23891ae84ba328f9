package dev.lastgood.provider.command;

import dev.lastgood.provider.BadSettings;
import java.util.List;
import java.util.Map;

/// Words with placeholders such as `{to}`. What is filled in stays one word.
final class Template {
  private Template() {}

  /// @throws BadSettings if a word names a placeholder that is not known there
  static void check(String key, List<String> words, List<String> known) {
    for (String word : words) {
      for (int open = word.indexOf('{'); open >= 0; open = word.indexOf('{', open + 1)) {
        int close = word.indexOf('}', open);
        String name = close < 0 ? "" : word.substring(open + 1, close);
        boolean looksLikeOne = !name.isEmpty() && name.chars().allMatch(c -> c >= 'a' && c <= 'z');
        if (looksLikeOne && !known.contains(name)) {
          throw new BadSettings(
              key,
              key
                  + " has no {"
                  + name
                  + "}; known are {"
                  + String.join("}, {", known)
                  + "}. Braces for the program itself belong into a script");
        }
      }
    }
  }

  static List<String> filled(List<String> words, Map<String, String> values) {
    return words.stream().map(word -> filled(word, values)).toList();
  }

  /// In one pass, so that a value which looks like a placeholder stays what it is.
  private static String filled(String word, Map<String, String> values) {
    var out = new StringBuilder();
    int at = 0;
    while (at < word.length()) {
      int close = word.charAt(at) == '{' ? word.indexOf('}', at) : -1;
      String value = close < 0 ? null : values.get(word.substring(at + 1, close));
      if (value == null) {
        out.append(word.charAt(at++));
      } else {
        out.append(value);
        at = close + 1;
      }
    }
    return out.toString();
  }
}
