package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Replays what users wrote since a slot was opened into the state of that moment, transaction by
/// transaction, in the order in which they were committed. What a migration wrote is left out.
///
/// How far it is stands in the good state, in the same transaction as the rows; the slot itself is
/// never moved. So it can be killed at any moment and begun again, also into another restored copy.
public final class Replay implements AutoCloseable {
  /// With one who reads the slot still.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// The server says something about once in half a minute at least while it looks for changes.
  private static final Duration SILENCE = Duration.ofMinutes(10);

  private final DatabaseUrl good;
  private final DatabaseUrl live;
  private final Prepared prepared;
  private final Policy policy;
  private final int commitEvery;
  private final Connection target;
  private final Connection here;
  private final Connection there;
  private final Connection marks;
  private final Book book;
  private final Apart apart;
  private final Set<Long> marked = new HashSet<>();
  private Book.Progress progress;
  private @Nullable Wal wal;
  private @Nullable Transactions transactions;

  /// @throws DatabaseTrouble when a database cannot be asked
  public Replay(DatabaseUrl good, DatabaseUrl live, Prepared prepared, Policy policy)
      throws DatabaseTrouble {
    this(good, live, prepared, policy, 50_000);
  }

  /// @param commitEvery after so many changes of rows, at the end of a user's transaction
  Replay(DatabaseUrl good, DatabaseUrl live, Prepared prepared, Policy policy, int commitEvery)
      throws DatabaseTrouble {
    this.good = good;
    this.live = live;
    this.prepared = prepared;
    this.policy = policy;
    this.commitEvery = commitEvery;
    Connection[] all = open(good, live);
    this.target = all[0];
    this.here = all[1];
    this.there = all[2];
    this.marks = all[3];
    this.book = new Book(target, prepared.slot());
    this.apart = new Apart(target);
    try {
      book.open();
      if (book.progress().isEmpty()) {
        Parting.make(target, Parting.SCHEMA);
      } else if (!Parting.there(target, Parting.SCHEMA)) {
        apart.anew();
      }
      target.commit();
      progress = book.progress().orElse(new Book.Progress(prepared.position(), 0, 0, 0, 0));
      target.rollback();
    } catch (SQLException e) {
      close();
      throw trouble(e);
    }
  }

  private static Connection[] open(DatabaseUrl good, DatabaseUrl live) throws DatabaseTrouble {
    var all = new Connection[4];
    try {
      all[0] = good.writer();
      all[1] = good.reader();
      all[2] = live.reader();
      all[3] = live.owner();
      return all;
    } catch (DatabaseTrouble e) {
      for (Connection connection : all) {
        quietly(connection);
      }
      throw e;
    }
  }

  /// Why a slot cannot be replayed; empty when it can.
  ///
  /// @throws DatabaseTrouble when the live database cannot be asked
  public static Optional<String> lost(DatabaseUrl live, Prepared prepared) throws DatabaseTrouble {
    try (Connection connection = live.reader();
        PreparedStatement ask =
            connection.prepareStatement(
                "select s.wal_status, s.plugin = 'pgoutput' and s.datoid = d.oid and s.datoid ="
                    + " ?::bigint::oid, exists (select from pg_catalog.pg_publication p where p.pubname"
                    + " = s.slot_name) from pg_catalog.pg_replication_slots s, pg_catalog.pg_database d"
                    + " where s.slot_name = ? and d.datname = current_database()")) {
      ask.setLong(1, prepared.database());
      ask.setString(2, prepared.slot());
      try (ResultSet row = ask.executeQuery()) {
        if (!row.next()) {
          return Optional.of("the replication slot " + prepared.slot() + " was dropped");
        }
        if ("lost".equals(row.getString(1))) {
          return Optional.of(
              "the replication slot "
                  + prepared.slot()
                  + " was given up by the server: more was written than max_slot_wal_keep_size keeps");
        }
        return row.getBoolean(2) && row.getBoolean(3)
            ? Optional.empty()
            : Optional.of(
                "the replication slot " + prepared.slot() + " is not of this database any more");
      }
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the replication slot " + prepared.slot() + " of " + live, e);
    }
  }

  /// Ids of the transactions that are taken for a migration's, since they changed the schema.
  ///
  /// @throws DatabaseTrouble when the live database cannot be asked
  public static Set<Long> migrations(DatabaseUrl live, Prepared prepared) throws DatabaseTrouble {
    try (Connection connection = live.reader()) {
      return Migrations.since(connection, prepared.slot());
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the catalog of " + live, e);
    }
  }

  /// Takes away what a replay noted in a database that is ready.
  ///
  /// @throws DatabaseTrouble when it cannot be asked
  public static void forget(DatabaseUrl good) throws DatabaseTrouble {
    try (Connection connection = good.owner()) {
      Book.close(connection);
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the notes of a replay in " + good, e);
    }
  }

