package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.Quote;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.ServerSays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes changes of one table into the good state, many at once. When the server refuses, the half
/// that is good is kept: batches are cut in two until the refused row stands alone.
final class Writer {
  private final Connection connection;
  private final TablePlan plan;
  private final Catalog good;
  private final Result result;

  /// What became of a row.
  interface Result {
    void applied(Change change);

    /// @param again whether other changes may make it fit
    void refused(Change change, String reason, boolean again);
  }

  Writer(Connection connection, TablePlan plan, Catalog good, Result result) {
    this.connection = connection;
    this.plan = plan;
    this.good = good;
    this.result = result;
  }

  /// @throws SQLException when it is not about a row, and the round is over
  void write(List<Change> changes) throws SQLException {
    write(changes, c -> c.kind() == Change.Kind.INSERT, this::insert);
    write(changes, c -> c.kind() == Change.Kind.UPDATE && !c.whole(), c -> update(c, plan.users()));
    write(
        changes, c -> c.kind() == Change.Kind.UPDATE && c.whole(), c -> update(c, plan.carried()));
    write(changes, c -> c.kind() == Change.Kind.DELETE, this::delete);
  }

  /// Rows to which only rows refer that are deleted with them.
  ///
  /// @param deletes of a table with a key; those that are gone already count as done
  void deleteWith(List<Change> deletes) throws SQLException {
    attempt(
        deletes,
        changes -> {
          delete(changes, "");
          return Map.of();
        });
  }

  private interface Act {
    /// @return the changes that were not done although nothing was refused, with the reason
    Map<Change, String> on(List<Change> changes) throws SQLException;
  }

  private void write(List<Change> changes, java.util.function.Predicate<Change> which, Act act)
      throws SQLException {
    List<Change> mine = changes.stream().filter(which).toList();
    if (!mine.isEmpty()) {
      attempt(mine, act);
    }
  }

