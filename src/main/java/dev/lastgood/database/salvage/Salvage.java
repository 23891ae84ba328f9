package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.TableLocks;
import dev.lastgood.database.TableName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Carries over what users wrote into the live database since a restored good state.
///
/// One call is one round and one transaction in the restored database: after a crash nothing of it
/// is there, and calling again does it all. The live database is only read, in one snapshot.
public final class Salvage {
  /// Two servers of one descent share everything else that names a database.
  private static final String STARTED =
      "select extract(epoch from pg_catalog.pg_postmaster_start_time())::text";

  private final DatabaseUrl restored;
  private final DatabaseUrl live;
  private final Policy policy;
  private final int parallel;
  private final Optional<Exchange> exchange;
  private final Set<TableName> replayed;
  private final Optional<Departure> departure;
  private final Optional<Confined> confined;

  /// @param parallel how many tables are read at once; each takes two connections
  public Salvage(DatabaseUrl restored, DatabaseUrl live, Policy policy, int parallel) {
    this(
        restored,
        live,
        policy,
        parallel,
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty());
  }

  private Salvage(
      DatabaseUrl restored,
      DatabaseUrl live,
      Policy policy,
      int parallel,
      Optional<Exchange> exchange,
      Set<TableName> replayed,
      Optional<Departure> departure,
      Optional<Confined> confined) {
    if (parallel < 1 || parallel > 32) {
      throw new IllegalArgumentException("1 to 32 tables at once, not " + parallel);
    }
    this.restored = restored;
    this.live = live;
    this.policy = policy;
    this.parallel = parallel;
    this.exchange = exchange;
    this.replayed = Set.copyOf(replayed);
    this.departure = departure;
    this.confined = confined;
  }

  /// The same for two databases that will be exchanged, once or once more.
  public Salvage exchanging(Exchange exchange) {
    return new Salvage(
        restored, live, policy, parallel, Optional.of(exchange), replayed, departure, confined);
  }

  /// The same without these tables of the good state: a [Replay] carries them over.
  public Salvage without(Set<TableName> told) {
    return new Salvage(restored, live, policy, parallel, exchange, told, departure, confined);
  }

  /// The same, knowing when the restored state was what the live database was: rounds without a
  /// mark need not compare everything. Not believed, and said in the notes, when it is of another
  /// database; single tables of which it does not tell are compared whole.
  public Salvage since(Departure moment) {
    return new Salvage(
        restored, live, policy, parallel, exchange, replayed, Optional.of(moment), confined);
  }

  /// The same for single tables only, which stand in the live database itself: both sides are one
  /// database then.
  public Salvage among(Confined tables) {
    return new Salvage(
        restored, live, policy, parallel, exchange, replayed, departure, Optional.of(tables));
  }

  /// What tables of a restored state take the place of: to be run in the transaction in which they
  /// do. Their notes, if any were written, are those that hold from then on.
  public static List<String> exchanged(boolean noted) {
    return noted
        ? List.of(
            "drop schema if exists " + Parting.SCHEMA + " cascade",
            "alter schema " + Parting.NEXT + " rename to " + Parting.SCHEMA)
        : List.of();
  }

  /// Finds what users wrote and carries it over.
  ///
  /// @param since the mark of an earlier round, or one noted when the restored state was current;
  ///   then only what was written since is looked at. Ignored, and said in the notes, when the live
  ///   database is not the one it was taken from. Empty: everything is compared
  /// @param leftOut a folder that does not exist yet, for what cannot be carried over
  /// @throws DatabaseTrouble when a database did not do its part; nothing of the round was kept
  public Round round(Optional<Mark> since, Path leftOut)
      throws DatabaseTrouble, InterruptedException {
    return round(since, Optional.of(leftOut), true);
  }

  /// Does all of it in the restored database, counts, and takes it back. The live database is only
  /// read; the restored one is as it was.
  ///
  /// @throws DatabaseTrouble when a database did not do its part
  public Round rehearse(Optional<Mark> since) throws DatabaseTrouble, InterruptedException {
    return round(since, Optional.empty(), false);
  }

  /// The mark of this moment, to be noted when a good state is made.
  ///
  /// @throws DatabaseTrouble when the database cannot be asked
  public static Mark mark(DatabaseUrl live) throws DatabaseTrouble {
    try (Connection connection = live.reader()) {
      return Mark.now(connection, CatalogReader.read(connection).server(), "");
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the mark of the database " + live, e);
    }
  }

