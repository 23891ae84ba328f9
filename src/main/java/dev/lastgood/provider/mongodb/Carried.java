package dev.lastgood.provider.mongodb;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Rounds of carrying over, with what they remember and where they put what does not fit.
///
/// @param state Lastgood's own folder
record Carried(Path state, Ambiguous ambiguous) {
  /// From the live collections into those that will take their names.
  Carrying.Round before(Session session, Base base, String target) throws IOException {
    return carrying(session, base, target, target).all(new Carrying.Way("", target, false));
  }

  /// From the collections that were live, and from those that were made anew while a name was free,
  /// into the live ones: what was written between the last round and the exchange.
  Carrying.Round after(Session session, Base base, Scene scene, Scene.Group kept)
      throws IOException {
    var way = new Carrying.Way(kept.prefix(), "", true);
    var carrying = carrying(session, base, kept.replacedBy(), kept.replacedBy() + "last");
    Carrying.Round done = carrying.all(way);
    for (Map.Entry<String, Session.Collection> each : scene.all().entrySet()) {
      String name = Names.lateName(kept.prefix(), each.getKey());
      if (!name.isEmpty() && scene.all().containsKey(name)) {
        done = done.and(carrying.late(each.getKey(), name, way));
      }
    }
    return done;
  }

  private Carrying carrying(Session session, Base base, String memory, String files) {
    return new Carrying(
        session,
        base,
        ambiguous,
        state.resolve("carried").resolve(memory),
        state.resolve("left-out").resolve(files));
  }
}
