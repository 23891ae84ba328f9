package dev.lastgood.provider.mongodb;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.json.JsonParseException;

/// What `mongodump --out --gzip` wrote of one database: a file of documents and one about its
/// indexes for each collection.
///
/// @param files by collection
record Dump(SortedMap<String, Path> files) {
  private static final String DOCUMENTS = ".bson.gz";
  private static final String ABOUT = ".metadata.json.gz";
  private static final int LARGEST_DOCUMENT = (16 << 20) + (64 << 10);
  private static final int LARGEST_ABOUT = 16 << 20;

  /// @param folder with one folder for the database in it
  /// @throws IOException if it is not there, or not readable
  static Dump in(Path folder, String database) throws IOException {
    Path dir = folder.resolve(database);
    SortedMap<String, Path> files = new TreeMap<>();
    if (!Files.isDirectory(dir)) { // a database without collections leaves none
      return new Dump(files);
    }
    try (Stream<Path> entries = Files.list(dir)) {
      for (Path file : entries.filter(f -> f.toString().endsWith(DOCUMENTS)).toList()) {
        files.put(collection(file), file);
      }
    }
    return new Dump(files);
  }

  /// The names of files are escaped, and cut when they are long; the file about it says the whole.
  private static String collection(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    String base = name.substring(0, name.length() - DOCUMENTS.length());
    Path about = file.resolveSibling(base + ABOUT);
    if (Files.isReadable(about)) {
      try (InputStream in = unzipped(about)) {
        var text = new String(in.readNBytes(LARGEST_ABOUT), StandardCharsets.UTF_8);
        BsonDocument said = BsonDocument.parse(text);
        if (said.isString("collectionName")) {
          return said.getString("collectionName").getValue();
        }
      } catch (JsonParseException | BsonInvalidOperationException e) {
        throw new IOException(about + " is not what mongodump writes", e);
      }
    }
    try {
      return URLDecoder.decode(base.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not named as mongodump names files", e);
    }
  }

  private static InputStream unzipped(Path file) throws IOException {
    return new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
  }

  /// Takes one document.
  interface Each {
    void document(byte[] bson) throws IOException;
  }

  /// Reads all documents of a collection; none where it is not in the dump.
  ///
  /// @throws IOException if the file is damaged or cut off
  void read(String collection, Each each) throws IOException {
    Optional<Path> file = Optional.ofNullable(files.get(collection));
    if (file.isEmpty()) {
      return;
    }
    try (InputStream in = unzipped(file.get())) {
      for (byte[] next = next(in); next.length > 0; next = next(in)) {
        each.document(next);
      }
    } catch (EOFException e) {
      throw new IOException(file.get() + " is cut off", e);
    } catch (java.util.zip.ZipException e) {
      throw new IOException(file.get() + " is damaged", e);
    }
  }

  private static byte[] next(InputStream in) throws IOException {
    byte[] head = in.readNBytes(4);
    if (head.length == 0) {
      return head;
    }
    if (head.length < 4) {
      throw new EOFException();
    }
    int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < 5 || length > LARGEST_DOCUMENT) {
      throw new IOException("a document in the dump is damaged");
    }
    byte[] whole = new byte[length];
    System.arraycopy(head, 0, whole, 0, 4);
    if (in.readNBytes(whole, 4, length - 4) < length - 4) {
      throw new EOFException();
    }
    return whole;
  }
}
