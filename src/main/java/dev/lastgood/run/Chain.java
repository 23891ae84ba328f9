package dev.lastgood.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The chain of a journal: each hash covers one entry and the hash before it, so that no entry can
/// be changed, removed or moved without changing every hash after it.
public final class Chain {
  private Chain() {}

  /// @param previous hash of the entry before; of the plan for the first one
  /// @param at epoch milliseconds
  /// @param body the event as it is stored
  public static String link(
      String previous, RunId run, long seq, long at, long epoch, String kind, String body) {
    var digest = sha256();
    for (String part :
        new String[] {
          previous,
          run.value(),
          Long.toString(seq),
          Long.toString(at),
          Long.toString(epoch),
          kind,
          body
        }) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // the length in front keeps the end of one part from passing as the beginning of the next
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// SHA-256 of a text, in hex: of a plan as it is stored.
  public static String hash(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
