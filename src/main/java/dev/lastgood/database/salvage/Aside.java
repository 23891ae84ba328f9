package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.SchemaDiff.Change.ColumnDropped;
import dev.lastgood.database.SchemaDiff.Change.TableAdded;
import dev.lastgood.database.SchemaDiff.Change.TableDropped;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What no round can carry over: tables only one side has, tables whose rows cannot be recognised.
/// Said, counted, and put into files.
final class Aside {
  private static final int FETCH = 100;

  private final Connection live;
  private final LeftOut files;
  private final Optional<Mark> since;
  private final UnaryOperator<String> words;

  /// @param words how the other database is called
  Aside(Connection live, LeftOut files, Optional<Mark> since, UnaryOperator<String> words) {
    this.words = words;
    this.live = live;
    this.files = files;
    this.since = since;
  }

  List<TableRound> rounds(SchemaDiff diff, List<TablePlan> notCompared)
      throws SQLException, IOException {
    var rounds = new ArrayList<TableRound>();
    for (SchemaDiff.Change change : diff.changes()) {
      if (change instanceof TableAdded added) {
        Table table = table(diff, added);
        rounds.add(
            all(
                new Tally(added.table()),
                table,
                words.apply("the table does not exist in the good state"),
                "new in the live database"));
      } else if (change instanceof TableDropped dropped) {
        var tally = new Tally(dropped.table());
        tally.note =
            "dropped in the live database: what users wrote there before that is gone, and its rows"
                + " stay as in the good state";
        rounds.add(tally.round());
      }
    }
    for (TablePlan plan : notCompared) {
      String why = plan.trouble().orElseThrow();
      rounds.add(all(new Tally(plan.name()), plan.table(Side.LIVE), why, "not compared: " + why));
    }
    return rounds;
  }

  private final java.util.Map<dev.lastgood.database.TableName, Table> liveTables =
      new java.util.HashMap<>();

  private Table table(SchemaDiff diff, TableAdded added) throws SQLException {
    if (liveTables.isEmpty()) {
      liveTables.putAll(dev.lastgood.database.CatalogReader.read(live).tables());
    }
    return java.util.Objects.requireNonNull(liveTables.get(added.table()), diff::toString);
  }

  private TableRound all(Tally tally, Table table, String reason, String note)
      throws SQLException, IOException {
    tally.note = note;
    String from =
        " from " + table.source() + " t" + since.map(s -> " where " + s.since()).orElse("");
    var columns = new ArrayList<String>();
    table.columns().forEach(c -> columns.add(Rows.text(c)));
    var header = new ArrayList<String>();
    table.columns().forEach(c -> header.add(LeftOut.field(c.name())));
    String file = LeftOut.fileName(table.name().schema(), table.name().name());
    boolean write = files.writes() && !columns.isEmpty();
    try (Statement statement = live.createStatement()) {
      statement.setFetchSize(table.wide() ? 4 : FETCH);
      try (ResultSet rows =
          statement.executeQuery(
              "select " + (write ? String.join(", ", columns) : "count(*)") + from)) {
        while (rows.next()) {
          long count = write ? 1 : rows.getLong(1);
          for (long i = 0; i < count; i++) {
            tally.inserted++;
            tally.leftOut(reason);
          }
          if (write) {
            line(file, table, header, rows, reason);
          }
        }
      }
    }
    return tally.round();
  }

  private void line(String file, Table table, List<String> header, ResultSet rows, String reason)
      throws SQLException, IOException {
    var fields = new ArrayList<String>();
    var names = new ArrayList<String>();
    var values = new ArrayList<String>();
    for (int i = 1; i <= table.columns().size(); i++) {
      String value = rows.getString(i);
      fields.add(LeftOut.field(value));
      if (!table.columns().get(i - 1).generated()) {
        names.add(table.columns().get(i - 1).quoted());
        values.add(Words.literal(value));
      }
    }
    files.line(
        file + ".sql", Papers.HEAD, Words.insert(table.name().quoted(), names, values, reason));
    files.line(
        file + ".csv",
        "lastgood_table,lastgood_kind,lastgood_reason," + String.join(",", header),
        LeftOut.field(table.name().schema() + "." + table.name().name())
            + ",inserted,"
            + LeftOut.field(reason)
            + ","
            + String.join(",", fields));
  }

  /// @param numbered whether a snapshot or an exchange noted which column is which
  static List<String> notes(SchemaDiff diff, Catalog live, boolean numbered) {
    var notes = new ArrayList<String>();
    for (String other : live.others()) {
      notes.add(other + " is not compared");
    }
    if (!diff.byIdentity() && !numbered) {
      notes.add(
          "tables and columns are matched by name: one that was renamed since is told with --renamed");
    }
    for (SchemaDiff.Change change : diff.changes()) {
      if (change instanceof ColumnDropped dropped) {
        notes.add(
            dropped.table()
                + "."
                + dropped.column()
                + " is not in the live database: rows keep the restored value, new rows get the"
                + " default");
      }
    }
    return notes;
  }
}