  private Round round(Optional<Mark> since, Optional<Path> leftOut, boolean keep)
      throws DatabaseTrouble, InterruptedException {
    try (Rounds rounds = open()) {
      return rounds.round(since, leftOut, keep);
    }
  }

  /// For several rounds one after the other, the last of them in a hurry.
  ///
  /// @throws DatabaseTrouble when a database cannot be asked
  public Rounds open() throws DatabaseTrouble {
    return new Rounds();
  }

  /// Rounds that share their connections.
  public final class Rounds implements AutoCloseable {
    private final Connection source;
    private final Connection target;
    private final Connection here;

    private Rounds() throws DatabaseTrouble {
      source = live.reader();
      Optional<Connection> second = Optional.empty();
      try {
        second = Optional.of(restored.writer());
        here = restored.reader();
        target = second.get();
      } catch (DatabaseTrouble e) {
        Salvage.close(source);
        second.ifPresent(Salvage::close);
        throw e;
      }
    }

    /// Notes from now on which rows users write, so that rounds from a mark taken after this need
    /// not look for them. Needs the owner of the tables.
    ///
    /// @param patience with transactions of users that hold a table
    /// @return why rounds must go on looking into the tables; empty when it is noted
    /// @throws DatabaseTrouble when the live database cannot be asked
    public Optional<String> note(Duration patience) throws DatabaseTrouble, InterruptedException {
      try (Connection owner = live.owner()) {
        Catalog there = there(source);
        SchemaDiff diff = SchemaDiff.of(here(here), there, renamed(source, there));
        List<Noting.Noted> noted = noted(plans(diff), Noting.blind(source));
        return noted.isEmpty() ? Optional.empty() : Noting.begin(owner, noted, patience);
      } catch (SQLException e) {
        throw DatabaseTrouble.of("noting what users write into " + live, e);
      } finally {
        rest();
      }
    }

    /// Notes no longer, and takes away what is left of it.
    ///
    /// @throws DatabaseTrouble when the live database cannot be asked
    public void noteNoMore(Duration patience) throws DatabaseTrouble, InterruptedException {
      Salvage.noteNoMore(live, patience);
    }

    /// Nobody cleans a table of the restored database until the next round is over, so that it
    /// waits for nobody.
    ///
    /// @return who holds one instead, in words; empty when nobody does
    /// @throws DatabaseTrouble when the restored database cannot be asked
    public Optional<String> alone() throws DatabaseTrouble {
      try {
        return Salvage.alone(target, t -> !replayed.contains(t));
      } catch (SQLException e) {
        throw DatabaseTrouble.of("the restored database " + restored, e);
      }
    }

    /// @param since as for [Salvage#round(Optional, Path)]
    /// @param leftOut as there
    /// @throws DatabaseTrouble when a database did not do its part; nothing of the round was kept
    public Round round(Optional<Mark> since, Path leftOut)
        throws DatabaseTrouble, InterruptedException {
      return round(since, Optional.of(leftOut), true);
    }

    /// The last round, in the transaction of somebody who holds the live tables, so that nobody
    /// else can write or read them: nothing is kept before that transaction is.
    ///
    /// @param holder in the one database in which both sides stand
    /// @throws DatabaseTrouble when the database did not do its part
    public Round within(Connection holder, Optional<Mark> since, Path leftOut)
        throws DatabaseTrouble, InterruptedException {
      return round(Optional.of(holder), since, Optional.of(leftOut), true);
    }

    private Round round(Optional<Mark> since, Optional<Path> leftOut, boolean keep)
        throws DatabaseTrouble, InterruptedException {
      return round(Optional.empty(), since, leftOut, keep);
    }

