package dev.lastgood.provider;

import dev.lastgood.database.migration.Judgement;
import dev.lastgood.model.Release;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A database whose schema is made by the migrations of another component's releases. It can say
/// whether the code of an older release can live with the schema as it is, and can step it down.
public interface Schemas {
  /// The component whose releases carry the migrations; empty when none are configured.
  Optional<String> carrier();

  /// Judges the live schema. Changes nothing.
  ///
  /// @param live the carrier's release that is live, with the newest migrations
  /// @param target the carrier's release that shall be
  /// @param answers what persons said about what cannot be judged, by migration: `safe`,
  ///   `step-down`, `restore`
  /// @throws PlatformUnreachable if migrations or state table cannot be read
  Judgement judge(Release live, Release target, Map<String, String> answers)
      throws PlatformUnreachable;

  /// How the schema gets down to what a judgement is about. Changes nothing.
  ///
  /// @throws PlatformUnreachable if it cannot, with the reason
  StepDown stepDown(Judgement judgement) throws PlatformUnreachable;

  /// @param from the database's release that is live
  /// @param to what it will be
  /// @param wayBack up again
  /// @param notes what whoever approves must know: what was proposed and by nobody written
  record StepDown(Release from, Release to, Method method, Method wayBack, List<String> notes) {
    public StepDown {
      notes = List.copyOf(notes);
    }
  }
}
