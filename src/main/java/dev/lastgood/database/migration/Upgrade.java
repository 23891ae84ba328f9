package dev.lastgood.database.migration;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The function `upgrade` of a revision of Alembic, as far as it matters without running it.
final class Upgrade {
  private static final Pattern HEAD =
      Pattern.compile("(?m)^def\\s+upgrade\\(\\s*\\)\\s*(?:->\\s*None\\s*)?:");

  /// What else may make a function of that name.
  private static final Pattern MADE =
      Pattern.compile(
          "(?m)^\\s*(?:async\\s+)?def\\s+upgrade\\b|\\bupgrade\\s*=|^@"
              + "|^\\s*(?:from|import)\\b.*(?:\\bupgrade\\b|\\*)");

  private static final Pattern DOCUMENTED =
      Pattern.compile(
          "\\A\\s*(?:\"\"\"(?s:.*?)\"\"\"|\'\'\'(?s:.*?)\'\'\'|\"[^\"\\n]*\"|\'[^\'\\n]*\')[ \\t]*\\r?(?:\\n|\\z)");

  private static final Set<String> IDLE = Set.of("", "pass", "...", "return", "return None");

  private Upgrade() {}

  /// Whether it certainly does nothing, like that of a plain merge.
  static boolean isEmpty(String text) {
    return MADE.matcher(text).results().count() == 1
        && body(text).filter(b -> b.lines().allMatch(Upgrade::isIdle)).isPresent();
  }

  /// Up to the next line that is not indented.
  private static Optional<String> body(String text) {
    Matcher head = HEAD.matcher(text);
    if (!head.find()) {
      return Optional.empty();
    }
    var body = new StringBuilder();
    boolean first = true;
    for (String line : text.substring(head.end()).lines().toList()) {
      boolean outside = !line.isBlank() && !Character.isWhitespace(line.charAt(0));
      if (!first && outside && !line.startsWith("#")) {
        break;
      }
      body.append(line).append('\n');
      first = false;
    }
    return Optional.of(DOCUMENTED.matcher(body).replaceFirst(""));
  }

  private static boolean isIdle(String line) {
    int comment = line.indexOf('#');
    return IDLE.contains((comment < 0 ? line : line.substring(0, comment)).strip());
  }
}
