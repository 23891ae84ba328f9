package dev.lastgood.ledger;

import java.time.Instant;

/// Why a release must not be gone back to.
///
/// @param at since when
/// @param reason in words that follow the release's name: "was marked bad by ada …"
public record Bad(Instant at, String reason) {}
