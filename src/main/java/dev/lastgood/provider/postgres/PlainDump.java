package dev.lastgood.provider.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// A dump written as SQL. psql would obey whatever is in it: also a line that connects to another
/// database and drops it.
final class PlainDump {
  private static final String COMPLETE = "PostgreSQL database dump complete";
  private static final String CLUSTER = "PostgreSQL database cluster dump";
  private static final String VERSION = "-- Dumped from database version ";

  private PlainDump() {}

  static boolean recognise(String head) {
    return head.contains("-- PostgreSQL database dump")
        && !head.contains(CLUSTER)
        && head.indexOf('\0') < 0;
  }

  static boolean complete(String tail) {
    return tail.contains(COMPLETE);
  }

  static Optional<String> newer(String head, int server) {
    return head.lines()
        .filter(l -> l.startsWith(VERSION))
        .findFirst()
        .flatMap(l -> Listing.newer(l.substring(VERSION.length()), server));
  }

  static String whyNot(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    boolean sealed =
        text.startsWith("Salted__")
            || text.startsWith("age-encryption.org")
            || text.contains("BEGIN PGP MESSAGE")
            || text.contains("BEGIN AGE ENCRYPTED FILE");
    if (sealed) {
      return "is encrypted: decrypt it first";
    }
    return text.contains(CLUSTER)
        ? "is of a whole cluster (pg_dumpall): restore it by hand, it names its own databases"
        : "is no dump of PostgreSQL as far as its content tells (encrypted, or of another program?)";
  }

  /// Why it must not be given to psql, or is not whole; reads all of it.
  static Optional<String> unfit(InputStream in) throws IOException {
    boolean data = false;
    boolean complete = false;
    try (var lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1), 1 << 16)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (data) {
          data = !line.equals("\\.");
        } else if (line.startsWith("COPY ") && line.endsWith(" FROM stdin;")) {
          data = true;
        } else {
          complete |= line.contains(COMPLETE);
          Optional<String> outside = outside(line);
          if (outside.isPresent()) {
            return outside;
          }
        }
      }
    }
    return complete
        ? Optional.empty()
        : Optional.of("is cut off: it does not say that it is complete");
  }

  private static Optional<String> outside(String line) {
    if (line.startsWith("\\")) {
      boolean harmless = line.startsWith("\\restrict ") || line.startsWith("\\unrestrict ");
      return harmless
          ? Optional.empty()
          : Optional.of(
              "leaves its database: it has the line "
                  + dev.lastgood.model.Text.clip(line, 60)
                  + " (made with --create?); make it without");
    }
    String upper = line.toUpperCase(Locale.ROOT);
    return upper.startsWith("CREATE DATABASE ")
            || upper.startsWith("DROP DATABASE ")
            || upper.startsWith("ALTER DATABASE ")
        ? Optional.of(
            "changes databases: "
                + dev.lastgood.model.Text.clip(line, 60)
                + " (made with --create?); make it without")
        : Optional.empty();
  }
}
