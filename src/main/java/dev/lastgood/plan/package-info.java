/// Turns a decision and a target constellation into ordered steps with a forecast. Pure; a plan is
/// data that can be shown, hashed, approved, stored and replayed.
@NullMarked
package dev.lastgood.plan;

import org.jspecify.annotations.NullMarked;
