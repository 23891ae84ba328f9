/// SQLite and PostgreSQL: implements the small interfaces that the stages declare. All SQL is here.
@NullMarked
package dev.lastgood.store;

import org.jspecify.annotations.NullMarked;
