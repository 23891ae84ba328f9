package dev.lastgood.provider.mongodb;

import java.nio.file.Path;

/// A server that speaks MongoDB's protocol, and the programs that go with it.
interface MongoWorld {
  /// Stands in every connection string, and must never be seen.
  String SECRET = "hunter2";

  int port();

  /// Folder of mongodump and mongorestore.
  Path programs();

  /// Whether mongorestore can restore indexes into it.
  default boolean indexes() {
    return true;
  }

  default String url(String database) {
    return url(port(), database);
  }

  static String url(int port, String database) {
    return "mongodb://127.0.0.1:" + port + "/" + database + "?appName=" + SECRET;
  }
}
