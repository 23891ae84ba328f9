package dev.lastgood.database.sql;

import dev.lastgood.database.Quote;

/// A name in SQL.
///
/// @param schema empty: it was not said, and the search path decides
public record Named(String schema, String name) {
  public static Named of(String name) {
    return new Named("", name);
  }

  /// For SQL.
  public String quoted() {
    return (schema.isEmpty() ? "" : Quote.name(schema) + ".") + Quote.name(name);
  }

  /// The same thing, as far as is said: a name without schema is taken for the one of any schema.
  public boolean is(Named other) {
    return name.equals(other.name)
        && (schema.isEmpty() || other.schema.isEmpty() || schema.equals(other.schema));
  }

  /// For people.
  @Override
  public String toString() {
    return schema.isEmpty() || schema.equals("public") ? name : schema + "." + name;
  }
}
