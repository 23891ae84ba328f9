package dev.lastgood.provider.redis;

/// What a dumped value is, by the first byte of its dump: the number of its form in an RDB file
/// (`rdb.h` of Redis 7).
final class RdbKind {
  private RdbKind() {}

  static String of(byte[] payload) {
    int form = payload.length == 0 ? -1 : payload[0] & 0xff;
    return switch (form) {
      case 0 -> "string";
      case 1, 10, 14, 18 -> "list";
      case 2, 11, 20 -> "set";
      case 3, 5, 12, 17 -> "zset";
      case 4, 9, 13, 16 -> "hash";
      case 15, 19, 21 -> "stream";
      case 6, 7 -> "of a module";
      default -> "form " + form;
    };
  }
}
