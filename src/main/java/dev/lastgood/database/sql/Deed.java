package dev.lastgood.database.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One thing a statement does.
public sealed interface Deed {
  /// @param columns types by column, as written; empty when made from a query
  /// @param rules those that have a name, as far as they are known
  record CreateTable(
      Named table, Map<String, String> columns, boolean unlessThere, List<AddRule> rules)
      implements Deed {
    public CreateTable {
      columns = Map.copyOf(columns);
      rules = List.copyOf(rules);
    }
  }

  record DropTable(Named table) implements Deed {}

  /// @param type as written
  /// @param must null is forbidden
  record AddColumn(
      Named table, String column, String type, boolean must, Filled filled, boolean unlessThere)
      implements Deed {
    public boolean needed() {
      return must && filled != Filled.YES;
    }
  }

  /// What a column holds when nobody gives it a value.
  enum Filled {
    /// Null.
    NO,
    /// The value of a default or of a sequence.
    YES,
    /// What is made of the other columns, which may be null.
    COMPUTED
  }

  record DropColumn(Named table, String column) implements Deed {}

  record RenameColumn(Named table, String from, String to) implements Deed {}

  record RenameTable(Named from, Named to) implements Deed {}

  /// @param using whether values are computed anew
  record ChangeType(Named table, String column, String type, boolean using) implements Deed {}

  record NotNull(Named table, String column, boolean now) implements Deed {}

  /// @param value empty: the default is dropped
  record Default(Named table, String column, Optional<String> value) implements Deed {}

  /// A constraint.
  ///
  /// @param name empty: PostgreSQL chooses it
  /// @param kind `CHECK`, `FOREIGN KEY`, `UNIQUE`, `PRIMARY KEY`, `EXCLUDE`
  /// @param columns of which one that is null is enough for it to hold; empty: there is none, or
  ///   they are not known
  /// @param keeps the table whose rows cannot be deleted as long as rows refer to them
  /// @param check what a `CHECK` reads; empty for other kinds
  record AddRule(
      Named table,
      Optional<String> name,
      String kind,
      List<String> columns,
      Optional<Named> keeps,
      Optional<Check> check)
      implements Deed {
    public AddRule {
      columns = List.copyOf(columns);
    }

    /// Whether it keeps rows apart, so that older code may name it in `on conflict`.
    public boolean alone() {
      return List.of("UNIQUE", "PRIMARY KEY", "EXCLUDE").contains(kind);
    }
  }

  /// A rule in the definition of a column that is added.
  record RuleOfColumn(Named table, String column, ColumnRule rule) implements Deed {}

  /// From now on nobody may give a value of his own to the column.
  record GivenAlways(Named table, String column) implements Deed {}

  record DropRule(Named table, String name) implements Deed {}

  record RenameRule(Named table, String from, String to) implements Deed {}

  /// @param name empty: PostgreSQL chooses it
  /// @param columns as those of a rule
  record CreateIndex(Optional<Named> name, Named table, boolean unique, List<String> columns)
      implements Deed {
    public CreateIndex {
      columns = List.copyOf(columns);
    }
  }

  record DropIndex(Named name) implements Deed {}

  /// A view, type, function, extension, schema, sequence, policy, trigger…
  ///
  /// @param on the table of a policy or trigger
  /// @param replace whether one of that name may have been there
  /// @param signature of a function, with its parentheses
  record Make(String kind, Named name, Optional<Named> on, boolean replace, String signature)
      implements Deed {}

  record Remove(String kind, Named name) implements Deed {}

  record AddValue(Named type, String value) implements Deed {}

  record RowSecurity(Named table, boolean on) implements Deed {}

  /// Changes rows.
  ///
  /// @param verb `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `MERGE`
  /// @param columns those an update sets
  record Rows(String verb, Named table, List<String> columns) implements Deed {
    public Rows {
      columns = List.copyOf(columns);
    }
  }

  /// Changes neither schema nor rows in a way programs notice: comments, grants, settings.
  record Nothing(String what) implements Deed {}

  /// Narrows what programs may do, and can be taken back: a revoke, a disabled trigger.
  record Restricts(String what) implements Deed {}

  /// Nobody can say from here.
  record Unjudged(String what, String why) implements Deed {}

  /// For people.
  default String says() {
    return switch (this) {
      case CreateTable d -> "creates table " + d.table();
      case DropTable d -> "drops table " + d.table();
      case AddColumn d -> "adds " + d.table() + "." + d.column() + " (" + d.type() + ")";
      case DropColumn d -> "drops column " + d.table() + "." + d.column();
      case RenameColumn d -> "renames " + d.table() + "." + d.from() + " to " + d.to();
      case RenameTable d -> "renames table " + d.from() + " to " + d.to();
      case ChangeType d -> "changes " + d.table() + "." + d.column() + " to " + d.type();
      case NotNull d ->
          (d.now() ? "forbids null in " : "allows null in ") + d.table() + "." + d.column();
      case Default d ->
          d.table()
              + "."
              + d.column()
              + d.value().map(v -> " gets the default " + v).orElse(" loses its default");
      case AddRule d ->
          "adds "
              + d.kind().toLowerCase(java.util.Locale.ROOT)
              + d.name().map(n -> " " + n).orElse("")
              + " to "
              + d.table();
      case RuleOfColumn d ->
          "with "
              + d.rule().kind().toLowerCase(java.util.Locale.ROOT)
              + " on "
              + d.table()
              + "."
              + d.column();
      case GivenAlways d -> d.table() + "." + d.column() + " is generated always from now on";
      case DropRule d -> "drops the rule " + d.name() + " of " + d.table();
      case RenameRule d -> "renames the rule " + d.from() + " of " + d.table() + " to " + d.to();
      case CreateIndex d ->
          "adds "
              + (d.unique() ? "unique " : "")
              + "index "
              + d.name().map(n -> n + " ").orElse("")
              + "on "
              + d.table();
      case DropIndex d -> "drops index " + d.name();
      case Make d ->
          (d.replace() ? "makes or replaces " : "makes ")
              + d.kind()
              + " "
              + d.name()
              + d.on().map(t -> " on " + t).orElse("");
      case Remove d -> "drops " + d.kind() + " " + d.name();
      case AddValue d -> "adds " + d.value() + " to the type " + d.type();
      case RowSecurity d -> "turns row-level security of " + d.table() + (d.on() ? " on" : " off");
      case Rows d ->
          switch (d.verb()) {
            case "INSERT" -> "inserts rows into " + d.table();
            case "DELETE" -> "deletes rows of " + d.table();
            case "TRUNCATE" -> "empties " + d.table();
            case "MERGE" -> "merges rows into " + d.table();
            default ->
                "rewrites values of " + d.table() + "(" + String.join(", ", d.columns()) + ")";
          };
      case Nothing d -> d.what();
      case Restricts d -> d.what();
      case Unjudged d -> d.what() + ": " + d.why();
    };
  }
}
