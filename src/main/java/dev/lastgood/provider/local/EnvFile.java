package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Files of `NAME=value` lines, as shells and most frameworks read them: `#` comments, `export`
/// before the name, single or double quotes around the value. Nothing is substituted.
public final class EnvFile {
  private static final int MAX = 1024 * 1024;

  private EnvFile() {}

  /// @return in the order of the file; a name that stands twice has its last value
  /// @throws IOException if it cannot be read, or a line is no assignment: its number is said,
  ///   never its text
  public static Map<String, String> read(Path file) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    String[] lines = AtomicFiles.read(file, MAX).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("export ")) {
        line = line.substring("export ".length()).strip();
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : line.substring(0, equals).strip();
      if (!isName(name)) {
        throw new IOException(file + ": line " + (i + 1) + " is not NAME=value");
      }
      values.put(name, value(line.substring(equals + 1).strip()));
    }
    return values;
  }

  private static boolean isName(String name) {
    return Pattern.matches("[A-Za-z_][A-Za-z0-9_.]*", name);
  }

  private static String value(String text) {
    if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
      return text.substring(1, text.length() - 1);
    }
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      return text.substring(1, text.length() - 1)
          .replace("\\n", "\n")
          .replace("\\\"", "\"")
          .replace("\\\\", "\\");
    }
    int comment = text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }
}
