package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.create.index.CreateIndex;
import net.sf.jsqlparser.statement.create.table.ColumnDefinition;
import net.sf.jsqlparser.statement.create.table.CreateTable;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.merge.Merge;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.WithItem;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.update.UpdateSet;
import org.jspecify.annotations.Nullable;

/// Tables, indexes and rows, by JSqlParser. See ADR 12 for why both.
final class Parsed {
  private static final int LONGEST = 200_000;
  private static final int PATIENCE_MS = 5_000;

  /// Functions of a bare `select` that move no row of a user.
  private static final Set<String> QUIET = Set.of("setval", "set_config", "nextval", "version");

  private Parsed() {}

  static List<Deed> read(Statement statement) throws Strange {
    String sql = statement.bare();
    if (sql.length() > LONGEST) {
      throw new Strange("is longer than " + LONGEST + " characters");
    }
    net.sf.jsqlparser.statement.Statement tree;
    try {
      tree = CCJSqlParserUtil.parse(sql, parser -> parser.withTimeOut(PATIENCE_MS));
    } catch (JSQLParserException e) {
      throw new Strange("is not understood");
    }
    return switch (tree) {
      case CreateTable t -> List.of(table(t, statement));
      case CreateIndex i -> List.of(index(i, statement));
      case Insert i when reads(i.getWithItemsList()) -> inserted(i);
      case Delete d when reads(d.getWithItemsList()) -> rows("DELETE", d.getTable(), List.of());
      case Update u when reads(u.getWithItemsList()) ->
          rows("UPDATE", u.getTable(), set(u.getUpdateSets()));
      case Merge m -> rows("MERGE", m.getTable(), List.of());
      case Select s -> List.of(question(s, statement));
      default -> throw new Strange("is a kind of statement that is not judged");
    };
  }

  private static boolean reads(@Nullable List<WithItem<?>> with) {
    return with == null
        || with.stream().allMatch(w -> w.getParenthesedStatement() instanceof ParenthesedSelect);
  }

  /// A row that is there already may be changed by it.
  private static List<Deed> inserted(Insert insert) throws Strange {
    var all = new ArrayList<>(rows("INSERT", insert.getTable(), List.of()));
    var conflict = insert.getConflictAction();
    if (conflict != null && conflict.getUpdateSets() != null) {
      all.addAll(rows("UPDATE", insert.getTable(), set(conflict.getUpdateSets())));
    }
    return all;
  }

  private static List<String> set(List<UpdateSet> sets) {
    List<String> columns = new ArrayList<>();
    for (UpdateSet one : sets) {
      for (Object column : one.getColumns()) {
        if (column instanceof Column c) {
          columns.add(folded(c.getColumnName()));
        }
      }
    }
    return columns;
  }

  private static List<Deed> rows(String verb, @Nullable Table table, List<String> columns)
      throws Strange {
    if (table == null) {
      throw new Strange("changes rows of what?");
    }
    return List.of(new Deed.Rows(verb, named(table), columns));
  }

  private static Deed table(CreateTable create, Statement statement) throws Strange {
    Map<String, String> columns = new LinkedHashMap<>();
    if (create.getColumnDefinitions() != null) {
      for (ColumnDefinition column : create.getColumnDefinitions()) {
        columns.put(folded(column.getColumnName()), String.valueOf(column.getColDataType()));
      }
    }
    boolean unlessThere = Walk.has(statement.tokens().stream().limit(8).toList(), "if", "not");
    Named table = named(create.getTable());
    return new Deed.CreateTable(
        table, columns, unlessThere, columns.isEmpty() ? List.of() : rules(table, statement));
  }

  /// A rule that is not read here is asked about where it is dropped.
  private static List<Deed.AddRule> rules(Named table, Statement statement) {
    try {
      return Rules.named(table, statement.tokens());
    } catch (Strange e) {
      return List.of();
    }
  }

  private static Deed index(CreateIndex create, Statement statement) throws Strange {
    Named table = named(create.getTable());
    String name = create.getIndex() == null ? null : create.getIndex().getName();
    boolean unique = Walk.has(statement.tokens().stream().limit(3).toList(), "unique");
    return new Deed.CreateIndex(
        Optional.ofNullable(name)
            .filter(n -> !n.isEmpty())
            .map(n -> new Named(table.schema(), folded(n))),
        table,
        unique,
        columns(create, statement));
  }

  private static List<String> columns(CreateIndex create, Statement statement) {
    boolean strict = Walk.has(statement.tokens(), "nulls", "not", "distinct");
    return create.getIndex() == null || create.getIndex().getColumnsNames() == null || strict
        ? List.of()
        : create.getIndex().getColumnsNames().stream().map(Parsed::folded).toList();
  }

  /// A question changes nothing, but a function in it may.
  private static Deed question(Select select, Statement statement) throws Strange {
    List<Token> tokens = statement.tokens();
    if (!reads(select.getWithItemsList()) || Walk.has(tokens, "into")) {
      throw new Strange("writes by a select");
    }
    for (int i = 0; i + 1 < tokens.size(); i++) {
      String word = tokens.get(i).text().toLowerCase(Locale.ROOT);
      if (tokens.get(i).kind() == Token.Kind.WORD
          && tokens.get(i + 1).is("(")
          && !QUIET.contains(word)
          && !Set.of("from", "where", "in", "and", "or", "as", "select", "exists", "values")
              .contains(word)) {
        throw new Strange("calls " + word + ", which may do anything");
      }
    }
    return new Deed.Nothing("asks a question");
  }

  private static Named named(Table table) throws Strange {
    String name = table.getName();
    if (name == null || name.isEmpty()) {
      throw new Strange("names no table");
    }
    String schema = table.getSchemaName();
    return new Named(schema == null ? "" : folded(schema), folded(name));
  }

  private static String folded(String name) {
    return name.startsWith("\"") && name.endsWith("\"") && name.length() > 1
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name.toLowerCase(Locale.ROOT);
  }
}
