package dev.lastgood.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Names of exhibits as names of files: an adapter makes them of release ids, and those come from
/// outside.
final class FileNames {
  private static final int LONGEST = 100;

  private FileNames() {}

  /// Letters, digits, dot, dash and underscore; no leading dot, so that it neither hides nor
  /// climbs. A plain name stays as it is.
  static String plain(String name) {
    var out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean mark = c == '.' || c == '-' || c == '_';
      if (safe || (mark && !out.isEmpty())) {
        out.append(c);
      } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
        out.append('-');
      }
    }
    String plain = out.toString();
    if (plain.length() > LONGEST) {
      // The end says what it is: `.log`.
      plain = plain.substring(0, LONGEST - 20) + "-" + plain.substring(plain.length() - 19);
    }
    return plain.isEmpty() || plain.equals(Index.FILE) ? "exhibit-" + plain : plain;
  }

  /// The name, or the name with the first number that is free: `backend-v2.log`,
  /// `backend-v2-2.log`.
  static String free(Path folder, String name) throws IOException {
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String end = dot > 0 ? name.substring(dot) : "";
    String candidate = name;
    for (int n = 2; Files.exists(folder.resolve(candidate), LinkOption.NOFOLLOW_LINKS); n++) {
      if (n > 10_000) {
        throw new IOException("every name like " + name + " is taken");
      }
      candidate = stem + "-" + n + end;
    }
    return candidate;
  }
}
