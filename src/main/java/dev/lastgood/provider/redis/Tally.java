package dev.lastgood.provider.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a comparison of the live keys with kept ones found, and what became of each key. Every kept
/// key and every live one that was seen is counted once.
final class Tally {
  /// As it was kept.
  long same;

  /// Kept, with an expiry that has passed since.
  long ranOut;

  /// Differs, and somebody wrote it again and again while it was to be exchanged: it stays.
  long busy;

  /// Kept values that were put where nothing was.
  long put;

  private final SortedMap<String, Counts> prefixes = new TreeMap<>();

  /// Keys of one prefix that differ.
  static final class Counts {
    long written;
    long changed;
    long removed;
    long stay;

    /// Live values that made room.
    long replaced;

    /// Kept values that were not taken.
    long untaken;

    private long found() {
      return written + changed + removed;
    }
  }

  Counts of(String prefix) {
    return prefixes.computeIfAbsent(prefix, _ -> new Counts());
  }

  long found() {
    return prefixes.values().stream().mapToLong(Counts::found).sum();
  }

  long stay() {
    return prefixes.values().stream().mapToLong(c -> c.stay).sum();
  }

  long replaced() {
    return prefixes.values().stream().mapToLong(c -> c.replaced).sum();
  }

  long leftOut() {
    return replaced() + prefixes.values().stream().mapToLong(c -> c.untaken).sum();
  }

  /// Whether nothing was changed at the server so far.
  boolean untouched() {
    return put + replaced() == 0;
  }

  private long written() {
    return prefixes.values().stream().mapToLong(c -> c.written).sum();
  }

  private long ofKept() {
    return found() - written() + same + ranOut;
  }

  /// @param kept how many keys the copy has
  /// @return whether each of them is counted
  boolean accountsFor(long kept) {
    return ofKept() == kept;
  }

  /// One line for each prefix with differences: `cart:*: 3 written, 1 changed, 0 removed`.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    prefixes.forEach((prefix, c) -> {
      if (c.found() > 0) {
        lines.add(
            "%s*: %d written, %d changed, %d removed; %s"
                .formatted(prefix, c.written, c.changed, c.removed, fate(c)));
      }
    });
    return lines;
  }

  private static String fate(Counts counts) {
    long restored = counts.found() - counts.stay;
    return counts.stay == 0
        ? "they become what they were"
        : restored == 0
            ? "they stay as they are"
            : counts.stay + " stay as they are, " + restored + " become what they were";
  }

  String inWords() {
    long restored = found() - stay();
    return same
        + " as they were, "
        + restored
        + " made so again, "
        + stay()
        + " left as they are"
        + (ranOut == 0 ? "" : ", " + ranOut + " ran out meanwhile")
        + (busy == 0 ? "" : ", " + busy + " of those left are written all the time");
  }
}
