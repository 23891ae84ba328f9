package dev.lastgood.condition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lets a condition carry numbers with units, as the rest of the file does: `error_rate > 5%`,
/// `downtime > 1h30m`. They become what CEL knows: `0.05`, `duration("5400s")`.
///
/// Nothing that CEL could read otherwise is touched: a number directly followed by letters is never
/// CEL, and a `%` is the remainder only when a value comes after it.
record Literals(String cel, List<Edit> edits) {
  Literals {
    edits = List.copyOf(edits);
  }

  /// @param at where the replacement starts in `cel`
  /// @param length of the replacement
  /// @param was length of what was written
  record Edit(int at, int length, int was) {}

  static Literals read(String written) {
    return new Reader(written).read();
  }

  /// Where a place of `cel` is in what was written.
  int written(int offset) {
    int shift = 0;
    for (Edit edit : edits) {
      if (offset < edit.at) {
        break;
      }
      if (offset < edit.at + edit.length) {
        return edit.at + shift;
      }
      shift += edit.was - edit.length;
    }
    return offset + shift;
  }

  /// One pass, token by token, so that texts and names are left alone.
  private static final class Reader {
    /// Longer ones overflow, and nobody writes them.
    private static final int LONGEST_DURATION = 40;

    private final String written;
    private final StringBuilder cel = new StringBuilder();
    private final List<Edit> edits = new ArrayList<>();
    private int at;

    Reader(String written) {
      this.written = written;
    }

    Literals read() {
      while (at < written.length()) {
        char c = written.charAt(at);
        if (c == '"' || c == '\'') {
          copy(endOfText(at, rawPrefix()));
        } else if (written.startsWith("//", at)) {
          copy(endOfLine());
        } else if (isDigit(c)) {
          number();
        } else if (Character.isLetter(c) || c == '_') {
          copy(endOfName(at));
        } else {
          copy(at + 1);
        }
      }
      return new Literals(cel.toString(), edits);
    }

    private void number() {
      int end = endOfNumber();
      int afterUnits = endOfName(end);
      if (end < written.length() && written.charAt(end) == '%' && noValueFollows(end + 1)) {
        replace(end + 1, percent(written.substring(at, end)));
        return;
      }
      Optional<Duration> duration =
          afterUnits - at > LONGEST_DURATION
              ? Optional.empty()
              : Durations.parse(written.substring(at, afterUnits));
      if (duration.isPresent()) {
        replace(afterUnits, "duration(\"" + seconds(duration.get()) + "\")");
      } else {
        copy(afterUnits);
      }
    }

    private static String percent(String number) {
      String fraction = new java.math.BigDecimal(number).movePointLeft(2).toPlainString();
      return fraction.contains(".") ? fraction : fraction + ".0";
    }

    /// CEL knows no days, and no sums that begin with them.
    private static String seconds(Duration duration) {
      return java.math.BigDecimal.valueOf(duration.toMillis(), 3).toPlainString() + "s";
    }

    /// Digits, and at most one point between them.
    private int endOfNumber() {
      int end = endOfDigits(at);
      boolean fraction = written.startsWith(".", end) && endOfDigits(end + 1) > end + 1;
      return fraction ? endOfDigits(end + 1) : end;
    }

    private int endOfDigits(int from) {
      int end = from;
      while (end < written.length() && isDigit(written.charAt(end))) {
        end++;
      }
      return end;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    /// After a remainder sign CEL wants a value; these can only come after a complete one.
    private boolean noValueFollows(int from) {
      int next = from;
      while (next < written.length() && Character.isWhitespace(written.charAt(next))) {
        next++;
      }
      return next == written.length()
          || ")]},&|?:=<>*/+%".indexOf(written.charAt(next)) >= 0
          || written.startsWith("!=", next);
    }

    /// Letters, digits and underscores, from the place on.
    private int endOfName(int from) {
      int end = from;
      while (end < written.length()
          && (Character.isLetterOrDigit(written.charAt(end)) || written.charAt(end) == '_')) {
        end++;
      }
      return end;
    }

    private int endOfLine() {
      int end = written.indexOf('\n', at);
      return end < 0 ? written.length() : end;
    }

    /// `r'…'` and its kin take a backslash as it is.
    private boolean rawPrefix() {
      int start = at;
      while (start > 0 && Character.isLetter(written.charAt(start - 1))) {
        start--;
      }
      String prefix = written.substring(start, at).toLowerCase(java.util.Locale.ROOT);
      return prefix.equals("r") || prefix.equals("br") || prefix.equals("rb");
    }

    private int endOfText(int from, boolean raw) {
      String quote = written.substring(from, from + 1);
      String close = written.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote;
      int end = from + close.length();
      while (end < written.length() && !written.startsWith(close, end)) {
        end += !raw && written.charAt(end) == '\\' ? 2 : 1;
      }
      return Math.min(written.length(), end + close.length());
    }

    private void copy(int end) {
      cel.append(written, at, end);
      at = end;
    }

    private void replace(int end, String replacement) {
      edits.add(new Edit(cel.length(), replacement.length(), end - at));
      cel.append(replacement);
      at = end;
    }
  }
}
