package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.time.Instant;
import java.util.Optional;

/// These releases were live together, without interruption.
///
/// @param until when the first of them was replaced; empty while they still are live
public record Stretch(Constellation live, Instant from, Optional<Instant> until) {}
