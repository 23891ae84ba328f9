package dev.lastgood.provider.local;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The name of a content: equal bytes, equal name, on every machine.
public final class ContentId {
  private static final int SHOWN_BYTES = 6;

  private ContentId() {}

  /// `sha256-` and the first 12 hex digits. 48 bits tell the versions of one file apart; nobody is
  /// kept out by them.
  public static String of(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return "sha256-" + HexFormat.of().formatHex(digest, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
