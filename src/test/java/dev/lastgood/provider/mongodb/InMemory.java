package dev.lastgood.provider.mongodb;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.nio.file.Path;

/// A server in this process, with programs that stand in for the real ones.
final class InMemory implements MongoWorld, AutoCloseable {
  private final MongoServer server = new MongoServer(new MemoryBackend());
  private final int port = server.bind().getPort();
  private final StandInTools tools;

  InMemory(Path dir) throws IOException {
    tools = new StandInTools(dir.resolve("programs"));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Path programs() {
    return tools.folder();
  }

  @Override
  public void close() {
    tools.close();
    server.shutdownNow();
  }
}
