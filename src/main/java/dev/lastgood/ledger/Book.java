package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Scope;
import java.time.Instant;
import java.util.List;

/// Where the ledger is kept: nothing is ever taken out of it. `store` implements it; `BookContract`
/// says what every implementation must do.
///
/// Times are kept to the millisecond. Reasons and other sentences are cut to [#LONGEST_TEXT]; a
/// name longer than [#LONGEST_NAME] is an [IllegalArgumentException], since half a name is another
/// name.
public interface Book {
  /// Characters of a component, a release id, a commit, a person, and the like.
  int LONGEST_NAME = 400;

  int LONGEST_TEXT = 2000;

  void add(Scope scope, Deployment deployment);

  void add(Scope scope, Mark mark);

  /// A sighting that goes on with the newest one becomes part of it: see [Sighting#and].
  void add(Scope scope, Sighting sighting);

  /// @param hold its id is ignored
  /// @return as stored, with its id
  Hold add(Scope scope, Hold hold);

  /// @return false when there is no such hold in force
  boolean lift(Scope scope, long hold, Actor by, String reason, Instant at);

  /// By the time they tell, oldest first.
  List<Deployment> deployments(Scope scope);

  /// In the order in which they were made, whatever the clock said, oldest first.
  List<Mark> marks(Scope scope);

  /// By the time they tell, oldest first.
  List<Sighting> sightings(Scope scope);

  /// In the order in which they were made, oldest first: in force, lifted and run out.
  List<Hold> holds(Scope scope);
}
