package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One transaction of the good state in which changes are replayed: the rows, the files of what
/// does not fit and the position appear together or not at all.
final class Part implements AutoCloseable {
  private final Connection target;
  private final List<Catalog.Table> resting;
  private final LeftOut files;
  private final Map<TableName, Tally> tallies = new TreeMap<>();
  private final Book book;
  final Apart apart;
  final Settling settling;

  long transactions;
  long changes;

  /// @param folder must not exist; for what is left out
  Part(
      Connection target,
      Catalog good,
      List<Catalog.Table> told,
      Policy policy,
      Book book,
      Apart apart,
      Path folder)
      throws SQLException, IOException, DatabaseTrouble {
    this.target = target;
    this.book = book;
    this.apart = apart;
    this.resting =
        policy.triggers() ? List.of() : told.stream().filter(t -> !t.triggers().isEmpty()).toList();
    begin();
    this.files = LeftOut.into(Optional.of(folder));
    this.settling = new Settling(target, good, policy, book, apart, new Papers(files), tallies);
  }

  private void begin() throws SQLException, DatabaseTrouble {
    try (Statement statement = target.createStatement()) {
      try (var row = statement.executeQuery("select pg_try_advisory_xact_lock(7811210871)")) {
        row.next();
        if (!row.getBoolean(1)) {
          throw new DatabaseTrouble(
              "another salvage writes into the restored database at this moment: wait for it to end");
        }
      }
      // what is deferred is refused at once, where it can still be told which row it was
      statement.execute("set constraints all immediate");
    }
    for (Catalog.Table table : resting) {
      Writer.rest(target, table, true);
    }
    apart.begin();
  }

  Book book() {
    return book;
  }

  /// What became of the rows.
  ///
  /// @param folder where what was left out is; empty: nothing was
  record Kept(List<TableRound> tables, Optional<Path> folder) {}

  /// The files are in place before the rows are kept: a row is never in neither.
  Kept keep(Book.Progress before, String upto) throws SQLException, IOException {
    List<TableRound> tables = new ArrayList<>();
    for (Tally tally : tallies.values()) {
      tables.add(tally.round());
    }
    long applied = tables.stream().mapToLong(TableRound::applied).sum();
    long left = tables.stream().mapToLong(TableRound::leftOutRows).sum();
    apart.flush();
    book.write(before.and(upto, transactions, changes, applied, left));
    for (Catalog.Table table : resting) {
      Writer.rest(target, table, false);
    }
    Optional<Path> folder = files.finish();
    try {
      target.commit();
    } catch (SQLException e) {
      if (folder.isPresent()) {
        Path at = folder.get();
        Files.move(at, at.resolveSibling(at.getFileName() + ".not-kept-" + System.nanoTime()));
      }
      throw e;
    }
    return new Kept(tables, folder);
  }

  /// Nothing of it is left, should it not have been kept.
  @Override
  public void close() throws IOException {
    try {
      target.rollback();
    } catch (SQLException e) {
      // it is gone, and what was open in it with it
    }
    files.close();
  }
}
