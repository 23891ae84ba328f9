package dev.lastgood.provider.redis;

/// The command that puts a kept value where its key says.
final class Restore {
  private Restore() {}

  /// @param replacing whether a value that is there is replaced; else Redis says `BUSYKEY`
  static byte[][] words(KeysFile.Entry entry, boolean replacing) {
    byte[] expires = Wire.bytes(String.valueOf(Math.max(0, entry.expires())));
    byte[] restore = Wire.bytes("RESTORE");
    byte[] absolute = Wire.bytes("ABSTTL");
    return replacing
        ? new byte[][] {
          restore, entry.key(), expires, entry.payload(), Wire.bytes("REPLACE"), absolute
        }
        : new byte[][] {restore, entry.key(), expires, entry.payload(), absolute};
  }
}
