package dev.lastgood.provider.mongodb;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// On a server in memory. The same tests run on a real server with the real programs as peers.
class MongodbPlatformTest extends MongodbBehaviour {
  @TempDir static Path home;
  private static InMemory server;

  @BeforeAll
  static void start() throws IOException {
    server = new InMemory(home);
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @Override
  MongoWorld where() {
    return server;
  }
}
