package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Scope;
import java.time.Instant;
import java.util.List;

/// Where the ledger is kept. Append-only but for the lifting of holds. `store` implements it;
/// `BookContract` says what every implementation must do. All lists are oldest first.
public interface Book {
  void add(Scope scope, Deployment deployment);

  void add(Scope scope, Mark mark);

  void add(Scope scope, Sighting sighting);

  /// @param hold its id is ignored
  /// @return as stored, with its id
  Hold add(Scope scope, Hold hold);

  /// @return false when there is no such hold in force
  boolean lift(Scope scope, long hold, Actor by, String reason, Instant at);

  List<Deployment> deployments(Scope scope);

  List<Mark> marks(Scope scope);

  List<Sighting> sightings(Scope scope);

  List<Hold> holds(Scope scope);
}
