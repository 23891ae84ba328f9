package dev.lastgood.provider.postgres;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What Lastgood writes into the comment of a database, in its last line; what others wrote there
/// stays before it. The comment belongs to the database and not to its name, so it moves with it.
///
/// @param remark what others wrote
/// @param of the name under which the database is, was or shall be live
/// @param release what it is
/// @param state how far it is
/// @param parting id of the notes of the exchange that made it live; of a kept one: of those after
///   which it was given what users wrote, except the last of it. Empty: none
/// @param behind whether it holds some of what was written after its snapshot: it was brought up
///   from a restore point, and others wrote between the two
record Marker(
    String remark, String of, String release, State state, String parting, boolean behind) {
  private static final String BEGINS = "[lastgood ";

  Marker(String remark, String of, String release, State state) {
    this(remark, of, release, state, "");
  }

  Marker(String remark, String of, String release, State state, String parting) {
    this(remark, of, release, state, parting, false);
  }

  enum State {
    /// Being restored; of no use yet.
    RESTORING,
    /// Restored, and set like the live one.
    RESTORED,
    /// Compared with what it should be, too.
    VERIFIED,
    /// Given what users wrote since, except the last of it.
    CARRIED,
    /// Live, or kept after it was.
    SERVED,
    /// A snapshot kept as an idle database; others are made from it.
    GOOD
  }

  static Optional<Marker> in(String comment) {
    int begins = comment.lastIndexOf(BEGINS);
    if (begins < 0 || !comment.endsWith("]")) {
      return Optional.empty();
    }
    Map<String, String> parts = new TreeMap<>();
    for (String pair :
        comment.substring(begins + BEGINS.length(), comment.length() - 1).split(" ", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parts.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    try {
      return Optional.of(
          new Marker(
              remark(comment),
              parts.getOrDefault("of", ""),
              parts.getOrDefault("release", ""),
              State.valueOf(parts.getOrDefault("state", "")),
              parts.getOrDefault("parting", ""),
              parts.containsKey("behind")));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // written by somebody else, or another version
    }
  }

  /// What of a comment is not Lastgood's.
  static String remark(String comment) {
    int begins = comment.lastIndexOf(BEGINS);
    return begins < 0 || !comment.endsWith("]")
        ? comment
        : comment.substring(0, begins).stripTrailing();
  }

  /// Whether the database is on its way to be live.
  boolean underWay() {
    return state != State.SERVED && state != State.GOOD;
  }

  Marker with(State next) {
    return new Marker(remark, of, release, next, parting, behind);
  }

  Marker remarking(String other) {
    return new Marker(other, of, release, state, parting, behind);
  }

  Marker after(String exchange) {
    return new Marker(remark, of, release, state, exchange, behind);
  }

  String comment() {
    var parts = new TreeMap<String, String>();
    parts.put("of", of);
    parts.put("release", release);
    parts.put("state", state.name());
    if (!parting.isEmpty()) {
      parts.put("parting", parting);
    }
    if (behind) {
      parts.put("behind", "yes");
    }
    String line =
        parts.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining(" ", BEGINS, "]"));
    return remark.isEmpty() ? line : remark + "\n" + line;
  }
}
