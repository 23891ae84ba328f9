package dev.lastgood.provider.redis;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// Keys with their values as Redis dumps them, in a file that tells whether it is whole.
final class KeysFile {
  private static final long MAGIC = 0x4c_47_4b_45_59_53_00_02L;
  private static final int END = -1;
  private static final int LARGEST = 512 * 1024 * 1024;

  private KeysFile() {}

  /// Of everything an entry says: a bit that turned in its expiry is damage, too.
  private static void summed(CRC32 sum, int database, byte[] key, long expires, byte[] payload) {
    sum.update(
        ByteBuffer.allocate(20)
            .putInt(database)
            .putInt(key.length)
            .putLong(expires)
            .putInt(payload.length)
            .array());
    sum.update(key);
    sum.update(payload);
  }

  /// One key and what it holds, as read.
  static final class Entry {
    private final int database;
    private final byte[] key;
    private final long expires;
    private final byte[] payload;

    Entry(int database, byte[] key, long expires, byte[] payload) {
      this.database = database;
      this.key = key;
      this.expires = expires;
      this.payload = payload;
    }

    int database() {
      return database;
    }

    byte[] key() {
      return key;
    }

    /// Milliseconds since 1970, -1 when never.
    long expires() {
      return expires;
    }

    byte[] payload() {
      return payload;
    }
  }

  static final class Writing {
    private final DataOutputStream to;
    private final CRC32 sum = new CRC32();
    private final long most;
    private long count;
    private long bytes;

    Writing(DataOutputStream to, long most) throws IOException {
      this.to = to;
      this.most = most;
      to.writeLong(MAGIC);
    }

    void add(int database, byte[] key, long expires, byte[] payload) throws IOException {
      bytes += key.length + (long) payload.length + 20;
      if (bytes > most) {
        throw new IOException("its keys take more than " + most + " bytes");
      }
      to.writeInt(database);
      to.writeInt(key.length);
      to.write(key);
      to.writeLong(expires);
      to.writeInt(payload.length);
      to.write(payload);
      summed(sum, database, key, expires, payload);
      count++;
    }

    long end() throws IOException {
      to.writeInt(END);
      to.writeLong(count);
      to.writeLong(sum.getValue());
      to.flush();
      return count;
    }
  }

  static final class Reading {
    private final DataInputStream from;
    private final CRC32 sum = new CRC32();
    private long count;
    private boolean over;

    /// @throws IOException if it is no such file
    Reading(DataInputStream from) throws IOException {
      this.from = from;
      if (from.readLong() != MAGIC) {
        throw new IOException("is no file of kept keys");
      }
    }

    /// At most so many; empty at the end.
    ///
    /// @throws IOException if it is damaged or cut off
    List<Entry> next(int most) throws IOException {
      List<Entry> entries = new ArrayList<>();
      while (!over && entries.size() < most) {
        int database = from.readInt();
        if (database == END) {
          over = true;
          if (from.readLong() != count || from.readLong() != sum.getValue()) {
            throw new IOException("is damaged");
          }
        } else {
          byte[] key = part();
          long expires = from.readLong();
          byte[] payload = part();
          summed(sum, database, key, expires, payload);
          count++;
          entries.add(new Entry(database, key, expires, payload));
        }
      }
      return entries;
    }

    private byte[] part() throws IOException {
      int length = from.readInt();
      if (length < 0 || length > LARGEST) {
        throw new IOException("is damaged");
      }
      byte[] part = from.readNBytes(length);
      if (part.length < length) {
        throw new IOException("is cut off");
      }
      return part;
    }

    /// Reads it to its end, for nothing but to see that it is whole.
    ///
    /// @return how many keys it holds
    long count() throws IOException {
      while (!over) {
        next(100);
      }
      return count;
    }
  }
}
