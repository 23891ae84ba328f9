package dev.lastgood.provider.mongodb;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// The same on FerretDB, with the real dump tools.
@Tag("peers")
class MongodbRealToolsTest extends MongodbBehaviour {
  @TempDir static Path home;
  private static FerretDb server;

  @BeforeAll
  static void start() throws IOException {
    server = FerretDb.in(home);
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  MongoWorld where() {
    return server;
  }
}
