package dev.lastgood.condition;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `300ms`, `5s`, `15m`, `2h`, `7d`, and sums of these (`1h30m`).
public final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Durations() {}

  /// Empty when it is not a duration; a number without a unit is not one.
  public static Optional<Duration> parse(String text) {
    Matcher part = PART.matcher(text.strip());
    Duration sum = Duration.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      sum = sum.plus(one(Long.parseLong(part.group(1)), part.group(2)));
      end = part.end();
    }
    return end > 0 && end == text.strip().length() ? Optional.of(sum) : Optional.empty();
  }

  private static Duration one(long n, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      case "d" -> Duration.ofDays(n);
      default -> throw new IllegalArgumentException(unit);
    };
  }

  /// `850ms`, `4.2s`, `15m`, `2h`, `1h30m`, `3d`.
  public static String shown(Duration d) {
    if (d.isNegative()) {
      return "-" + shown(d.negated());
    }
    long ms = d.toMillis();
    if (ms < 1000) {
      return ms + "ms";
    }
    if (ms < 60_000) {
      return ms % 1000 == 0
          ? ms / 1000 + "s"
          : String.format(java.util.Locale.ROOT, "%.1fs", ms / 1000.0);
    }
    long seconds = d.toSeconds();
    var out = new StringBuilder();
    append(out, seconds / 86_400, "d");
    append(out, seconds % 86_400 / 3600, "h");
    append(out, seconds % 3600 / 60, "m");
    append(out, seconds % 60, "s");
    return out.toString();
  }

  private static void append(StringBuilder out, long n, String unit) {
    if (n > 0) {
      out.append(n).append(unit);
    }
  }
}
