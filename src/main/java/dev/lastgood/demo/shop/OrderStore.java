package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/// Orders, one JSON line each, in a file that outlives every release. Old and new release may write
/// at the same time: each line is appended in one piece.
final class OrderStore implements Closeable {
  private final FileChannel file;

  private OrderStore(FileChannel file) {
    this.file = file;
  }

  static OrderStore open(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    return new OrderStore(
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  void add(Map<String, ?> order) throws IOException {
    byte[] line = (Json.object(order) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (file) {
      file.write(ByteBuffer.wrap(line));
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
