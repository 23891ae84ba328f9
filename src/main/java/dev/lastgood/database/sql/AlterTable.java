package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `alter table`, by the grammar of PostgreSQL's manual. Own, because the parser gives half of
/// these actions as mere text.
final class AlterTable {
  private final Walk walk;
  private final Named table;
  private final List<Deed> deeds = new ArrayList<>();

  private AlterTable(Walk walk, Named table) {
    this.walk = walk;
    this.table = table;
  }

  /// @param walk behind `alter table`
  static List<Deed> read(Walk walk) throws Strange {
    walk.takes("if", "exists");
    walk.takes("only");
    Named table = walk.named();
    walk.takes("*");
    var alter = new AlterTable(walk, table);
    if (walk.takes("rename")) {
      alter.rename();
    } else if (walk.takes("set", "schema")) {
      alter.deeds.add(new Deed.RenameTable(table, new Named(walk.name(), table.name())));
    } else {
      do {
        alter.action();
      } while (walk.takes(","));
    }
    walk.end();
    return alter.deeds;
  }

  private void rename() throws Strange {
    if (walk.takes("to")) {
      deeds.add(new Deed.RenameTable(table, new Named(table.schema(), walk.name())));
    } else if (walk.takes("constraint")) {
      String from = walk.name();
      walk.expect("to");
      deeds.add(new Deed.RenameRule(table, from, walk.name()));
    } else {
      walk.takes("column");
      String from = walk.name();
      walk.expect("to");
      deeds.add(new Deed.RenameColumn(table, from, walk.name()));
    }
  }

  private void action() throws Strange {
    if (walk.takes("add")) {
      add();
    } else if (walk.takes("drop")) {
      drop();
    } else if (walk.takes("alter")) {
      walk.takes("column");
      column(walk.name());
    } else if (walk.takes("validate", "constraint")) {
      deeds.add(new Deed.Nothing("validates the rule " + walk.name() + " of " + table));
    } else if (walk.takes("attach", "partition")) {
      deeds.add(new Deed.Nothing("attaches the partition " + walk.named() + " to " + table));
      walk.part();
    } else if (walk.takes("detach", "partition")) {
      deeds.add(
          new Deed.Unjudged(
              "detaches the partition " + walk.named() + " of " + table,
              "its rows are no longer in the table"));
      walk.part();
    } else {
      setting();
    }
  }

  private void setting() throws Strange {
    List<Token> words = walk.part();
    Walk part = new Walk(words);
    if (part.takes("enable", "row", "level", "security")
        || part.takes("force", "row", "level", "security")) {
      deeds.add(new Deed.RowSecurity(table, true));
    } else if (part.takes("disable", "row", "level", "security")
        || part.takes("no", "force", "row", "level", "security")) {
      deeds.add(new Deed.RowSecurity(table, false));
    } else if (part.takes("disable", "trigger")) {
      deeds.add(new Deed.Restricts("disables triggers of " + table));
    } else if (part.takes("enable", "trigger") || part.takes("enable", "always", "trigger")) {
      deeds.add(new Deed.Restricts("enables triggers of " + table));
    } else if (List.of("owner", "set", "reset", "replica", "cluster", "enable", "inherit").stream()
        .anyMatch(part::takes)) {
      deeds.add(new Deed.Nothing("sets " + Walk.words(words) + " of " + table));
    } else {
      throw new Strange("an action that is not known: " + Walk.words(words));
    }
  }

  private void add() throws Strange {
    Optional<Deed.AddRule> rule = Rules.read(table, walk);
    if (rule.isPresent()) {
      deeds.add(rule.get());
      return;
    }
    walk.takes("column");
    boolean unlessThere = walk.takes("if", "not", "exists");
    String column = walk.name();
    Columns definition = Columns.of(walk.part());
    deeds.add(
        new Deed.AddColumn(
            table, column, definition.type(), definition.must(), definition.filled(), unlessThere));
    for (ColumnRule one : definition.rules(column)) {
      deeds.add(new Deed.RuleOfColumn(table, column, one));
    }
  }

  private void drop() throws Strange {
    if (walk.takes("constraint")) {
      walk.takes("if", "exists");
      deeds.add(new Deed.DropRule(table, walk.name()));
    } else {
      walk.takes("column");
      walk.takes("if", "exists");
      deeds.add(new Deed.DropColumn(table, walk.name()));
    }
    if (!walk.takes("cascade")) {
      walk.takes("restrict");
    }
  }

  private void column(String column) throws Strange {
    if (walk.takes("set", "not", "null")) {
      deeds.add(new Deed.NotNull(table, column, true));
    } else if (walk.takes("drop", "not", "null")) {
      deeds.add(new Deed.NotNull(table, column, false));
    } else if (walk.takes("set", "default")) {
      List<Token> value = walk.part();
      deeds.add(
          new Deed.Default(
              table,
              column,
              Columns.isNull(value) ? Optional.empty() : Optional.of(Walk.text(value))));
    } else if (walk.takes("drop", "default")) {
      deeds.add(new Deed.Default(table, column, Optional.empty()));
    } else if (walk.takes("set", "data", "type") || walk.takes("type")) {
      List<Token> rest = walk.part();
      int using = 0;
      while (using < rest.size() && !rest.get(using).is("using")) {
        using++;
      }
      deeds.add(
          new Deed.ChangeType(
              table, column, Columns.of(rest.subList(0, using)).type(), using < rest.size()));
    } else if (walk.sees("add", "generated", "always") || walk.sees("set", "generated", "always")) {
      walk.part();
      deeds.add(new Deed.GivenAlways(table, column));
    } else if (walk.takes("add", "generated")) {
      walk.part();
      deeds.add(new Deed.Nothing(table + "." + column + " becomes an identity"));
    } else if (walk.sees("set", "statistics")
        || walk.sees("set", "storage")
        || walk.sees("set", "compression")
        || walk.sees("set", "(")
        || walk.sees("reset")
        || walk.sees("set", "generated")
        || walk.sees("restart")) {
      deeds.add(
          new Deed.Nothing("sets " + Walk.words(walk.part()) + " of " + table + "." + column));
    } else if (walk.takes("drop", "identity") || walk.takes("drop", "expression")) {
      walk.takes("if", "exists");
      deeds.add(new Deed.Default(table, column, Optional.empty()));
    } else {
      throw new Strange("an action on a column that is not known");
    }
  }
}
