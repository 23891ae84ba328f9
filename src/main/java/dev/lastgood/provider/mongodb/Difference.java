package dev.lastgood.provider.mongodb;

import com.mongodb.client.model.Projections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/// What of one collection differs from the snapshot, by `_id`.
///
/// @param inserted ids of documents that the snapshot does not have
/// @param updated ids of documents that are not what they were in the snapshot
/// @param deleted hashes of the ids of documents that are gone
/// @param again ids of documents that are what they were in the snapshot, but were carried over as
///   something else before
/// @param of documents of the snapshot that were compared
/// @param gone how many of the deleted ones the snapshot has
/// @param before what the documents of the snapshot were
record Difference(
    List<BsonValue> inserted,
    List<BsonValue> updated,
    LongMap deleted,
    List<BsonValue> again,
    long of,
    long gone,
    LongMap before) {
  private static final int SUSPICIOUS = 100;
  private static final int BATCH = 1000;

  /// @param collection as it is called now, with its prefix
  /// @param touched hashes of the ids that were carried over before
  static Difference between(
      Base base, String name, Session session, String collection, Base.Pass pass, LongMap touched)
      throws IOException {
    LongMap before = base.hashes(name, pass);
    LongMap unseen = before.copy();
    List<BsonValue> inserted = new ArrayList<>();
    List<BsonValue> updated = new ArrayList<>();
    List<BsonValue> again = new ArrayList<>();
    LongMap missing = touched.copy();
    var hashes = new Hashes();
    for (RawBsonDocument document : session.raw(collection).find().batchSize(BATCH)) {
      byte[] bson = Hashes.bytes(document);
      long id = hashes.id(bson);
      if (pass.has(id)) {
        OptionalLong was = unseen.remove(id);
        missing.remove(id);
        if (was.isEmpty()) {
          inserted.add(document.get("_id"));
        } else if (was.getAsLong() != hashes.document(bson)) {
          updated.add(document.get("_id"));
        } else if (touched.has(id)) {
          again.add(document.get("_id"));
        }
      }
    }
    long gone = unseen.size();
    missing.keys(id -> {
      if (pass.has(id)) {
        unseen.put(id, 0);
      }
    });
    return new Difference(inserted, updated, unseen, again, before.size(), gone, before);
  }

  /// More than users do in so short a time: a migration, most likely.
  boolean massUpdate() {
    return updated.size() >= SUSPICIOUS && 2L * updated.size() > of;
  }

  boolean massDelete() {
    return gone >= SUSPICIOUS && 2 * gone > of;
  }

  /// Ids of documents of another collection whose hash is among the deleted ones.
  List<BsonValue> deletedIn(Session session, String collection) {
    List<BsonValue> ids = new ArrayList<>();
    if (deleted.size() == 0) {
      return ids;
    }
    var hashes = new Hashes();
    for (RawBsonDocument each :
        session.raw(collection).find().projection(Projections.include("_id")).batchSize(BATCH)) {
      if (deleted.has(hashes.id(Hashes.bytes(each)))) {
        ids.add(each.get("_id"));
      }
    }
    return ids;
  }
}
