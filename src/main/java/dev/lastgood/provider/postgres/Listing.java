package dev.lastgood.provider.postgres;

import java.util.Optional;

/// The head of `pg_restore --list`.
record Listing(Optional<String> database, Optional<String> server) {
  static Listing read(String text) {
    return new Listing(
        after(text, ";     dbname: "), after(text, ";     Dumped from database version: "));
  }

  private static Optional<String> after(String text, String word) {
    return text.lines()
        .filter(l -> l.startsWith(word))
        .map(l -> l.substring(word.length()).strip())
        .findFirst();
  }

  Optional<String> problem(String wanted, int running) {
    if (database.isEmpty()) {
      return Optional.of("does not say which database it is of");
    }
    if (!database.get().equals(wanted)) {
      return Optional.of("is of database " + database.get() + ", not of " + wanted);
    }
    return server.flatMap(s -> newer(s, running));
  }

  /// @param version as a dump says it: `17.2 (Debian 17.2-1)`
  static Optional<String> newer(String version, int running) {
    String digits = version.split("[^0-9]", 2)[0];
    boolean known = !digits.isEmpty() && digits.length() < 4;
    return known && Integer.parseInt(digits) > running / 10_000
        ? Optional.of(
            "is of PostgreSQL " + digits + ", newer than the server's " + running / 10_000)
        : Optional.empty();
  }
}
