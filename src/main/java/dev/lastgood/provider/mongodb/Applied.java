package dev.lastgood.provider.mongodb;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What was carried over into one collection: hash of the document by hash of its id. It stands in
/// a file, so that a later round, of another process too, tells its own writes from those of users.
final class Applied implements AutoCloseable {
  /// Instead of the hash of a document: it was deleted.
  static final long DELETED = 0;

  private final LongMap map = new LongMap();
  private final DataOutputStream out;

  Applied(Path file) throws IOException {
    if (Files.exists(file)) {
      try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
        while (true) {
          map.put(in.readLong(), in.readLong());
        }
      } catch (EOFException e) {
        // The end, or the half entry of a process that died in it: written again when it is needed.
        trim(file);
      }
    }
    out =
        new DataOutputStream(
            new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)));
  }

  private static void trim(Path file) throws IOException {
    long whole = Files.size(file) / 16 * 16;
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate(whole);
    }
  }

  LongMap touched() {
    return map;
  }

  boolean has(long id) {
    return map.has(id);
  }

  boolean is(long id, long document) {
    var was = map.get(id);
    return was.isPresent() && was.getAsLong() == document;
  }

  void put(long id, long document) throws IOException {
    map.put(id, document);
    out.writeLong(id);
    out.writeLong(document);
  }

  /// Before the documents are written: rather too much is known as ours than too little.
  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
