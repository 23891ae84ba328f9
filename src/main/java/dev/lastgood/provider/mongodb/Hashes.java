package dev.lastgood.provider.mongodb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/// 64 bits of SHA-256 of documents and of their ids, as they travel: equal bytes are equal
/// documents.
final class Hashes {
  private static final int STRING = 2;
  private static final int BINARY = 5;
  private static final int OBJECT_ID = 7;
  private static final int INT32 = 16;
  private static final int INT64 = 18;
  private static final byte[] ID = "_id\0".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest digest;

  Hashes() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  long document(byte[] bson) {
    return first(digest.digest(bson));
  }

  /// Of the `_id` of a document; the usual kinds are read where they stand.
  long id(byte[] bson) {
    if (bson.length > 9 && Arrays.equals(bson, 5, 9, ID, 0, 4)) {
      int length = length(bson);
      if (length > 0 && 9 + length <= bson.length) {
        digest.update(bson[4]);
        digest.update(bson, 9, length);
        return first(digest.digest());
      }
    }
    return id(new RawBsonDocument(bson).get("_id"));
  }

  /// As [#id(byte[])]; 0 for a document without one.
  long id(@org.jspecify.annotations.Nullable BsonValue id) {
    if (id == null) {
      return 0;
    }
    byte[] bson = bytes(new RawBsonDocument(new BsonDocument("_id", id), new BsonDocumentCodec()));
    digest.update(bson[4]);
    digest.update(bson, 9, bson.length - 10);
    return first(digest.digest());
  }

  private static int length(byte[] bson) {
    int there = ByteBuffer.wrap(bson).order(ByteOrder.LITTLE_ENDIAN).getInt(9);
    return switch (bson[4]) {
      case OBJECT_ID -> 12;
      case INT32 -> 4;
      case INT64 -> 8;
      case STRING -> there < 0 ? -1 : 4 + there;
      case BINARY -> there < 0 ? -1 : 5 + there;
      default -> -1;
    };
  }

  private static long first(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  static byte[] bytes(RawBsonDocument document) {
    var buffer = document.getByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
