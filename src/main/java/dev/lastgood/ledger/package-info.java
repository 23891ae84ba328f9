/// What was live when, on every component at once, and what was proven good. Answers "which
/// release?". Pure; the rows come from `store`.
@NullMarked
package dev.lastgood.ledger;

import org.jspecify.annotations.NullMarked;
