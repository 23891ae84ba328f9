package dev.lastgood.provider.mongodb;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ReplaceOptions;
import org.bson.Document;

/// What Lastgood writes down in the database itself, one document each: so it outlives the machine
/// that made the plan, and a person finds it.
record State(Session session) {
  private MongoCollection<Document> documents() {
    return session.documents(Names.STATE);
  }

  void live(String release) {
    put(new Document("_id", "live").append("release", release));
  }

  void put(Scene.Group group) {
    put(group.document());
  }

  void put(Scene.Exchange exchange) {
    put(exchange.document());
  }

  /// Forgets a group; its collections stay as they are.
  void forget(String group) {
    remove(group);
  }

  void remove(Scene.Exchange exchange) {
    remove(exchange.document().getString("_id"));
  }

  private void put(Document document) {
    documents()
        .replaceOne(
            new Document("_id", document.get("_id")), document, new ReplaceOptions().upsert(true));
  }

  private void remove(String id) {
    documents().deleteOne(new Document("_id", id));
  }
}
