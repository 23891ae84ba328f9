package dev.lastgood.provider.mongodb;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/// What is in a set of collections.
///
/// @param collections by their name when live
record Content(SortedMap<String, Held> collections) {
  /// Words of an index or of options that say nothing about what it does.
  private static final Set<String> IDLE = Set.of("v", "ns", "background", "uuid");

  /// @param count documents
  /// @param sum of the hashes of all documents, in any order: equal sums are equal documents
  /// @param shape a line for each index and for the options, sorted
  /// @param fades whether documents vanish by themselves, by a TTL index
  record Held(long count, String sum, List<String> shape, boolean fades) {
    Held {
      shape = List.copyOf(shape);
    }
  }

  Content {
    collections = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(collections));
  }

  long documents() {
    return collections.values().stream().mapToLong(Held::count).sum();
  }

  /// Adds up documents.
  static final class Sum {
    private final Hashes hashes = new Hashes();
    private long count;
    private long sum;

    void add(byte[] bson) {
      count++;
      sum += hashes.document(bson);
    }

    Held held(List<String> shape, boolean fades) {
      return new Held(count, Long.toHexString(sum), shape, fades);
    }
  }

  /// As it stands on the server.
  ///
  /// @param prefix before the names of the collections
  static Content on(Session session, Set<String> names, String prefix) {
    SortedMap<String, Held> held = new TreeMap<>();
    var all = session.collections();
    for (String name : names) {
      Session.Collection collection = all.get(prefix + name);
      if (collection != null) {
        var sum = new Sum();
        for (RawBsonDocument document : session.raw(prefix + name).find().batchSize(1000)) {
          sum.add(Hashes.bytes(document));
        }
        held.put(name, sum.held(shape(session, collection), fades(session, collection.name())));
      }
    }
    return new Content(held);
  }

  /// As a dump has it, with the shape the server says.
  static Content of(Dump dump, Function<String, Held> shaped) throws IOException {
    SortedMap<String, Held> held = new TreeMap<>();
    for (String name : dump.files().keySet()) {
      var sum = new Sum();
      dump.read(name, sum::add);
      Held shape = shaped.apply(name);
      held.put(name, sum.held(shape.shape(), shape.fades()));
    }
    return new Content(held);
  }

  /// Indexes and options alone.
  static Held shape(Session session, String collection) {
    Session.Collection found = session.collections().get(collection);
    return found == null
        ? new Held(0, "", List.of(), false)
        : new Held(0, "", shape(session, found), fades(session, collection));
  }

  private static List<String> shape(Session session, Session.Collection collection) {
    var lines = new TreeSet<String>();
    for (BsonDocument index : session.raw(collection.name()).listIndexes(BsonDocument.class)) {
      lines.add("index " + plain(index));
    }
    BsonDocument options = plain(collection.options());
    if (!options.isEmpty()) {
      lines.add("options " + options);
    }
    return List.copyOf(lines);
  }

  private static BsonDocument plain(BsonDocument said) {
    var sorted = new TreeMap<>(said);
    sorted.keySet().removeAll(IDLE);
    var plain = new BsonDocument();
    plain.putAll(sorted);
    return plain;
  }

  private static boolean fades(Session session, String collection) {
    for (BsonDocument index : session.raw(collection).listIndexes(BsonDocument.class)) {
      if (index.containsKey("expireAfterSeconds")) {
        return true;
      }
    }
    return false;
  }
}
