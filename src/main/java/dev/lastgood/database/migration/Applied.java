package dev.lastgood.database.migration;

import java.time.Instant;
import java.util.Optional;

/// A migration as the state table of its tool says it.
///
/// @param failed begun and not finished, or marked dirty
/// @param checksum of the file that was applied
/// @param sql what was run, for tools that keep it
/// @param at when it was applied, where that is asked
public record Applied(
    String id,
    boolean failed,
    Optional<String> checksum,
    Optional<String> sql,
    Optional<Instant> at) {
  static Applied done(String id) {
    return new Applied(id, false, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
