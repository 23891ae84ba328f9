package dev.lastgood.database.salvage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the messages of `pgoutput`, version 1 of its protocol
/// (<https://www.postgresql.org/docs/15/protocol-logicalrep-message-formats.html>). What is cut
/// off, or longer than it may be, is an error and never half a row.
final class PgOutput {
  private static final int MOST_COLUMNS = 1_700;

  private final ByteBuffer in;

  private PgOutput(ByteBuffer in) {
    this.in = in;
  }

  /// What the server said.
  sealed interface Said {
    /// @param xid 32 bits, as in `xmin`
    /// @param micros since 2000-01-01 UTC, when it committed
    record Begin(long commit, long micros, long xid) implements Said {}

    /// @param end the position after it
    record Commit(long end) implements Said {}

    /// How a table looks from now on.
    record Relation(long oid, String schema, String name, List<Column> columns) implements Said {}

    record Insert(long oid, Tuple now) implements Said {}

    /// @param before the old key, or the whole old row, when the server gives it
    /// @param whole whether `before` is the whole row
    record Update(long oid, Optional<Tuple> before, boolean whole, Tuple now) implements Said {}

    record Delete(long oid, Tuple before) implements Said {}

    record Truncate(List<Long> oids) implements Said {}

    record Message(String prefix, String content) implements Said {}

    /// Of no meaning here.
    record Other() implements Said {}
  }

  /// @param type oid
  record Column(String name, long type, int modifier) {}

  /// One row, each value as the server writes it.
  static final class Tuple {
    private final @Nullable String[] values;
    private final BitSet unchanged;

    Tuple(@Nullable String[] values, BitSet unchanged) {
      this.values = values;
      this.unchanged = unchanged;
    }

    int width() {
      return values.length;
    }

    @Nullable String value(int at) {
      return values[at];
    }

    /// Whether the value is stored aside and was not touched, so that the server does not send it.
    boolean unchanged(int at) {
      return unchanged.get(at);
    }

    long size() {
      long size = 16;
      for (String value : values) {
        size += value == null ? 1 : value.length();
      }
      return size;
    }
  }

  /// @throws Garbled when it is not what the protocol says
  static Said read(ByteBuffer message) throws Garbled {
    try {
      return new PgOutput(message).said();
    } catch (java.nio.BufferUnderflowException e) {
      throw new Garbled("a message ends too early", e);
    }
  }

  /// The stream is not what it should be.
  static final class Garbled extends Exception {
    private static final long serialVersionUID = 1;

    Garbled(String message, @Nullable Throwable cause) {
      super("the stream of the replication slot cannot be read: " + message, cause);
    }
  }

  private Said said() throws Garbled {
    char kind = (char) in.get();
    return switch (kind) {
      case 'B' -> new Said.Begin(in.getLong(), in.getLong(), oid());
      case 'C' -> commit();
      case 'R' -> relation();
      case 'I' -> new Said.Insert(oid(), newRow());
      case 'U' -> update();
      case 'D' -> delete();
      case 'T' -> truncate();
      case 'M' -> message();
      case 'O', 'Y' -> new Said.Other();
      default -> throw new Garbled("a message of the kind " + (int) kind, null);
    };
  }

  private Said commit() {
    in.get();
    in.getLong();
    return new Said.Commit(in.getLong());
  }

  private Said relation() throws Garbled {
    long oid = oid();
    String schema = word();
    String name = word();
    in.get();
    int count = count();
    var columns = new ArrayList<Column>(count);
    for (int i = 0; i < count; i++) {
      in.get();
      columns.add(new Column(word(), oid(), in.getInt()));
    }
    // the server leaves out the schema of its own catalog
    return new Said.Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, name, columns);
  }

  private Said update() throws Garbled {
    long oid = oid();
    char which = (char) in.get();
    if (which == 'N') {
      return new Said.Update(oid, Optional.empty(), false, tuple());
    }
    Tuple before = tuple();
    return new Said.Update(oid, Optional.of(before), which == 'O', newRow());
  }

  /// The old row follows, or its key.
  private Said delete() throws Garbled {
    long oid = oid();
    in.get();
    return new Said.Delete(oid, tuple());
  }

  private Said truncate() throws Garbled {
    int count = in.getInt();
    in.get();
    if (count < 0 || count > in.remaining() / 4) {
      throw new Garbled(count + " tables truncated", null);
    }
    var oids = new ArrayList<Long>(count);
    for (int i = 0; i < count; i++) {
      oids.add(oid());
    }
    return new Said.Truncate(oids);
  }

  private Said message() throws Garbled {
    in.get();
    in.getLong();
    return new Said.Message(word(), text());
  }

  private Tuple newRow() throws Garbled {
    if (in.get() != 'N') {
      throw new Garbled("a row without its mark", null);
    }
    return tuple();
  }

  private Tuple tuple() throws Garbled {
    int count = count();
    var values = new @Nullable String[count];
    var unchanged = new BitSet(count);
    for (int i = 0; i < count; i++) {
      char kind = (char) in.get();
      switch (kind) {
        case 'n' -> values[i] = null;
        case 'u' -> unchanged.set(i);
        case 't' -> values[i] = text();
        default -> throw new Garbled("a value of the kind " + (int) kind, null);
      }
    }
    return new Tuple(values, unchanged);
  }

  private int count() throws Garbled {
    int count = in.getShort();
    if (count < 0 || count > MOST_COLUMNS) {
      throw new Garbled(count + " columns", null);
    }
    return count;
  }

  private long oid() {
    return in.getInt() & 0xffff_ffffL;
  }

  private String text() throws Garbled {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new Garbled("a value of " + length + " bytes", null);
    }
    var bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String word() throws Garbled {
    int from = in.position();
    for (int at = from; at < in.limit(); at++) {
      if (in.get(at) == 0) {
        var bytes = new byte[at - from];
        in.get(bytes);
        in.get();
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
    throw new Garbled("a name without an end", null);
  }
}
