/// Migrations: those in the folder of a release against those the tool says are applied, what each
/// of them does, what that means to older code, and the way down. Files are given, never fetched;
/// the database is only read.
@NullMarked
package dev.lastgood.database.migration;

import org.jspecify.annotations.NullMarked;
