package dev.lastgood.provider.mongodb;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;

/// An open connection to the server of one database.
final class Session implements AutoCloseable {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final int MOST_COLLECTIONS = 20_000;
  private static final int NAMESPACE_EXISTS = 48;

  private final MongoClient client;
  private final MongoDatabase database;

  private Session(MongoClient client, MongoDatabase database) {
    this.client = client;
    this.database = database;
  }

  /// @param patience for one answer of the server
  /// @throws PlatformUnreachable if the connection string is none; whether the server is there
  ///   shows at the first question
  static Session open(MongoUrl url, Duration patience) throws PlatformUnreachable {
    try {
      MongoClientSettings settings =
          MongoClientSettings.builder()
              .applyConnectionString(new ConnectionString(url.whole()))
              .applicationName("lastgood")
              // What was written is known only by looking: nothing is sent twice behind our back.
              .retryWrites(false)
              .applyToClusterSettings(
                  c -> c.serverSelectionTimeout(CONNECTING.toMillis(), TimeUnit.MILLISECONDS))
              .applyToSocketSettings(s ->
                  s.connectTimeout(CONNECTING.toMillis(), TimeUnit.MILLISECONDS)
                      .readTimeout(patience.toMillis(), TimeUnit.MILLISECONDS))
              .build();
      MongoClient client = MongoClients.create(settings);
      return new Session(client, client.getDatabase(url.database()));
    } catch (IllegalArgumentException | MongoException e) {
      // The driver repeats what it was given: not shown, it may hold the password.
      throw new PlatformUnreachable("the connection string of " + url + " cannot be used");
    }
  }

  /// @param type `collection`, `view` or `timeseries`
  /// @param options as it was made with; of a view its definition
  record Collection(String name, String type, BsonDocument options) {}

  /// Everything in the database by name, except what the server keeps for itself.
  Map<String, Collection> collections() {
    Map<String, Collection> all = new TreeMap<>();
    for (BsonDocument each : database.listCollections(BsonDocument.class)) {
      String name = each.getString("name").getValue();
      if (!name.startsWith("system.")) {
        String type = each.containsKey("type") ? each.getString("type").getValue() : "collection";
        BsonDocument options =
            each.containsKey("options") ? each.getDocument("options") : new BsonDocument();
        all.put(name, new Collection(name, type, options));
      }
      if (all.size() > MOST_COLLECTIONS) {
        throw new MongoException("more than " + MOST_COLLECTIONS + " collections are not handled");
      }
    }
    return all;
  }

  MongoCollection<RawBsonDocument> raw(String collection) {
    return database.getCollection(collection, RawBsonDocument.class);
  }

  MongoCollection<Document> documents(String collection) {
    return database.getCollection(collection);
  }

  String version() {
    return String.valueOf(database.runCommand(new Document("buildInfo", 1)).get("version"));
  }

  /// Bytes of the documents of the database, as the server estimates them.
  long bytes() {
    Object size = database.runCommand(new Document("dbStats", 1)).get("dataSize");
    return size instanceof Number number ? number.longValue() : 0;
  }

  /// @return false when something has the new name already
  boolean rename(String from, String to) {
    try {
      documents(from).renameCollection(new MongoNamespace(database.getName(), to));
      return true;
    } catch (MongoCommandException e) {
      if (e.getErrorCode() == NAMESPACE_EXISTS) {
        return false;
      }
      throw e;
    }
  }

  void drop(String collection) {
    documents(collection).drop();
  }

  /// In words, safe to show.
  static String why(MongoException e) {
    return Why.plain(
        switch (e) {
          case MongoSecurityException _ -> "the server does not let this user in";
          case MongoCommandException c ->
              "the server said: " + c.getErrorMessage() + " (" + c.getErrorCode() + ")";
          case MongoTimeoutException _ -> "no server that can be written to answered";
          default -> String.valueOf(e.getMessage());
        },
        300);
  }

  /// Whether what was asked for may have been done all the same.
  static boolean lost(MongoException e) {
    return !(e instanceof MongoSecurityException
        || e instanceof MongoTimeoutException
        || e instanceof MongoCommandException);
  }

  @Override
  public void close() {
    client.close();
  }
}
