package dev.lastgood.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The newest part of a text that fits, saying what was left out: a log tells at its end what went
/// wrong.
final class Newest {
  private Newest() {}

  /// At most `room` bytes of UTF-8, and at least the note.
  static byte[] of(String text, long room) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    if (all.length <= room) {
      return all;
    }
    byte[] note =
        ("[the older " + (all.length - room) + " bytes or more are left out]\n")
            .getBytes(StandardCharsets.UTF_8);
    int from = all.length - (int) Math.max(0, room - note.length);
    // Not in the middle of a character: the bytes that continue one begin with 10.
    while (from < all.length && (all[from] & 0xc0) == 0x80) {
      from++;
    }
    byte[] out = Arrays.copyOf(note, note.length + all.length - from);
    System.arraycopy(all, from, out, note.length, all.length - from);
    return out;
  }
}
