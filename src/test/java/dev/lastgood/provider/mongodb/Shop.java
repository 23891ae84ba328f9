package dev.lastgood.provider.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;

/// The database of a small shop: it was kept in a snapshot, then users and a migration went on.
final class Shop implements PlatformContract.World {
  final Path dir;
  final String name;
  private final MongoWorld where;
  private final MongoClient client;
  private final String older;
  private final String live;

  /// @param name of the database, which is new
  Shop(Path dir, MongoWorld where, String name) throws Exception {
    this.dir = Files.createDirectories(dir);
    this.where = where;
    this.name = name;
    client = MongoClients.create(where.url(name));
    customers().insertMany(IntStream.rangeClosed(1, 5).mapToObj(Shop::customer).toList());
    if (where.indexes()) {
      customers()
          .createIndex(new Document("email", 1), new IndexOptions().unique(true).name("mail"));
      orders().createIndex(new Document("customer", 1).append("at", -1));
    }
    orders().insertMany(IntStream.range(0, 300).mapToObj(Shop::order).toList());
    db().createCollection("empty");
    var taken = platform().snapshot();
    older = taken.kept().id();
    live = taken.live().id();
    customers().insertOne(customer(6));
    orders().updateOne(new Document("_id", "order-7"), set("cents", 1L));
    orders().deleteOne(new Document("_id", "order-8"));
    db().getCollection("loyalty").insertOne(new Document("_id", 1).append("points", 10));
  }

  static Document customer(int n) {
    return new Document("_id", n).append("name", "Ann " + n).append("email", n + "@example.org");
  }

  private static Document order(int n) {
    return new Document("_id", "order-" + n)
        .append("customer", 1 + n % 5)
        .append("cents", (long) n * 100)
        .append("at", Instant.ofEpochMilli(1_795_000_000_000L + n))
        .append("lines", List.of(new Document("sku", "s" + n).append("weight", 0.5 * n)))
        .append("note", null);
  }

  /// Of the document with that id.
  static String field(MongoCollection<Document> collection, Object id, String field) {
    Document found = collection.find(new Document("_id", id)).first();
    return String.valueOf(found == null ? "no document" : found.get(field));
  }

  static Document set(String field, Object value) {
    return new Document("$set", new Document(field, value));
  }

  MongoDatabase db() {
    return client.getDatabase(name);
  }

  MongoCollection<Document> customers() {
    return db().getCollection("customers");
  }

  MongoCollection<Document> orders() {
    return db().getCollection("orders");
  }

  @Override
  public MongodbPlatform platform() {
    return platform(Optional.empty());
  }

  MongodbPlatform platform(Optional<Ambiguous> ambiguous) {
    return platform(where.url(name), Optional.empty(), ambiguous);
  }

  MongodbPlatform platform(String url, Optional<Boolean> carryOver, Optional<Ambiguous> ambiguous) {
    var settings =
        new MongodbSettings(
            new Secret("${env:MONGODB_URI}", () -> url),
            Optional.of(dir.resolve("snapshots")),
            Optional.empty(),
            carryOver,
            ambiguous,
            Optional.empty(),
            Optional.of(where.programs()));
    return (MongodbPlatform)
        new MongodbKind()
            .open("database", settings, new Surroundings(dir, dir, InstantSource.system()));
  }

  @Override
  public String live() {
    return live;
  }

  @Override
  public String older() {
    return older;
  }

  List<String> collections() {
    return db().listCollectionNames().into(new ArrayList<>()).stream().sorted().toList();
  }

  @Override
  public String snapshot() throws IOException {
    var all = new TreeMap<String, String>();
    for (String collection : collections()) {
      List<String> documents = new ArrayList<>();
      db().getCollection(collection).find().forEach(d -> documents.add(d.toJson()));
      documents.sort(null);
      all.put(collection, String.join("\n", documents));
    }
    var text = new StringBuilder(all.toString());
    try (Stream<Path> files = Files.walk(dir)) {
      files
          .filter(f -> !f.toString().endsWith(".lock"))
          .sorted()
          .forEach(f -> text.append('\n').append(f));
    }
    return text.toString();
  }

  @Override
  public void remove(String id) throws IOException {
    Snapshots.remove(dir.resolve("snapshots").resolve(id));
  }

  @Override
  public List<String> secrets() {
    return List.of(MongoWorld.SECRET);
  }

  @Override
  public void close() throws IOException {
    db().drop();
    client.close();
  }
}