  /// Replays everything that has been committed until now.
  ///
  /// @param folders each one does not exist yet; for what cannot be carried over
  /// @throws DatabaseTrouble when a database did not do its part. What was committed before in the
  ///   good state counts; begun again, it goes on from there
  public Replayed untilNow(Supplier<Path> folders) throws DatabaseTrouble, InterruptedException {
    try {
      String mark = "until " + UUID.randomUUID();
      say(mark);
      Catalog goodNow = CatalogReader.read(here);
      Catalog liveNow = CatalogReader.read(there);
      Layout layout = Layout.read(there);
      var mapping = new Mapping(prepared, goodNow, liveNow, layout, policy);
      SchemaDiff diff = SchemaDiff.of(goodNow, liveNow, prepared.layout().renamed(layout));
      apart.looking(goodNow, diff);
      Set<Long> changedTheSchema = Migrations.since(there, prepared.slot());
      here.rollback();
      there.rollback();
      var sum = new Sum();
      while (true) {
        try {
          replay(mark, goodNow, mapping, changedTheSchema, folders, sum);
          new Whole(target, here, there, prepared, policy)
              .look(diff.pairs(), layout, apart, committed());
          return sum.replayed(progress, book.skipped());
        } catch (Transactions.Late e) {
          marked.add(e.xid());
          again();
        }
      }
    } catch (SQLException e) {
      again();
      throw trouble(e);
    } catch (PgOutput.Garbled e) {
      again();
      throw new DatabaseTrouble(String.valueOf(e.getMessage()), e);
    } catch (IOException | UncheckedIOException e) {
      again();
      throw new DatabaseTrouble("files of the salvage cannot be written (" + e + ")", e);
    } finally {
      calm();
    }
  }

  private DatabaseTrouble trouble(SQLException e) {
    return DatabaseTrouble.of("replay of " + live + " into " + good, e);
  }

  /// The next reading begins at what is in the good state.
  private void again() {
    if (wal != null) {
      wal.close();
      wal = null;
    }
    transactions = null;
  }

  private void calm() {
    try {
      target.rollback();
      here.rollback();
      there.rollback();
    } catch (SQLException e) {
      // a connection is gone; the next call says so
    }
  }

  /// Written into the log of the live database, and into no table.
  private void say(String mark) throws SQLException {
    try (PreparedStatement emit =
        marks.prepareStatement("select pg_catalog.pg_logical_emit_message(true, 'lastgood', ?)")) {
      emit.setString(1, mark);
      emit.execute();
    }
  }

  private void replay(
      String mark,
      Catalog goodNow,
      Mapping mapping,
      Set<Long> changedTheSchema,
      Supplier<Path> folders,
      Sum sum)
      throws SQLException,
          IOException,
          DatabaseTrouble,
          InterruptedException,
          PgOutput.Garbled,
          Transactions.Late {
    if (wal == null) {
      wal = Wal.open(live, prepared, progress.upto(), PATIENCE);
    }
    if (transactions == null) {
      transactions = new Transactions();
    }
    transactions.looking(mapping, changedTheSchema, marked, book, apart);
    Set<TableName> told = prepared.told();
    List<Catalog.Table> tables =
        goodNow.tables().values().stream().filter(t -> told.contains(t.name())).toList();
    for (boolean over = false; !over; ) {
      try (Part part = new Part(target, goodNow, tables, policy, book, apart, folders.get())) {
        String upto = progress.upto();
        while (true) {
          Transactions.Step step = transactions.read(message(Objects.requireNonNull(wal)), part);
          over |= step.said().equals(mark);
          if (step.ended().isPresent()) {
            upto = Wal.written(step.ended().get());
            if (over || part.changes >= commitEvery) {
              break;
            }
          }
        }
        transactions.settle(part, true);
        sum.add(part.changes, part.keep(progress, upto));
        progress = book.progress().orElseThrow();
        target.rollback();
      }
    }
  }

  private List<Long> committed() {
    return transactions == null ? List.of() : transactions.committed();
  }

  private static ByteBuffer message(Wal wal)
      throws SQLException, DatabaseTrouble, InterruptedException {
    long deadline = 0;
    while (true) {
      Optional<ByteBuffer> message = wal.next();
      if (message.isPresent()) {
        return message.get();
      }
      long now = System.nanoTime();
      deadline = deadline == 0 ? now + SILENCE.toNanos() : deadline;
      if (now > deadline) {
        throw new DatabaseTrouble(
            "the replication slot says nothing for " + SILENCE.toMinutes() + " minutes: repeat");
      }
      Thread.sleep(1);
    }
  }

  /// Tables that the slot has stopped telling since this was begun: what was replayed of them is
  /// not all that users wrote.
  ///
  /// @throws DatabaseTrouble when the live database cannot be asked
  public Set<TableName> over() throws DatabaseTrouble {
    try {
      return Unheard.over(there, prepared);
    } catch (SQLException e) {
      throw trouble(e);
    } finally {
      calm();
    }
  }

  /// Nobody cleans a table that is told until something of the next call is kept.
  ///
  /// @return who holds one instead, in words
  /// @throws DatabaseTrouble when the good state cannot be asked
  public Optional<String> alone() throws DatabaseTrouble {
    try {
      return Salvage.alone(target, prepared.told()::contains);
    } catch (SQLException e) {
      throw trouble(e);
    }
  }

  /// Nobody reads the slot any more until it is asked again.
  public void rest() {
    again();
  }

  @Override
  public void close() {
    again();
    quietly(target);
    quietly(here);
    quietly(there);
    quietly(marks);
  }

  private static void quietly(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // the server ends it when it notices
    }
  }

  /// What one call did.
  private static final class Sum {
    private long changes;
    private final java.util.Map<TableName, TableRound> tables = new java.util.TreeMap<>();
    private final List<Path> folders = new java.util.ArrayList<>();

    void add(long more, Part.Kept kept) {
      changes += more;
      kept.folder().ifPresent(folders::add);
      kept.tables().forEach(t -> tables.merge(t.table(), t, TableRound::and));
    }

    Replayed replayed(Book.Progress progress, List<Skipped> skipped) {
      return new Replayed(
          progress.transactions(),
          progress.changes(),
          changes,
          List.copyOf(tables.values()),
          folders,
          skipped);
    }
  }
}
