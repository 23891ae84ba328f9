package dev.lastgood.provider.systemd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The files of a service for the evidence, without what may be a secret.
final class Masked {
  /// Settings of a unit whose values are, or may be, credentials.
  private static final List<String> HIDDEN = List.of("Environment", "SetCredential");

  private static final String DOTS = "•••";

  private Masked() {}

  /// Of a unit or a drop-in everything but its variables; of any other file the names alone.
  static String text(Path path, byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    String name = path.toString();
    boolean unit = name.endsWith(".service") || name.endsWith(".conf");
    return (unit ? ofUnit(text) : ofVariables(text)) + "\n";
  }

  private static String ofUnit(String text) {
    var out = new StringBuilder();
    boolean hiding = false;
    for (String line : text.split("\n", -1)) {
      // A backslash at its end makes the next line a part of it, and remarks do not end that.
      String shown = hiding ? DOTS : line;
      if (!hiding) {
        int equals = line.indexOf('=');
        String key = equals < 0 ? "" : line.substring(0, equals).strip();
        boolean secret =
            HIDDEN.stream().anyMatch(h -> key.equals(h) || key.equals(h + "Encrypted"));
        shown = secret ? key + "=" + DOTS : line;
        hiding = secret && line.endsWith("\\");
      } else if (!line.strip().startsWith("#") && !line.strip().startsWith(";")) {
        hiding = line.endsWith("\\");
      }
      out.append(shown).append('\n');
    }
    return out.toString().stripTrailing();
  }

  private static String ofVariables(String text) {
    return text.lines()
        .filter(l -> l.indexOf('=') > 0)
        .map(l -> l.substring(0, l.indexOf('=')).strip())
        .filter(Masked::isName)
        .map(n -> n + "=" + DOTS)
        .collect(Collectors.joining("\n"));
  }

  private static boolean isName(String word) {
    return word.length() <= 64
        && word.chars().allMatch(c -> c == '_' || (c < 128 && Character.isLetterOrDigit(c)));
  }
}
