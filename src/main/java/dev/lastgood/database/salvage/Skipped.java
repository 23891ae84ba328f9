package dev.lastgood.database.salvage;

import java.time.Instant;

/// A transaction that was not replayed, since it is not a user's.
///
/// @param xid its id, 32 bits
/// @param at when it committed
/// @param why how it was recognised
/// @param rows what it wrote, by table: `orders 120 updated, items 3 inserted`
public record Skipped(long xid, Instant at, String why, String rows) {}
