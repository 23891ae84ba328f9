package dev.lastgood.provider.redis;

import java.io.IOException;
import java.util.List;

/// Reads what keys hold, several in one go: many while values are small, one by one when they are
/// large, since the server has every answer in its memory until it is read.
final class Values {
  private static final int MOST = 200;
  private static final int FIRST = 8;
  private static final long TOGETHER = 8L << 20;

  private int window = FIRST;

  interface Each {
    /// @param expires in milliseconds since 1970, -1 when never
    /// @param payload as `DUMP` gives it, its kind included
    void take(byte[] key, long expires, byte[] payload) throws IOException;
  }

  /// Keys that are gone meanwhile are left out.
  void read(Wire wire, List<byte[]> keys, Each each) throws IOException {
    int from = 0;
    while (from < keys.size()) {
      int to = Math.min(keys.size(), from + window);
      long bytes = together(wire, keys.subList(from, to), each);
      window = Math.clamp(TOGETHER / Math.max(1, bytes / (to - from)), 1, MOST);
      from = to;
    }
  }

  private static long together(Wire wire, List<byte[]> keys, Each each) throws IOException {
    wire.send("TIME");
    for (byte[] key : keys) {
      wire.send(Wire.bytes("PTTL"), key);
    }
    for (byte[] key : keys) {
      wire.send(Wire.bytes("DUMP"), key);
    }
    long now = millis(wire.answer());
    long[] left = new long[keys.size()];
    for (int i = 0; i < left.length; i++) {
      left[i] = wire.answer() instanceof Long millis ? millis : -1;
    }
    long bytes = 0;
    for (int i = 0; i < left.length; i++) {
      if (wire.answer() instanceof byte[] payload) {
        bytes += payload.length;
        each.take(keys.get(i), left[i] < 0 ? -1 : now + left[i], payload);
      }
    }
    return bytes;
  }

  /// The server's own time, in milliseconds: expiry goes by it.
  static long millis(Object time) throws IOException {
    if (time instanceof List<?> parts && parts.size() == 2) {
      try {
        return Long.parseLong(Server.text(parts.getFirst()).orElse("")) * 1000
            + Long.parseLong(Server.text(parts.get(1)).orElse("")) / 1000;
      } catch (NumberFormatException e) {
        throw new IOException("TIME was answered in an unknown way", e);
      }
    }
    throw new IOException("TIME was answered in an unknown way");
  }
}
