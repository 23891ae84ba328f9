/// What two states of one PostgreSQL database are to each other: their catalogs, the difference of
/// their schemas, and what that means for old code. Reads only. The rows are in `salvage`.
@NullMarked
package dev.lastgood.database;

import org.jspecify.annotations.NullMarked;
