package dev.lastgood.provider.redis;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// A kept value, as little of it as tells it from another: a digest and when it runs out.
final class Known {
  /// Expiries are told as time left, and read a moment apart.
  private static final long JITTER_MILLIS = 1000;

  /// What the live side has.
  enum Found {
    NOTHING,
    SAME,
    OTHER
  }

  private final byte[] digest;
  private final long expires;
  private Found found = Found.NOTHING;

  Known(long expires, byte[] payload) {
    this.digest = digest(payload);
    this.expires = expires;
  }

  /// The dump begins with the kind of the value, so a value of another kind is another one.
  boolean is(long expires, byte[] payload) {
    boolean both = this.expires < 0 == expires < 0;
    return both
        && Math.abs(this.expires - expires) <= JITTER_MILLIS
        && Arrays.equals(digest, digest(payload));
  }

  Found found() {
    return found;
  }

  void found(Found what) {
    this.found = what;
  }

  private static byte[] digest(byte[] payload) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(payload), 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The bytes of a key, comparable.
  static final class Key {
    private final byte[] bytes;

    Key(byte[] bytes) {
      this.bytes = bytes;
    }

    /// Whether it is looked at in one of several passes.
    static boolean in(byte[] bytes, int pass, int of) {
      return Math.floorMod(Arrays.hashCode(bytes), of) == pass;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
