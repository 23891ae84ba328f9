package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Seconds that somebody wanted to be able to come back to, in a file: where a continuous backup is
/// on, keeping one is nothing but remembering it.
///
/// @param file one release a line, newest first
record Moments(Path file) {
  private static final String NAME = "pitr-";
  private static final int DIGITS = 11;
  private static final int MOST = 100;
  private static final int LONGEST = 1 << 16;

  static String id(long second) {
    return NAME + second;
  }

  /// Seconds since 1970; empty when it is no such release.
  static OptionalLong second(String release) {
    String digits = release.startsWith(NAME) ? release.substring(NAME.length()) : "";
    boolean number =
        !digits.isEmpty()
            && digits.length() <= DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && digits.charAt(0) != '0';
    return number ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
  }

  /// Newest first.
  List<Long> all() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Long> all = new ArrayList<>();
    for (String line : AtomicFiles.read(file, LONGEST).lines().toList()) {
      OptionalLong second = second(line);
      if (second.isEmpty()) {
        throw new IOException(file + " is damaged: `" + line + "` is no second");
      }
      all.add(second.getAsLong());
    }
    return all;
  }

  void keep(long second) throws IOException {
    List<Long> more = new ArrayList<>(all());
    more.remove(second);
    more.addFirst(second);
    var lines = new StringBuilder();
    more.stream().limit(MOST).forEach(s -> lines.append(id(s)).append('\n'));
    AtomicFiles.write(file, lines.toString());
  }
}
