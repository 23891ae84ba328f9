package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Counts what was written to the live collections since a snapshot: documents by `_id`.
final class Counting {
  private static final int SHOWN = 12;

  private Counting() {}

  /// @param when then, in words
  /// @return one line for each collection, "written … : orders: 3 inserted, 1 updated, 0 deleted"
  static List<String> written(Session session, Scene scene, Base base, String when) {
    List<String> lines = new ArrayList<>();
    try {
      Set<String> live = scene.names();
      var names = new TreeSet<>(live);
      names.addAll(base.names());
      for (String name : names) {
        if (!base.names().contains(name)) {
          lines.add(
              name
                  + ": the collection itself, with "
                  + session.raw(name).estimatedDocumentCount()
                  + " documents");
        } else if (!live.contains(name)) {
          lines.add(name + ": the collection was dropped, and comes back");
        } else {
          line(session, base, name, lines);
        }
      }
    } catch (MongoException e) {
      lines.add("an unknown number of documents: " + Session.why(e));
    } catch (IOException e) {
      lines.add("an unknown number of documents: " + Why.of(e));
    }
    List<String> said = new ArrayList<>();
    lines.stream().limit(SHOWN).forEach(l -> said.add("written " + when + ": " + l));
    if (lines.size() > SHOWN) {
      said.add("and " + (lines.size() - SHOWN) + " more collections");
    }
    return said;
  }

  private static void line(Session session, Base base, String name, List<String> lines)
      throws IOException {
    long inserted = 0;
    long updated = 0;
    long deleted = 0;
    boolean mass = false;
    int passes = Base.Pass.needed(base.count(name));
    for (int n = 0; n < passes; n++) {
      var difference =
          Difference.between(base, name, session, name, new Base.Pass(n, passes), new LongMap());
      inserted += difference.inserted().size();
      updated += difference.updated().size();
      deleted += difference.deleted().size();
      mass |= difference.massUpdate() || difference.massDelete();
    }
    if (inserted + updated + deleted > 0) {
      lines.add(
          "%s: %d inserted, %d updated, %d deleted%s"
              .formatted(
                  name,
                  inserted,
                  updated,
                  deleted,
                  mass ? " (so many at once look like a migration)" : ""));
    }
  }
}
