package dev.lastgood.provider.redis;

import java.util.Optional;

/// The data between one erasing and the next: `generation-3`. The number never comes again.
final class Generation {
  private static final String NAME = "generation-";
  private static final int DIGITS = 9;

  private Generation() {}

  static String id(int number) {
    return NAME + number;
  }

  /// Empty when it is no generation's name.
  static Optional<Integer> number(String id) {
    String digits = id.startsWith(NAME) ? id.substring(NAME.length()) : "";
    boolean number =
        !digits.isEmpty()
            && digits.length() <= DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && digits.charAt(0) != '0';
    return number ? Optional.of(Integer.valueOf(digits)) : Optional.empty();
  }
}
