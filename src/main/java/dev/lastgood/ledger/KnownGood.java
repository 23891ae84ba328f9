package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A constellation that was proven good, by a soak or by somebody's word.
///
/// @param lastLive when it last went live; empty when it is only vouched for and the ledger never
///   saw it live
/// @param why each proof, in words
public record KnownGood(Constellation constellation, Optional<Instant> lastLive, List<String> why) {
  public KnownGood {
    why = List.copyOf(why);
  }
}