    private Round round(
        Optional<Connection> holder, Optional<Mark> since, Optional<Path> leftOut, boolean keep)
        throws DatabaseTrouble, InterruptedException {
      Path folder = null;
      try (LeftOut files = LeftOut.into(leftOut)) {
        folder = Files.createTempDirectory("lastgood-salvage-");
        return new Doing(
                files,
                holder.orElse(source),
                holder.orElse(target),
                here,
                folder,
                keep,
                holder.isPresent())
            .round(since);
      } catch (SQLException e) {
        throw DatabaseTrouble.of("salvage from " + live + " into " + restored, e);
      } catch (FileAlreadyExistsException e) {
        throw new DatabaseTrouble(
            e.getMessage()
                + " exists already, and what was left out earlier is never overwritten: name"
                + " another folder");
      } catch (IOException e) {
        throw new DatabaseTrouble(
            "files of the salvage cannot be written (" + e + "); nothing was kept", e);
      } finally {
        remove(folder);
        rest();
      }
    }

    /// The next round sees a moment of its own, and nothing of one that failed is left.
    private void rest() {
      for (Connection connection : List.of(source, target, here)) {
        try {
          connection.rollback();
        } catch (SQLException e) {
          // it is gone, and what was open in it with it; the next round says so
        }
      }
    }

    @Override
    public void close() {
      List.of(source, target, here).forEach(Salvage::close);
    }
  }

