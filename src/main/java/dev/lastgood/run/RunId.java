package dev.lastgood.run;

import dev.lastgood.model.Text;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Name of a run: short, sortable by time, easy to type and to say: `20261121-0312-k7`.
public record RunId(String value) {
  /// No vowels, so no words; no letters or digits that look or sound alike.
  private static final String LETTERS = "bcdfghjkmnpqrstvwxz23456789";

  public RunId {
    Text.require(value, "run id");
    if (value.length() > 64 || !value.chars().allMatch(RunId::plain)) {
      throw new IllegalArgumentException(
          "a run is named like 20261121-0312-k7, not like " + Text.plain(Text.clip(value, 80)));
    }
  }

  /// @param at when the run was asked for; the name says it in UTC
  public static RunId of(Instant at, RandomGenerator random) {
    LocalDateTime t = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    return new RunId(
        String.format(
            Locale.ROOT,
            "%04d%02d%02d-%02d%02d-%c%c",
            t.getYear(),
            t.getMonthValue(),
            t.getDayOfMonth(),
            t.getHour(),
            t.getMinute(),
            LETTERS.charAt(random.nextInt(LETTERS.length())),
            LETTERS.charAt(random.nextInt(LETTERS.length()))));
  }

  private static boolean plain(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  @Override
  public String toString() {
    return value;
  }
}
