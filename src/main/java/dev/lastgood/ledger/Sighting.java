package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.time.Instant;

/// What was live at a moment and whether every check passed then. Two healthy ones of the same
/// constellation, the soak time apart and with nothing bad between them, prove it good.
public record Sighting(Instant at, Constellation live, boolean healthy, String says) {}
