package dev.lastgood.provider.mongodb;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;

/// Names of Lastgood's own collections. All begin alike, so that dumps leave them out and people
/// see whose they are.
final class Names {
  static final String OWN = "lastgood_";
  static final String STATE = OWN + "state";

  /// MongoDB's bound of `database.collection`, in bytes.
  private static final int LONGEST = 255;

  private static final String BESIDE = OWN + "b_";
  private static final String KEPT = OWN + "k_";
  private static final String LATE = OWN + "l";

  private Names() {}

  /// Text that sorts by time.
  static String stamp(Instant at) {
    return DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC).format(at);
  }

  static String beside(String stamp) {
    return BESIDE + stamp + "_";
  }

  static String kept(String stamp) {
    return KEPT + stamp + "_";
  }

  /// Of collections that an application made anew in the moment in which their name was free.
  ///
  /// @param kept prefix of the kept collections of the same exchange
  static String late(String kept, int n) {
    return LATE + n + "_" + kept.substring(KEPT.length());
  }

  /// The name that was free when this collection was made anew; empty for any other collection.
  static String lateName(String kept, String collection) {
    if (!collection.startsWith(LATE)) {
      return "";
    }
    int number = collection.indexOf('_', LATE.length());
    String rest = number < 0 ? "" : collection.substring(number + 1);
    String stamp = kept.substring(KEPT.length());
    return rest.startsWith(stamp) ? rest.substring(stamp.length()) : "";
  }

  static boolean own(String collection) {
    return collection.startsWith(OWN);
  }

  /// A stamp that no collection bears yet.
  static String free(Instant at, Collection<String> collections) {
    String stamp = stamp(at);
    String free = stamp;
    for (int n = 2; taken(free, collections); n++) {
      free = stamp + "n" + n;
    }
    return free;
  }

  private static boolean taken(String stamp, Collection<String> collections) {
    return collections.stream()
        .anyMatch(c -> c.startsWith(beside(stamp)) || c.startsWith(kept(stamp)));
  }

  static boolean fits(String database, String name) {
    return (database + "." + name).getBytes(StandardCharsets.UTF_8).length <= LONGEST;
  }
}
