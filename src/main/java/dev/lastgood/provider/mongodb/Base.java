package dev.lastgood.provider.mongodb;

import java.io.IOException;
import java.util.Set;

/// What a snapshot holds of each document, as hashes: what a document was before anybody changed
/// it.
///
/// @param snapshot a usable one
record Base(Snapshots.Kept snapshot, Dump dump) {
  /// Documents looked at together; more are looked at in several passes, so that memory stays flat.
  static final long TOGETHER = 1_000_000;

  static Base of(Snapshots.Kept snapshot) throws IOException {
    return new Base(
        snapshot, Dump.in(snapshot.dump(), snapshot.manifest().orElseThrow().database()));
  }

  Set<String> names() {
    return dump.files().keySet();
  }

  long count(String collection) {
    Content.Held held = snapshot.manifest().orElseThrow().collections().get(collection);
    return held == null ? 0 : held.count();
  }

  /// The documents of one pass: hash of the document by hash of its id.
  LongMap hashes(String collection, Pass pass) throws IOException {
    var map = new LongMap();
    var hashes = new Hashes();
    dump.read(
        collection,
        bson -> {
          long id = hashes.id(bson);
          if (pass.has(id)) {
            map.put(id, hashes.document(bson));
          }
        });
    return map;
  }

  /// One of several passes over the documents of a collection, by their ids.
  record Pass(int number, int of) {
    boolean has(long id) {
      return Long.remainderUnsigned(id, of) == number;
    }

    static int needed(long documents) {
      return (int) (documents / TOGETHER) + 1;
    }
  }
}
