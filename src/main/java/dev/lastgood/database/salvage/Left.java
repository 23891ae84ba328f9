package dev.lastgood.database.salvage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one row differed when two databases were exchanged.
///
/// @param was of a row that both had: a hash of each value in the database that became live, by the
///   number of its column; null for null
record Left(Kind kind, Map<Integer, @Nullable Long> was) {
  enum Kind {
    /// Only the database that was left had it.
    MISSING,
    /// Both had it, and not alike.
    DIFFERENT,
    /// Only the database that became live had it.
    SURPLUS;

    /// The same, seen from the other database.
    Kind flipped() {
      return switch (this) {
        case MISSING -> SURPLUS;
        case DIFFERENT -> DIFFERENT;
        case SURPLUS -> MISSING;
      };
    }
  }

  static Map<Integer, @Nullable Long> hashes(TablePlan plan, Side side, Row row) {
    var all = new HashMap<Integer, @Nullable Long>();
    for (int i = 0; i < plan.carried().size(); i++) {
      all.put(TablePlan.column(plan.carried().get(i), side).number(), hash(row.value(i)));
    }
    return all;
  }

  /// As they stand in the notes.
  static Map<Integer, @Nullable Long> hashes(@Nullable Array columns, @Nullable Array hashes)
      throws SQLException {
    var all = new HashMap<Integer, @Nullable Long>();
    if (columns != null && hashes != null) {
      Object[] numbers = (Object[]) columns.getArray();
      @Nullable Object[] values = (Object[]) hashes.getArray();
      for (int i = 0; i < numbers.length; i++) {
        all.put((Integer) numbers[i], (Long) values[i]);
      }
    }
    return all;
  }

  static @Nullable Long hash(@Nullable String value) {
    if (value == null) {
      return null;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// A key as one text: each part after its length.
  static String text(List<String> key) {
    var text = new StringBuilder();
    key.forEach(part -> text.append(part.length()).append(':').append(part));
    return text.toString();
  }

  static List<String> key(String text) {
    var key = new ArrayList<String>();
    int at = 0;
    while (at < text.length()) {
      int colon = text.indexOf(':', at);
      int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
      key.add(text.substring(colon + 1, end));
      at = end;
    }
    return List.copyOf(key);
  }
}
