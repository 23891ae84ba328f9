package dev.lastgood.database.salvage;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a migration left in a row that users may change afterwards: a number for each value, by the
/// column of the good state. A value that is still the same is not a user's.
///
/// @param made whether the migration made the row
record Image(boolean made, Map<Integer, Long> values) {
  Image {
    values = Map.copyOf(values);
  }

  static Image of(Net net, boolean made) {
    var values = new TreeMap<Integer, Long>();
    for (var match : net.plan.carried()) {
      int at = match.live().number() - 1;
      if (net.known(at)) {
        values.put(match.good().number(), hash(net.value(at)));
      }
    }
    return new Image(made, values);
  }

  /// What it is after a user's change.
  Image after(Net net) {
    var all = new TreeMap<>(values);
    all.putAll(of(net, made).values());
    return new Image(made, all);
  }

  /// Whether the value in a place of the stream is the one that the migration left.
  boolean holds(TablePlan plan, int at, @Nullable String value) {
    for (var match : plan.carried()) {
      if (match.live().number() - 1 == at) {
        Long left = values.get(match.good().number());
        return left != null && left == hash(value);
      }
    }
    return false;
  }

  String written() {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(e -> e.getKey() + "=" + Long.toHexString(e.getValue()))
            .collect(Collectors.joining(","));
  }

  static Image read(boolean made, String written) {
    var values = new TreeMap<Integer, Long>();
    for (String pair : written.isEmpty() ? new String[0] : written.split(",", -1)) {
      int equals = pair.indexOf('=');
      values.put(
          Integer.valueOf(pair.substring(0, equals)),
          Long.parseUnsignedLong(pair.substring(equals + 1), 16));
    }
    return new Image(made, values);
  }

  /// 64 bits, FNV-1a over the chars and mixed at the end.
  private static long hash(@Nullable String value) {
    if (value == null) {
      return 1;
    }
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < value.length(); i++) {
      hash = (hash ^ value.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9fb21c651e98df25L;
    return hash ^ (hash >>> 29);
  }
}
