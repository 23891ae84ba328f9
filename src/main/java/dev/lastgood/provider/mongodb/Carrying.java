package dev.lastgood.provider.mongodb;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/// Carries what users wrote since a snapshot from one set of collections into another, by `_id`:
/// the snapshot tells what changed, the other set whether somebody else changed it there.
///
/// Every round may be repeated: what is there already is not written again.
final class Carrying {
  private static final int BATCH = 500;
  private static final String BOTH =
      "it was changed on both sides, and whose state counts was not decided";
  private static final String MASS =
      "so many were changed at once that a migration may have done it";

  private final Session session;
  private final Base base;
  private final Ambiguous ambiguous;
  private final Path applied;
  private final Path leftOut;

  /// @param applied folder of what was written, for the rounds that follow
  /// @param leftOut folder of the files of what was not
  Carrying(Session session, Base base, Ambiguous ambiguous, Path applied, Path leftOut) {
    this.session = session;
    this.base = base;
    this.ambiguous = ambiguous;
    this.applied = applied;
    this.leftOut = leftOut;
  }

  /// What a round did.
  ///
  /// @param folder of the files, if anything is in them
  record Round(long inserted, long updated, long deleted, long leftOut, Path folder) {
    Round and(Round other) {
      return new Round(
          inserted + other.inserted,
          updated + other.updated,
          deleted + other.deleted,
          leftOut + other.leftOut,
          folder);
    }

    long changes() {
      return inserted + updated + deleted;
    }

    String inWords() {
      return inserted
          + " inserted, "
          + updated
          + " updated, "
          + deleted
          + " deleted carried over"
          + (leftOut == 0 ? "" : ", " + leftOut + " left out, with the reasons, into " + folder);
    }
  }

  /// Where it goes from and to.
  ///
  /// @param source prefix of the collections with what users wrote
  /// @param target prefix of the collections it goes into
  /// @param served whether users write into the target already: what they did there counts
  record Way(String source, String target, boolean served) {}

  Round all(Way way) throws IOException {
    Files.createDirectories(applied);
    Map<String, Session.Collection> there = new TreeMap<>(session.collections());
    var total = new Round(0, 0, 0, 0, leftOut);
    for (String name : base.names()) {
      if (there.containsKey(way.source + name) && there.containsKey(way.target + name)) {
        try (var memory = new Applied(applied.resolve(file(name)));
            var file = new LeftOut(leftOut, name)) {
          var one = new One(name, way, memory, file);
          int passes = Base.Pass.needed(base.count(name));
          for (int n = 0; n < passes; n++) {
            one.pass(new Base.Pass(n, passes));
          }
          file.complete();
          total = total.and(one.done());
        }
      }
    }
    return total;
  }

  private static String file(String name) {
    return Long.toHexString(new Hashes().id(new org.bson.BsonString(name)));
  }

  /// Documents that an application wrote into a collection it made anew while the name was free.
  Round late(String collection, String name, Way way) throws IOException {
    Files.createDirectories(applied);
    try (var memory = new Applied(applied.resolve(file(name)));
        var file = new LeftOut(leftOut, collection)) {
      var one = new One(name, way, memory, file);
      List<RawBsonDocument> batch = new ArrayList<>();
      for (RawBsonDocument each : session.raw(collection).find().batchSize(BATCH)) {
        batch.add(each);
        if (batch.size() == BATCH) {
          one.insert(batch);
          batch.clear();
        }
      }
      one.insert(batch);
      file.complete();
      return one.done();
    }
  }

  /// One collection in one round.
  private final class One {
    private final MongoCollection<RawBsonDocument> from;
    private final MongoCollection<RawBsonDocument> into;
    private final String name;
    private final Way way;
    private final Applied memory;
    private final LeftOut file;
    private final Hashes hashes = new Hashes();
    private LongMap before = new LongMap();
    private long inserted;
    private long updated;
    private long deleted;

    One(String name, Way way, Applied memory, LeftOut file) {
      this.name = name;
      this.way = way;
      this.memory = memory;
      this.file = file;
      this.from = session.raw(way.source + name);
      this.into = session.raw(way.target + name);
    }

    Round done() {
      return new Round(inserted, updated, deleted, file.count(), leftOut);
    }

    void pass(Base.Pass pass) throws IOException {
      var found =
          Difference.between(base, name, session, way.source + name, pass, memory.touched());
      before = found.before();
      for (List<BsonValue> ids : batches(found.inserted())) {
        insert(List.copyOf(fetched(from, ids).values()));
      }
      boolean mass = found.massUpdate();
      for (List<BsonValue> ids : batches(found.updated())) {
        update(ids, mass);
      }
      for (List<BsonValue> ids : batches(found.again())) {
        update(ids, false);
      }
      boolean gone = found.massDelete();
      for (List<BsonValue> ids : batches(found.deletedIn(session, way.target + name))) {
        delete(ids, gone);
      }
    }

    private void insert(List<RawBsonDocument> documents) throws IOException {
      if (documents.isEmpty()) {
        return;
      }
      Map<BsonDocument, RawBsonDocument> there =
          fetched(into, documents.stream().map(d -> d.get("_id")).toList());
      List<RawBsonDocument> fresh = new ArrayList<>();
      for (RawBsonDocument document : documents) {
        byte[] bson = Hashes.bytes(document);
        long id = hashes.id(bson);
        RawBsonDocument other = there.get(key(document));
        if (other != null) {
          if (!other.equals(document)) {
            replaceIfOurs(id, document, bson, other, "inserted");
          }
        } else if (!way.served || !memory.has(id) || memory.is(id, Applied.DELETED)) {
          memory.put(id, hashes.document(bson));
          fresh.add(document);
        } // else users deleted it where it was carried to
      }
      inserted += insertAll(fresh);
    }

