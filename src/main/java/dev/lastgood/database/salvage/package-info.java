/// Two sources of truth: what users wrote into the live database since a restored good state is
/// found by comparison, carried over, or left out into files with the reason. No row disappears:
/// every round asserts that what was found is what was applied and what was left out.
@NullMarked
package dev.lastgood.database.salvage;

import org.jspecify.annotations.NullMarked;
