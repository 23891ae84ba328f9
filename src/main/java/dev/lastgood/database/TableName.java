package dev.lastgood.database;

import java.util.Comparator;

/// A table by its schema and its name, as the catalog spells them.
public record TableName(String schema, String name) implements Comparable<TableName> {
  private static final Comparator<TableName> ORDER =
      Comparator.comparing(TableName::schema).thenComparing(TableName::name);

  /// For SQL.
  public String quoted() {
    return Quote.name(schema) + "." + Quote.name(name);
  }

  /// For people.
  @Override
  public String toString() {
    return schema.equals("public") ? name : schema + "." + name;
  }

  @Override
  public int compareTo(TableName other) {
    return ORDER.compare(this, other);
  }
}
