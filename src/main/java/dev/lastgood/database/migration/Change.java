package dev.lastgood.database.migration;

import dev.lastgood.database.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Liquibase's own changes as SQL, as far as it is certain what they do.
final class Change {
  private static final Pattern NULL = Pattern.compile("(?i)\\W*null\\b");

  private Change() {}

  /// An element of XML, or a mapping of YAML.
  ///
  /// @param words attributes, or scalar values
  record Node(String name, Map<String, String> words, List<Node> children, String text) {
    Node {
      words = Map.copyOf(words);
      children = List.copyOf(children);
    }

    String get(String word) {
      return words.getOrDefault(word, "");
    }

    List<Node> children(String name) {
      return children.stream().filter(c -> c.name().equals(name)).toList();
    }
  }

  /// @return empty: not one that is known
  static Optional<String> sql(Node change) {
    String table =
        (change.get("schemaName").isEmpty() ? "" : change.get("schemaName") + ".")
            + change.get("tableName");
    String column = change.get("columnName");
    return switch (change.name()) {
      case "sql" -> Optional.of(change.text());
      case "createTable" -> columns(change).map(c -> "create table " + table + " (" + c + ")");
      case "addColumn" ->
          columns(change)
              .map(c -> "alter table " + table + " add column " + c.replace(", ", ", add column "));
      case "dropTable" -> Optional.of("drop table " + table);
      case "dropColumn" -> Optional.of("alter table " + table + " drop column " + dropped(change));
      case "renameColumn" ->
          Optional.of(
              "alter table "
                  + table
                  + " rename column "
                  + change.get("oldColumnName")
                  + " to "
                  + change.get("newColumnName"));
      case "renameTable" ->
          Optional.of(
              "alter table "
                  + change.get("oldTableName")
                  + " rename to "
                  + change.get("newTableName"));
      case "addNotNullConstraint" ->
          change.get("defaultNullValue").isEmpty()
              ? Optional.of("alter table " + table + " alter column " + column + " set not null")
              : Optional.empty();
      case "dropNotNullConstraint" ->
          Optional.of("alter table " + table + " alter column " + column + " drop not null");
      case "modifyDataType" ->
          Optional.of(
              "alter table "
                  + table
                  + " alter column "
                  + column
                  + " type "
                  + change.get("newDataType"));
      case "addUniqueConstraint" ->
          Optional.of(
              "alter table "
                  + table
                  + " add constraint "
                  + named(change.get("constraintName"))
                  + " unique ("
                  + change.get("columnNames")
                  + ")");
      case "addForeignKeyConstraint" ->
          Optional.of(
              "alter table "
                  + change.get("baseTableName")
                  + " add constraint "
                  + named(change.get("constraintName"))
                  + " foreign key ("
                  + change.get("baseColumnNames")
                  + ") references "
                  + change.get("referencedTableName")
                  + " ("
                  + change.get("referencedColumnNames")
                  + ")");
      case "dropIndex" -> Optional.of("drop index " + change.get("indexName"));
      default -> Optional.empty();
    };
  }

  private static String named(String name) {
    return name.isEmpty() ? "" : Quote.name(name.toLowerCase(java.util.Locale.ROOT));
  }

  private static String dropped(Node change) {
    List<String> names = new ArrayList<>();
    if (!change.get("columnName").isEmpty()) {
      names.add(change.get("columnName"));
    }
    change.children("column").forEach(c -> names.add(c.get("name")));
    return String.join(", drop column ", names);
  }

  /// Definitions of columns; empty when one has something that is not known here.
  private static Optional<String> columns(Node change) {
    List<String> all = new ArrayList<>();
    for (Node column : change.children("column")) {
      boolean needed = false;
      boolean given =
          column.get("autoIncrement").equals("true")
              || column.words().entrySet().stream()
                  .anyMatch(w -> isDefault(w.getKey(), w.getValue()));
      for (Node rules : column.children("constraints")) {
        needed |= rules.get("nullable").equals("false") || rules.get("primaryKey").equals("true");
      }
      if (column.get("name").isEmpty() || column.get("type").isEmpty()) {
        return Optional.empty();
      }
      all.add(
          column.get("name")
              + " "
              + column.get("type").replace(", ", ",")
              + (given ? " default 'given'" : "")
              + (needed ? " not null" : ""));
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", all));
  }

  /// `value` is only for the rows that are there.
  private static boolean isDefault(String word, String value) {
    return word.startsWith("defaultValue")
        && !word.equals("defaultValueConstraintName")
        && !NULL.matcher(value).lookingAt();
  }
}
