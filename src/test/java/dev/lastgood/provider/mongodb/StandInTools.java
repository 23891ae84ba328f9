package dev.lastgood.provider.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/// Stands in for `mongodump` and `mongorestore` where they are not: two scripts that hand their
/// words to this process, which reads and writes the same files. They understand the words Lastgood
/// uses, and refuse any other. With the real programs the same tests run as peers.
final class StandInTools implements AutoCloseable {
  private final HttpServer server;
  private final Path folder;

  StandInTools(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/mongodump", x -> answer(x, StandInTools::dump));
    server.createContext("/mongorestore", x -> answer(x, StandInTools::restore));
    server.start();
    script("mongodump");
    script("mongorestore");
  }

  Path folder() {
    return folder;
  }

  private void script(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(
        file,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" | curl -sS --fail-with-body --data-binary @- http://127.0.0.1:"
            + server.getAddress().getPort()
            + "/"
            + name
            + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private interface Work {
    void with(Words words) throws IOException;
  }

  private static void answer(HttpExchange exchange, Work work) throws IOException {
    int status = 200;
    String says = "done\n";
    try {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      work.with(new Words(body.lines().toList()));
    } catch (IOException | RuntimeException e) {
      status = 500;
      says = "Failed: " + e.getMessage() + "\n";
    }
    byte[] bytes = says.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /// `--name=value` words.
  private static final class Words {
    private final Map<String, List<String>> all = new HashMap<>();

    Words(List<String> words) {
      for (String word : words) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        all.computeIfAbsent(name, _ -> new ArrayList<>())
            .add(equals < 0 ? "" : word.substring(equals + 1));
      }
    }

    void only(String... known) {
      Set<String> unknown = new HashSet<>(all.keySet());
      unknown.removeAll(List.of(known));
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException("unknown option " + unknown);
      }
    }

    String one(String name) {
      return any(name).getFirst();
    }

    List<String> any(String name) {
      return all.getOrDefault(name, List.of());
    }

    MongoClient client() throws IOException {
      String config = Files.readString(Path.of(one("--config")));
      return MongoClients.create(config.substring("uri: \"".length(), config.lastIndexOf('"')));
    }
  }

  private static void dump(Words words) throws IOException {
    words.only(
        "--config",
        "--db",
        "--excludeCollectionsWithPrefix",
        "--excludeCollection",
        "--out",
        "--gzip",
        "--numParallelCollections");
    try (MongoClient client = words.client()) {
      String db = words.one("--db");
      Path dir = Path.of(words.one("--out"), db);
      for (String name : client.getDatabase(db).listCollectionNames()) {
        if (!name.startsWith("system.")
            && !name.startsWith(words.one("--excludeCollectionsWithPrefix"))
            && !words.any("--excludeCollection").contains(name)) {
          Files.createDirectories(dir);
          collection(client, db, name, dir);
        }
      }
    }
  }

  private static void collection(MongoClient client, String db, String name, Path dir)
      throws IOException {
    MongoCollection<RawBsonDocument> from =
        client.getDatabase(db).getCollection(name, RawBsonDocument.class);
    String file = name.replace("%", "%25").replace("/", "%2F");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(dir.resolve(file + ".bson.gz")))) {
      for (RawBsonDocument each : from.find()) {
        out.write(Hashes.bytes(each));
      }
    }
    var about = new BsonDocument("collectionName", new BsonString(name));
    var indexes = new BsonArray();
    from.listIndexes(BsonDocument.class).forEach(indexes::add);
    about.append("indexes", indexes);
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(dir.resolve(file + ".metadata.json.gz")))) {
      out.write(about.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void restore(Words words) throws IOException {
    words.only(
        "--config",
        "--gzip",
        "--stopOnError",
        "--nsInclude",
        "--nsFrom",
        "--nsTo",
        "--numParallelCollections",
        "--dir");
    String from = words.one("--nsFrom");
    String db = from.substring(0, from.length() - 2);
    String to = words.one("--nsTo");
    String prefix = to.substring(db.length() + 1, to.length() - 1);
    try (MongoClient client = words.client();
        Stream<Path> files = Files.list(Path.of(words.one("--dir"), db))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".bson.gz")).toList()) {
        String base = file.getFileName().toString().replace(".bson.gz", "");
        restore(client, db, prefix, file, file.resolveSibling(base + ".metadata.json.gz"));
      }
    }
  }

  private static void restore(MongoClient client, String db, String prefix, Path file, Path about)
      throws IOException {
    BsonDocument said;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(about))) {
      said = BsonDocument.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    String name = prefix + said.getString("collectionName").getValue();
    client.getDatabase(db).createCollection(name);
    var into = client.getDatabase(db).getCollection(name, RawBsonDocument.class);
    var all = new ByteArrayOutputStream();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      in.transferTo(all);
    }
    ByteBuffer documents = ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    List<RawBsonDocument> read = new ArrayList<>();
    while (documents.hasRemaining()) {
      byte[] one = new byte[documents.getInt(documents.position())];
      documents.get(one);
      read.add(new RawBsonDocument(one));
    }
    if (!read.isEmpty()) {
      into.insertMany(read);
    }
    for (BsonValue each : said.getArray("indexes")) {
      BsonDocument index = each.asDocument();
      if (!index.getString("name").getValue().equals("_id_")) {
        client
            .getDatabase(db)
            .runCommand(
                new BsonDocument("createIndexes", new BsonString(name))
                    .append("indexes", new BsonArray(List.of(index))));
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
