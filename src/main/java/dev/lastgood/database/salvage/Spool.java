package dev.lastgood.database.salvage;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keys of rows that may have changed, in a private file until they are looked at: there may be
/// more than memory holds.
final class Spool implements AutoCloseable {
  private final Path file;
  private final DataOutputStream out;
  private long count;

  Spool(Path folder) throws IOException {
    file = Files.createTempFile(folder, "keys-", ".spool");
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
  }

  /// @param bytes about how large the row is on both sides together
  /// @param reason why it could not be applied so far; empty for a fresh one
  record Entry(List<String> key, int bytes, String reason) {}

  void add(Entry entry) throws IOException {
    out.writeInt(entry.key().size());
    for (String part : entry.key()) {
      write(part);
    }
    out.writeInt(entry.bytes());
    write(entry.reason());
    count++;
  }

  private void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  long count() {
    return count;
  }

  Reader read() throws IOException {
    out.flush();
    return new Reader(file, count);
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(file);
  }

  static final class Reader implements AutoCloseable {
    private static final int ROWS = 2_000;
    private static final long BYTES = 4L << 20;

    private final DataInputStream in;
    private long left;
    private Optional<Entry> next = Optional.empty();

    Reader(Path file, long count) throws IOException {
      in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
      left = count;
    }

    /// The next rows, as many as may be in memory at once; empty at the end.
    List<Entry> batch() throws IOException {
      var batch = new ArrayList<Entry>();
      long bytes = 0;
      while (batch.size() < ROWS) {
        Optional<Entry> entry = next.isPresent() ? next : entry();
        next = Optional.empty();
        if (entry.isEmpty()) {
          break;
        }
        bytes += entry.get().bytes();
        if (!batch.isEmpty() && bytes > BYTES) {
          next = entry;
          break;
        }
        batch.add(entry.get());
      }
      return batch;
    }

    private Optional<Entry> entry() throws IOException {
      if (left == 0) {
        return Optional.empty();
      }
      left--;
      int parts = in.readInt();
      var key = new ArrayList<String>(parts);
      for (int i = 0; i < parts; i++) {
        key.add(text());
      }
      return Optional.of(new Entry(List.copyOf(key), in.readInt(), text()));
    }

    private String text() throws IOException {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