  /// Until the transaction of this connection ends, of those tables that are altered: their
  /// triggers rest. Where the server has no room for the locks it is only less likely.
  static Optional<String> alone(Connection target, Predicate<TableName> which) throws SQLException {
    try {
      return TableLocks.alone(target, TableLocks.triggered(target).stream().filter(which).toList());
    } catch (SQLException e) {
      target.rollback();
      if (!TableLocks.noRoom(e)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /// Takes away what notes which rows users write, should there be anything of it.
  ///
  /// @throws DatabaseTrouble when the live database cannot be asked
  public static void noteNoMore(DatabaseUrl live, Duration patience)
      throws DatabaseTrouble, InterruptedException {
    try (Connection owner = live.owner()) {
      Noting.end(owner, patience);
    } catch (SQLException e) {
      throw DatabaseTrouble.of("noting what users write into " + live, e);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the server ends it when it notices
    }
  }

  /// What a person or a snapshot knows; of an exchange that is taken back, what was known then.
  private SortedMap<String, String> renamed(Connection source, Catalog there) throws SQLException {
    SortedMap<String, String> renamed =
        exchange.isPresent() && exchange.get().back()
            ? Parted.renamed(source, exchange.get().before(), there)
            : new TreeMap<>();
    departure.ifPresent(d -> renamed.putAll(d.renamed(there)));
    renamed.putAll(policy.renamed());
    return renamed;
  }

  private Catalog there(Connection connection) throws SQLException {
    Catalog all = policy.state().without(CatalogReader.read(connection));
    return confined.isEmpty() ? all : confined.get().live(all);
  }

  private Catalog here(Connection connection) throws SQLException {
    return policy
        .state()
        .without(
            confined.isEmpty()
                ? CatalogReader.read(connection)
                : confined.get().good(CatalogReader.read(connection, confined.get().schema())));
  }

  private List<TablePlan> plans(SchemaDiff diff) {
    return all(diff).stream().filter(p -> !replayed.contains(p.name())).toList();
  }

  /// Those of which a replay knows all rows that differ.
  private List<TablePlan> told(SchemaDiff diff) {
    return all(diff).stream()
        .filter(p -> replayed.contains(p.name()) && p.keyed() && p.trouble().isEmpty())
        .toList();
  }

  private List<TablePlan> all(SchemaDiff diff) {
    return diff.pairs().stream().map(p -> new TablePlan(p, policy)).toList();
  }

  private static boolean notable(TablePlan plan, Set<Long> blind) {
    return !plan.table(Side.LIVE).partitioned()
        && !blind.contains(plan.table(Side.LIVE).identity());
  }

  private static List<Noting.Noted> noted(List<TablePlan> plans, Set<Long> blind) {
    var all = new ArrayList<Noting.Noted>();
    for (TablePlan plan : plans) {
      if (plan.trouble().isEmpty() && notable(plan, blind)) {
        all.add(
            new Noting.Noted(
                plan.table(Side.LIVE).identity(),
                plan.table(Side.LIVE).quoted(),
                plan.key().stream().map(k -> k.read(Side.LIVE)).toList()));
      }
    }
    return all;
  }

  private static void remove(@org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // keys in a private folder of the system's temporary files; the system clears it
    }
  }

  /// One round.
  private final class Doing {
    private final LeftOut files;
    private final Connection source;
    private final Connection target;
    private final Connection reader;
    private final Path folder;
    private final boolean keep;
    private final boolean held;
    private final List<String> notes = new ArrayList<>();

    Doing(
        LeftOut files,
        Connection source,
        Connection target,
        Connection reader,
        Path folder,
        boolean keep,
        boolean held) {
      this.files = files;
      this.source = source;
      this.target = target;
      this.reader = reader;
      this.folder = folder;
      this.keep = keep;
      this.held = held;
    }

    Round round(Optional<Mark> wanted)
        throws SQLException, IOException, DatabaseTrouble, InterruptedException {
      // first, so that everything after it sees one moment
      String snapshot = held ? "" : text(source, "select pg_export_snapshot()");
      Catalog there;
      Catalog here;
      if (held) {
        // another session would wait for the tables: the server opens them to spell their rules
        text(source, "set local search_path = ''");
        Catalog all =
            policy.state().without(CatalogReader.read(source, confined.orElseThrow().schema()));
        text(source, "set local search_path to default");
        there = confined.get().live(all);
        here = confined.get().good(all);
      } else if (confined.isPresent()) {
        there = there(source);
        here = here(reader);
      } else {
        try (var beside = Executors.newVirtualThreadPerTaskExecutor()) {
          Future<Catalog> other = beside.submit(() -> CatalogReader.read(reader));
          there = CatalogReader.read(source);
          here = catalog(other);
        }
        refuse(here, there);
        notes.addAll(policy.state().notes(here, there));
        here = policy.state().without(here);
        there = policy.state().without(there);
      }
      alone();
      SortedMap<String, String> renamed = renamed(source, there);
      SchemaDiff diff = SchemaDiff.of(here, there, renamed);
      Set<Long> blind = Noting.blind(source);
      String noting = Noting.under(source, Noting.layout(noted(plans(diff), blind)));
      Mark mark = Mark.now(source, there.server(), noting);
      Ends ends = Ends.of(exchange, source, target, there.server(), confined.isPresent());
      Optional<Mark> since = ends.since(wanted);
      boolean usable = since.isPresent() && since.get().usable(source, there.server());
      if (ends.back() && !usable) {
        throw new DatabaseTrouble(
            "the databases were exchanged too long ago: what was written since cannot be told");
      }
      if (since.isPresent() && !usable) {
        notes.add("the mark is not of this database or too old: everything was compared");
      }
      Optional<Departure> departed = departed(there, usable);
      var notCompared = new ArrayList<TablePlan>();
      var plans = new ArrayList<TablePlan>();
      for (TablePlan plan : plans(diff)) {
        Optional<String> trouble = plan.trouble().or(() -> ends.trouble(plan));
        if (trouble.isPresent()) {
          notCompared.add(plan.aside(trouble.get()));
        } else {
          plans.add(plan);
        }
      }
      boolean allNoted = usable && !noting.isEmpty() && since.get().noting().equals(noting);
      Map<TablePlan, Tally> tallies = new LinkedHashMap<>();
      List<Found> found =
          found(
              plans,
              usable ? since : Optional.empty(),
              departed,
              snapshot,
              p -> allNoted && notable(p, blind));
      try {
        for (Found table : found) {
          var tally = new Tally(table.plan.name());
          tally.migrated = table.migrated;
          if (!table.plan.keyed()) {
            tally.note =
                "it has no key: rows are compared whole, an update counts as one deleted and one inserted";
          }
          tallies.put(table.plan, tally);
        }
        ends.begin(found, told(diff), usable);
        write(found, here, tallies, ends);
        var rounds = new ArrayList<>(tallies.values().stream().map(Tally::round).toList());
        rounds.addAll(
            new Aside(source, files, usable ? since : Optional.empty(), ends::words)
                .rounds(diff, notCompared));
        if (confined.isEmpty()) {
          new LargeObjects(source, target, usable ? since : Optional.empty())
              .carry()
              .ifPresent(rounds::add);
        }
        notes.addAll(Aside.notes(diff, there, exchange.isPresent() || departure.isPresent()));
        rounds.sort(Comparator.comparing(TableRound::table));
        if (keep) {
          new Sequences(target, here, there).advance(all(diff));
        }
        ends.end(mark, renamed);
        return end(mark, usable, rounds);
      } finally {
        for (Found table : found) {
          table.close();
        }
      }
    }

    /// @param later whether there is a mark to begin from
    private Optional<Departure> departed(Catalog there, boolean later) throws SQLException {
      if (later || departure.isEmpty()) {
        return Optional.empty();
      }
      boolean ours = departure.get().mark().usable(source, there.server());
      if (!ours) {
        notes.add(
            "what was noted with the good state is not of this database or too old: everything was"
                + " compared");
      }
      return departure.filter(_ -> ours);
    }

    private static Catalog catalog(Future<Catalog> other)
        throws SQLException, IOException, DatabaseTrouble, InterruptedException {
      try {
        return other.get();
      } catch (ExecutionException e) {
        rethrow(e.getCause() == null ? e : e.getCause());
        throw new IllegalStateException(e);
      }
    }

    /// The files are in place before the rows are kept: a row is never in neither.
    private Round end(Mark mark, boolean incremental, List<TableRound> rounds)
        throws SQLException, IOException {
      if (!keep) {
        target.rollback();
        return new Round(false, mark, incremental, rounds, Optional.empty(), notes);
      }
      Optional<Path> written = files.finish();
      try {
        if (!held) {
          target.commit();
        }
      } catch (SQLException e) {
        if (written.isPresent()) {
          notKept(written.get());
        }
        throw e;
      }
      return new Round(true, mark, incremental, rounds, written, notes);
    }

    private static void notKept(Path folder) throws IOException {
      Files.move(
          folder, folder.resolveSibling(folder.getFileName() + ".not-kept-" + System.nanoTime()));
    }

    private void refuse(Catalog here, Catalog there) throws SQLException, DatabaseTrouble {
      if (here.server().system().equals(there.server().system())
          && here.server().database() == there.server().database()
          && text(source, STARTED).equals(text(target, STARTED))) {
        throw new DatabaseTrouble(
            restored + " and " + live + " are one and the same database: nothing was done");
      }
      if (here.server().readOnly()) {
        throw new DatabaseTrouble(
            "the restored database "
                + restored
                + " does not accept writes (a standby?): promote it first");
      }
      if (!here.server().encoding().equals(there.server().encoding())) {
        throw new DatabaseTrouble(
            "the databases have different encodings ("
                + here.server().encoding()
                + " and "
                + there.server().encoding()
                + "): nothing was done");
      }
      if (java.util.Collections.disjoint(here.tables().keySet(), there.tables().keySet())
          && !SchemaDiff.of(here, there, Map.of()).byIdentity()) {
        throw new DatabaseTrouble(
            restored
                + " and "
                + live
                + " have no table in common: check that both are of one system");
      }
    }

    private void alone() throws SQLException, DatabaseTrouble {
      if (!text(target, "select pg_try_advisory_xact_lock(7811210871)::text").equals("true")) {
        throw new DatabaseTrouble(
            "another salvage writes into " + restored + " at this moment: wait for it to end");
      }
    }

    /// @param noted tables whose writes are noted since the mark
    private List<Found> found(
        List<TablePlan> plans,
        Optional<Mark> since,
        Optional<Departure> departed,
        String snapshot,
        Predicate<TablePlan> noted)
        throws SQLException, IOException, DatabaseTrouble, InterruptedException {
      boolean any = plans.stream().anyMatch(noted);
      Map<Long, Boolean> written = any ? Noting.written(source, since.orElseThrow()) : Map.of();
      var unread = new ArrayList<TablePlan>();
      var known = new ArrayList<TablePlan>();
      var idle = new ArrayList<TablePlan>();
      for (TablePlan plan : plans) {
        Boolean keys = written.get(plan.table(Side.LIVE).identity());
        if (!noted.test(plan) || Boolean.FALSE.equals(keys)) {
          unread.add(plan);
        } else {
          (keys == null ? idle : known).add(plan);
        }
      }
      List<Found> all = new ArrayList<>(find(unread, since, departed, snapshot));
      var finder = new Finder(reader, source, folder, exchange.isPresent());
      try {
        for (TablePlan plan : known) {
          all.add(finder.noted(plan, since.orElseThrow()));
        }
        for (TablePlan plan : idle) {
          all.add(new Found(plan, folder));
        }
      } catch (SQLException | IOException | RuntimeException e) {
        for (Found table : all) {
          table.close();
        }
        throw e;
      }
      return Order.parentsFirst(all);
    }

    private List<Found> find(
        List<TablePlan> plans, Optional<Mark> since, Optional<Departure> departed, String snapshot)
        throws SQLException, IOException, DatabaseTrouble, InterruptedException {
      var largest = new ArrayList<>(plans);
      largest.sort(Comparator.comparingLong(p -> -p.table(Side.LIVE).rows()));
      if (held) {
        return findHere(largest, since);
      }
      Queue<TablePlan> queue = new ConcurrentLinkedQueue<>(largest);
      var all = new ArrayDeque<Future<List<Found>>>();
      var done = new ArrayList<Found>();
      Set<String> whole = new ConcurrentSkipListSet<>();
      try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < Math.min(parallel, plans.size()); i++) {
          all.add(tasks.submit(finding(queue, since, departed, whole, snapshot)));
        }
        Optional<Throwable> failure = Optional.empty();
        for (Future<List<Found>> one : all) {
          try {
            done.addAll(one.get());
          } catch (ExecutionException e) {
            queue.clear();
            failure = Optional.of(failure.orElse(e.getCause() == null ? e : e.getCause()));
          }
        }
        if (failure.isPresent()) {
          for (Found table : done) {
            table.close();
          }
          rethrow(failure.get());
        }
      }
      if (departed.isPresent() && !whole.isEmpty()) {
        notes.add(
            "compared whole, since the transactions of their rows do not tell what users wrote, or"
                + " since so much was written: "
                + String.join(", ", whole));
      }
      return done;
    }

    /// Whoever holds the tables is the only one who can read them.
    private List<Found> findHere(List<TablePlan> plans, Optional<Mark> since)
        throws SQLException, IOException {
      var found = new ArrayList<Found>();
      try {
        var finder = new Finder(reader, source, folder, exchange.isPresent());
        for (TablePlan plan : plans) {
          found.add(finder.find(plan, since));
        }
        return found;
      } catch (SQLException | IOException | RuntimeException e) {
        for (Found table : found) {
          table.close();
        }
        throw e;
      }
    }

    private static void rethrow(Throwable failure)
        throws SQLException, IOException, DatabaseTrouble {
      switch (failure) {
        case SQLException e -> throw e;
        case IOException e -> throw e;
        case DatabaseTrouble e -> throw e;
        case RuntimeException e -> throw new DatabaseTrouble(String.valueOf(e.getMessage()), e);
        default -> throw new IllegalStateException(failure);
      }
    }

    private Callable<List<Found>> finding(
        Queue<TablePlan> queue,
        Optional<Mark> since,
        Optional<Departure> departed,
        Set<String> whole,
        String snapshot) {
      return () -> {
        var found = new ArrayList<Found>();
        try (Connection b = live.reader();
            Connection a = restored.reader()) {
          try (Statement statement = b.createStatement()) {
            statement.execute("set transaction snapshot '" + snapshot + "'");
          }
          var finder = new Finder(a, b, folder, exchange.isPresent());
          for (TablePlan plan = queue.poll(); plan != null; plan = queue.poll()) {
            Optional<Found> quick =
                departed.isPresent() && departed.get().tells(plan)
                    ? finder.find(plan, departed.get().mark())
                    : Optional.empty();
            if (quick.isEmpty()) {
              whole.add(plan.name().toString());
            }
            found.add(quick.isPresent() ? quick.get() : finder.find(plan, since));
          }
          return found;
        } catch (Exception e) {
          for (Found table : found) {
            table.close();
          }
          throw e;
        }
      };
    }

    private void write(List<Found> found, Catalog here, Map<TablePlan, Tally> tallies, Ends ends)
        throws SQLException, IOException {
      List<Found> changed =
          found.stream().filter(f -> f.written.count() + f.gone.count() > 0).toList();
      if (!policy.triggers()) {
        for (Found table : changed) {
          Writer.rest(target, table.plan.table(Side.GOOD), true);
        }
      }
      new Carrying(target, source, here, policy, files, folder, tallies, ends).carry(changed);
      if (!policy.triggers()) {
        // an event of a deferred constraint would keep the table from being altered
        text(target, "set constraints all immediate");
        for (Found table : changed) {
          Writer.rest(target, table.plan.table(Side.GOOD), false);
        }
      }
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
