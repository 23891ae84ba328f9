package dev.lastgood.provider.mongodb;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// Longs by longs, 17 bytes each at half fill: for a million hashes a map of objects is too large.
final class LongMap {
  private static final byte FREE = 0;
  private static final byte TAKEN = 1;
  private static final byte REMOVED = 2;

  private long[] keys = new long[1024];
  private long[] values = new long[1024];
  private byte[] states = new byte[1024];
  private int used;
  private int size;

  LongMap copy() {
    var copy = new LongMap();
    copy.keys = keys.clone();
    copy.values = values.clone();
    copy.states = states.clone();
    copy.used = used;
    copy.size = size;
    return copy;
  }

  void put(long key, long value) {
    if (2 * used >= keys.length) {
      grow();
    }
    int at = find(key);
    if (at < 0) {
      at = ~at;
      used++;
      size++;
      keys[at] = key;
      states[at] = TAKEN;
    }
    values[at] = value;
  }

  OptionalLong get(long key) {
    int at = find(key);
    return at < 0 ? OptionalLong.empty() : OptionalLong.of(values[at]);
  }

  OptionalLong remove(long key) {
    int at = find(key);
    if (at < 0) {
      return OptionalLong.empty();
    }
    states[at] = REMOVED;
    size--;
    return OptionalLong.of(values[at]);
  }

  boolean has(long key) {
    return find(key) >= 0;
  }

  void keys(LongConsumer each) {
    for (int i = 0; i < keys.length; i++) {
      if (states[i] == TAKEN) {
        each.accept(keys[i]);
      }
    }
  }

  int size() {
    return size;
  }

  /// Where it is, or the complement of where it would go.
  private int find(long key) {
    int at = Long.hashCode(key * 0x9E3779B97F4A7C15L) & (keys.length - 1);
    while (states[at] != FREE) {
      if (keys[at] == key && states[at] == TAKEN) {
        return at;
      }
      at = (at + 1) & (keys.length - 1);
    }
    return ~at;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    byte[] oldStates = states;
    keys = new long[Math.multiplyExact(oldKeys.length, 2)];
    values = Arrays.copyOf(keys, keys.length);
    states = new byte[keys.length];
    used = 0;
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldStates[i] == TAKEN) {
        put(oldKeys[i], oldValues[i]);
      }
    }
  }
}