  private void attempt(List<Change> changes, Act act) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Map<Change, String> not = act.on(changes);
      if (not.isEmpty()) {
        connection.releaseSavepoint(before);
        changes.forEach(result::applied);
        return;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      not.forEach(
          (change, why) -> result.refused(change, why, change.kind() == Change.Kind.DELETE));
      List<Change> rest = changes.stream().filter(c -> !not.containsKey(c)).toList();
      if (!rest.isEmpty()) {
        attempt(rest, act);
      }
    } catch (SQLException e) {
      if (!aboutRows(e)) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      if (changes.size() == 1) {
        result.refused(changes.getFirst(), reason(e), again(e));
      } else {
        int middle = changes.size() / 2;
        attempt(changes.subList(0, middle), act);
        attempt(changes.subList(middle, changes.size()), act);
      }
    }
  }

  /// Data that does not fit, rules that are broken, a row too large for its index, and what
  /// functions of users raise.
  private static boolean aboutRows(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith("22")
        || state.startsWith("23")
        || state.startsWith("54")
        || state.startsWith("P0")
        || state.equals("44000")
        || state.equals("27000");
  }

  /// Unique, exclusion and foreign-key rules: the row they need, or the one in the way, may be
  /// next.
  private static boolean again(SQLException e) {
    return Set.of("23503", "23505", "23P01", "23001").contains(String.valueOf(e.getSQLState()));
  }

  /// Without values: they are in the file already, and the reason is shown.
  private static String reason(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String rule = ServerSays.constraint(e).map(c -> " " + c).orElse("");
    String column = ServerSays.column(e).map(c -> " in " + c).orElse("");
    return switch (state) {
      case "23502" -> "the good state needs a value" + column;
      case "23503" -> "it refers to a row, or is referred to, against the foreign key" + rule;
      case "23505" -> "another row has the same value, against the unique rule" + rule;
      case "23514" -> "it does not meet the check" + rule;
      case "23P01" -> "it collides with another row, against" + rule;
      case "22001" -> "a text is too long for the good state";
      case "22003" -> "a number is too large for the good state";
      case "22P02", "22007", "22008" -> "a value is not one the good state's type knows";
      case "P0001" -> "a function or trigger of the database refused it";
      default -> "the server refused it with " + state + rule;
    };
  }

  // -- statements -------------------------------------------------------------------------------

  private Map<Change, String> insert(List<Change> changes) throws SQLException {
    List<Match> columns = plan.carried();
    boolean alone = !plan.keyed() && plan.carried().stream().anyMatch(Match::retyped);
    if (alone && changes.size() > 1) {
      // without a key nobody can look afterwards which row became what
      throw new SQLException("one at a time", "27000");
    }
    String sql =
        "insert into "
            + plan.table(Side.GOOD).quoted()
            + " ("
            + join(columns, m -> m.good().quoted())
            + ") overriding system value select "
            + casts(columns)
            + " from "
            + table(columns);
    if (alone) {
      return insertAlone(sql, changes.getFirst());
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values(statement, columns, changes, 1);
      expect(statement.executeUpdate(), changes);
    }
    return lossy(changes, columns);
  }

  private Map<Change, String> insertAlone(String sql, Change change) throws SQLException {
    String returning = " returning " + join(plan.carried(), m -> m.good().quoted() + "::text");
    try (PreparedStatement statement = connection.prepareStatement(sql + returning)) {
      values(statement, plan.carried(), List.of(change), 1);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          expect(0, List.of(change));
        }
        var written = new Row(Rows.values(row, 1, plan.carried().size()), new String[0], 0);
        return lossy(change, written, plan.carried())
            .map(why -> Map.of(change, why))
            .orElse(Map.of());
      }
    }
  }

  private Map<Change, String> update(List<Change> changes, List<Match> wanted) throws SQLException {
    List<Match> keys = plan.key().stream().map(KeyColumn::match).toList();
    List<Match> columns =
        wanted.stream()
            .filter(m -> !m.good().identityAlways())
            .filter(m -> plan.key().stream().noneMatch(k -> k.match().equals(m) && !written(k)))
            .toList();
    if (columns.isEmpty()) {
      return Map.of();
    }
    var sets = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      sets.add(columns.get(i).good().quoted() + " = " + cast(columns.get(i), i));
    }
    var marks = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      marks.add("?::text[]");
      names.add("c" + i);
    }
    for (int i = 0; i < keys.size(); i++) {
      marks.add("?::text[]");
      names.add("k" + i);
    }
    String sql =
        "update "
            + plan.table(Side.GOOD).source()
            + " t set "
            + String.join(", ", sets)
            + " from unnest("
            + String.join(", ", marks)
            + ") as u("
            + String.join(", ", names)
            + ") where "
            + plan.onKey(Side.GOOD);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values(statement, columns, changes, 1);
      for (int i = 0; i < keys.size(); i++) {
        int at = i;
        statement.setArray(columns.size() + 1 + i, array(changes, c -> c.key().get(at)));
      }
      expect(statement.executeUpdate(), changes);
    }
    return lossy(changes, columns);
  }

  /// Keys that are equal but written otherwise: `Bob` and `bob` in citext, 1.0 and 1.00.
  private static boolean written(KeyColumn key) {
    return key.kind() == KeyColumn.Kind.TEXT;
  }

  /// A row that others still refer to stays: deleting it could take rows along that nobody deleted.
  private Map<Change, String> delete(List<Change> changes) throws SQLException {
    if (!plan.keyed()) {
      return deleteOneOf(changes);
    }
    Set<List<String>> done = delete(changes, stillNeeded());
    var not = new java.util.HashMap<Change, String>();
    for (Change change : changes) {
      if (!done.contains(change.key())) {
        not.put(change, "rows that stay refer to it");
      }
    }
    return not;
  }

  /// @param condition of SQL that begins with `and`, or empty
  /// @return the keys of those that were there
  private Set<List<String>> delete(List<Change> changes, String condition) throws SQLException {
    String sql =
        "delete from "
            + plan.table(Side.GOOD).source()
            + " t using "
            + plan.keysAsTable()
            + " where "
            + plan.onKey(Side.GOOD)
            + condition
            + " returning "
            + plan.readKey(Side.GOOD);
    Set<List<String>> done = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Rows.bind(connection, statement, changes.stream().map(Change::key).toList());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          done.add(Rows.key(rows, 1, plan));
        }
      }
    }
    return done;
  }

  private String stillNeeded() {
    StringBuilder conditions = new StringBuilder();
    for (Table table : good.tables().values()) {
      for (ForeignKey foreign : table.foreignKeys()) {
        boolean follows = "cnd".contains(foreign.onDelete());
        if (follows && foreign.to().equals(plan.name())) {
          conditions.append(" and not exists (select from ");
          conditions.append(table.source()).append(" child where ");
          var parts = new ArrayList<String>();
          for (int i = 0; i < foreign.columns().size(); i++) {
            parts.add(
                "child."
                    + table.column(foreign.columns().get(i)).orElseThrow().quoted()
                    + " = t."
                    + Quote.name(foreign.toColumns().get(i)));
          }
          conditions.append(String.join(" and ", parts)).append(")");
        }
      }
    }
    return conditions.toString();
  }

  /// As many of the equal rows as were deleted, whichever they are.
  private Map<Change, String> deleteOneOf(List<Change> changes) throws SQLException {
    var not = new java.util.HashMap<Change, String>();
    String sql =
        "delete from "
            + plan.table(Side.GOOD).source()
            + " t where (tableoid, ctid) = (select"
            + " t.tableoid, t.ctid from "
            + plan.table(Side.GOOD).source()
            + " t where "
            + plan.hash(Side.GOOD)
            + " = ?::bigint"
            + stillNeeded()
            + " limit 1)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Change change : changes) {
        statement.setString(1, change.key().getFirst());
        if (statement.executeUpdate() != 1) {
          not.put(change, "rows that stay refer to it");
        }
      }
    }
    return not;
  }

  private static void expect(int count, List<Change> changes) throws SQLException {
    if (count != changes.size()) {
      throw new SQLException(
          count
              + " of "
              + changes.size()
              + " rows were written: a rule or a trigger of the"
              + " database interferes",
          "27000");
    }
  }

  /// Rows whose values the good state's types would round or cut.
  private Map<Change, String> lossy(List<Change> changes, List<Match> columns) throws SQLException {
    if (!plan.keyed() || columns.stream().noneMatch(Match::retyped)) {
      return Map.of();
    }
    var rows = Rows.fetch(connection, plan, Side.GOOD, changes.stream().map(Change::key).toList());
    var lossy = new java.util.HashMap<Change, String>();
    for (Change change : changes) {
      lossy(change, rows.get(change.key()), columns).ifPresent(why -> lossy.put(change, why));
    }
    return lossy;
  }

  private Optional<String> lossy(Change change, @Nullable Row written, List<Match> columns) {
    for (int i = 0; i < plan.carried().size(); i++) {
      Match match = plan.carried().get(i);
      if (match.retyped()
          && columns.contains(match)
          && (written == null
              || !Fidelity.same(written.value(i), change.liveRow().value(i), match))) {
        return Optional.of(
            match.good().name()
                + " would not be the same as "
                + match.good().type()
                + " (it is "
                + match.live().type()
                + " now)");
      }
    }
    return Optional.empty();
  }

  // -- values -----------------------------------------------------------------------------------

  private static String join(List<Match> columns, Function<Match, String> each) {
    return String.join(", ", columns.stream().map(each).toList());
  }

  private static String casts(List<Match> columns) {
    var casts = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      casts.add(cast(columns.get(i), i));
    }
    return String.join(", ", casts);
  }

  /// To the type without its limits: casting to `varchar(3)` cuts in silence, assigning to it does
  /// not.
  private static String cast(Match match, int at) {
    return "u.c" + at + "::" + match.good().base();
  }

  private static String table(List<Match> columns) {
    var marks = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      marks.add("?::text[]");
      names.add("c" + i);
    }
    return "unnest(" + String.join(", ", marks) + ") as u(" + String.join(", ", names) + ")";
  }

  private void values(
      PreparedStatement statement, List<Match> columns, List<Change> changes, int from)
      throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      int at = plan.carried().indexOf(columns.get(i));
      statement.setArray(from + i, array(changes, c -> c.liveRow().value(at)));
    }
  }

  private java.sql.Array array(List<Change> changes, Function<Change, @Nullable String> value)
      throws SQLException {
    return connection.createArrayOf("text", changes.stream().map(value).toArray());
  }

  /// Triggers of users rest while rows are written: in this transaction only, so that nothing can
  /// leave them off.
  static void rest(Connection connection, Table table, boolean off) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (var trigger : table.triggers().entrySet()) {
        if (Objects.equals(trigger.getValue(), "O") || Objects.equals(trigger.getValue(), "A")) {
          String on = trigger.getValue().equals("A") ? "enable always" : "enable";
          statement.execute(
              "alter table "
                  + table.quoted()
                  + (off ? " disable" : " " + on)
                  + " trigger "
                  + Quote.name(trigger.getKey()));
        }
      }
    }
  }
}
