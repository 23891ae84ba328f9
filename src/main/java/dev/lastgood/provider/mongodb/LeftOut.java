package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/// The file of documents of one collection that were not carried over: one line of extended JSON
/// each, with the reason and both states. It replaces that of the round before when it is whole.
final class LeftOut implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final BufferedWriter out;
  private long count;

  LeftOut(Path folder, String collection) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    file = folder.resolve(named(collection) + ".jsonl");
    part = folder.resolve(named(collection) + ".part");
    out = Files.newBufferedWriter(part, StandardCharsets.UTF_8);
  }

  private static String named(String collection) {
    String name = URLEncoder.encode(collection, StandardCharsets.UTF_8).replace("*", "%2A");
    return name.length() > 150 ? name.substring(0, 140) + name.hashCode() : name;
  }

  void add(
      String what, String why, @Nullable RawBsonDocument live, @Nullable RawBsonDocument restored)
      throws IOException {
    var line = new BsonDocument("what", new BsonString(what));
    line.append("why", new BsonString(why));
    line.append("live", live == null ? BsonNull.VALUE : live);
    line.append("restored", restored == null ? BsonNull.VALUE : restored);
    out.write(line.toJson(EXTENDED));
    out.newLine();
    count++;
  }

  private static final org.bson.json.JsonWriterSettings EXTENDED =
      org.bson.json.JsonWriterSettings.builder()
          .outputMode(org.bson.json.JsonMode.EXTENDED)
          .build();

  long count() {
    return count;
  }

  /// @throws IOException if it could not be written to the disk; then it is not there
  void complete() throws IOException {
    out.close();
    if (count == 0) {
      Files.delete(part);
      Files.deleteIfExists(file);
      return;
    }
    try (var channel =
        java.nio.channels.FileChannel.open(part, java.nio.file.StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      AtomicFiles.sync(folder);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(part);
  }
}