    private int insertAll(List<RawBsonDocument> fresh) throws IOException {
      if (fresh.isEmpty()) {
        return 0;
      }
      memory.flush();
      try {
        into.insertMany(fresh, new InsertManyOptions().ordered(false));
        return fresh.size();
      } catch (MongoBulkWriteException e) {
        for (BulkWriteError error : e.getWriteErrors()) {
          file.add(
              "inserted", Why.plain(error.getMessage(), 300), fresh.get(error.getIndex()), null);
        }
        return fresh.size() - e.getWriteErrors().size();
      }
    }

    private void update(List<BsonValue> ids, boolean mass) throws IOException {
      Map<BsonDocument, RawBsonDocument> there = fetched(into, ids);
      for (RawBsonDocument document : fetched(from, ids).values()) {
        byte[] bson = Hashes.bytes(document);
        long id = hashes.id(bson);
        RawBsonDocument other = there.get(key(document));
        if (document.equals(other)) {
          continue;
        }
        if (mass && ambiguous != Ambiguous.KEEP_LIVE) {
          file.add("updated", MASS, document, other);
        } else if (other == null) {
          gone(id, document, bson);
        } else {
          replaceIfOurs(id, document, bson, other, "updated");
        }
      }
    }

    /// Users changed what is not there on the other side.
    private void gone(long id, RawBsonDocument document, byte[] bson) throws IOException {
      if (memory.is(id, Applied.DELETED)) {
        updated += write(id, document, bson, null, "updated");
        return;
      }
      if (way.served) {
        return; // users deleted it after the exchange: their last word
      }
      if (ambiguous == Ambiguous.KEEP_LIVE) {
        updated += write(id, document, bson, null, "updated");
      } else {
        file.add("updated", BOTH, document, null);
      }
    }

    private void replaceIfOurs(
        long id, RawBsonDocument document, byte[] bson, RawBsonDocument other, String what)
        throws IOException {
      long is = hashes.document(Hashes.bytes(other));
      var was = before.get(id);
      boolean untouched = was.isPresent() && was.getAsLong() == is;
      if (untouched || memory.is(id, is) || (ambiguous == Ambiguous.KEEP_LIVE && !way.served)) {
        updated += write(id, document, bson, other, what);
      } else {
        file.add(what, BOTH, document, other);
      }
    }

    /// @param other what is there now; null for nothing
    /// @return documents written: 1, or 0 when it went to the file
    private int write(
        long id,
        RawBsonDocument document,
        byte[] bson,
        @Nullable RawBsonDocument other,
        String what)
        throws IOException {
      memory.put(id, hashes.document(bson));
      memory.flush();
      try {
        if (other == null) {
          into.insertOne(document);
          return 1;
        }
        if (into.replaceOne(exactly(other), document).getMatchedCount() == 1) {
          return 1;
        }
        file.add(what, "somebody changed it in this moment", document, other);
      } catch (MongoWriteException e) {
        file.add(what, Session.why(e), document, other);
      }
      return 0;
    }

    private void delete(List<BsonValue> ids, boolean mass) throws IOException {
      for (RawBsonDocument other : fetched(into, ids).values()) {
        byte[] bson = Hashes.bytes(other);
        long is = hashes.document(bson);
        long id = hashes.id(bson);
        var was = before.get(id);
        boolean untouched = was.isPresent() && was.getAsLong() == is;
        if (mass && ambiguous != Ambiguous.KEEP_LIVE) {
          file.add("deleted", MASS, null, other);
        } else if (untouched
            || memory.is(id, is)
            || (ambiguous == Ambiguous.KEEP_LIVE && !way.served)) {
          memory.put(id, Applied.DELETED);
          memory.flush();
          deleted += into.deleteOne(exactly(other)).getDeletedCount();
        } else if (!way.served) {
          file.add("deleted", BOTH, null, other);
        }
      }
    }
  }

  /// Matches a document as it was seen: whoever changed it meanwhile is not overwritten.
  private static BsonDocument exactly(RawBsonDocument seen) {
    var filter = new BsonDocument();
    seen.forEach((field, value) -> {
      if (comparable(field, value)) {
        filter.append(field, new BsonDocument("$eq", value));
      }
    });
    return filter;
  }

  /// Some servers do not compare the rarer kinds of values; the others are enough to notice most.
  private static boolean comparable(String field, BsonValue value) {
    return field.equals("_id")
        || (!field.isEmpty()
            && field.indexOf('.') < 0
            && !field.startsWith("$")
            && switch (value.getBsonType()) {
              case INT32, INT64, STRING, BOOLEAN, DATE_TIME, OBJECT_ID -> true;
              default -> false;
            });
  }

  private static BsonDocument key(RawBsonDocument document) {
    return new BsonDocument("_id", document.get("_id"));
  }

  private static Map<BsonDocument, RawBsonDocument> fetched(
      MongoCollection<RawBsonDocument> from, List<BsonValue> ids) {
    Map<BsonDocument, RawBsonDocument> found = new java.util.LinkedHashMap<>();
    if (!ids.isEmpty()) {
      for (RawBsonDocument each : from.find(Filters.in("_id", ids)).batchSize(BATCH)) {
        found.put(key(each), each);
      }
    }
    return found;
  }

  private static List<List<BsonValue>> batches(List<BsonValue> ids) {
    List<List<BsonValue>> batches = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += BATCH) {
      batches.add(ids.subList(from, Math.min(from + BATCH, ids.size())));
    }
    return batches;
  }
}
