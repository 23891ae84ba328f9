package dev.lastgood.database.salvage;

/// The two sources of truth.
enum Side {
  GOOD,
  LIVE
}
