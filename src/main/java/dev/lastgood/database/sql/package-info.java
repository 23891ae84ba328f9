/// Reads SQL of PostgreSQL as far as is needed to say what a migration does: statements, and of
/// each what it does to the schema and to rows. What it cannot read with certainty it says; it
/// never guesses. Runs nothing and knows no database.
@NullMarked
package dev.lastgood.database.sql;

import org.jspecify.annotations.NullMarked;
