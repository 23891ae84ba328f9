package dev.lastgood.plan;

/// Which of a component's alternatives a step belongs to. Rank 0 is tried first; the next rank only
/// after a step of the one before was refused, never after an unknown.
///
/// @param method the adapter's name for it, e.g. `side-by-side`
public record Way(String component, String method, int rank) {}
