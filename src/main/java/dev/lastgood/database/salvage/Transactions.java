package dev.lastgood.database.salvage;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.salvage.Net.Raw;
import dev.lastgood.database.salvage.PgOutput.Said;
import dev.lastgood.database.salvage.PgOutput.Tuple;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The stream of a slot, one transaction after the other: whose it is, and what it wrote.
final class Transactions {
  private static final Instant BEGINNING = Instant.parse("2000-01-01T00:00:00Z");

  /// As many as are written at once.
  private static final int ROWS = 2_000;

  private static final long BYTES = 8L << 20;

  /// A transaction is seen by others within a moment of its commit.
  private static final int LAST = 10_000;

  private static final String DDL = "it changed the schema";
  private static final String SAYS = "it says so";
  private static final String OURS = "lastgood";
  private static final String MIGRATION = "migration";

  private final Map<Long, Said.Relation> relations = new HashMap<>();
  private final Map<Long, TablePlan> plans = new HashMap<>();
  private final List<Raw> waiting = new ArrayList<>();
  private long bytes;
  private @Nullable Mapping mapping;
  private @Nullable Migrated migrated;
  private Set<Long> changedTheSchema = Set.of();
  private Set<Long> marked = Set.of();

  private final ArrayDeque<Long> committed = new ArrayDeque<>();

  // the transaction that is being read
  private long xid;
  private Instant at = BEGINNING;
  private Optional<String> skipped = Optional.empty();
  private long rows;
  private final Map<String, Long> wrote = new TreeMap<>();

  /// @param said a note of Lastgood in the log; empty: none
  /// @param ended the position after a transaction that is over
  record Step(String said, Optional<Long> ended) {
    private static final Step ON = new Step("", Optional.empty());
  }

  /// A transaction says that it is a migration's after some of its rows were written already.
  static final class Late extends Exception {
    private static final long serialVersionUID = 1;
    private final long xid;

    Late(long xid) {
      super("transaction " + xid + " is a migration's", null, false, false);
      this.xid = xid;
    }

    long xid() {
      return xid;
    }
  }

  /// What is known now. Positions in the stream, and the tables it has told, stay.
  void looking(Mapping now, Set<Long> ddl, Set<Long> saying, Book book, Apart apart) {
    mapping = now;
    changedTheSchema = ddl;
    marked = saying;
    migrated = new Migrated(book, apart);
    plans.clear();
  }

  Step read(ByteBuffer message, Part part)
      throws SQLException, PgOutput.Garbled, DatabaseTrouble, Late {
    switch (PgOutput.read(message)) {
      case Said.Begin begin -> begin(begin, part);
      case Said.Relation relation -> relation(relation, part);
      case Said.Insert insert when !told(insert.oid()) -> {}
      case Said.Update update when !told(update.oid()) -> {}
      case Said.Delete delete when !told(delete.oid()) -> {}
      case Said.Insert insert ->
          change(insert.oid(), Net.Kind.INSERT, insert.now(), Optional.empty(), part);
      case Said.Update update -> update(update, part);
      case Said.Delete delete ->
          change(delete.oid(), Net.Kind.DELETE, delete.before(), Optional.empty(), part);
      case Said.Truncate truncate -> truncate(truncate, part);
      case Said.Message said -> {
        return said(said, part);
      }
      case Said.Commit commit -> {
        commit(part);
        return new Step("", Optional.of(commit.end()));
      }
      case Said.Other _ -> {}
    }
    return Step.ON;
  }

  private void begin(Said.Begin begin, Part part) throws SQLException {
    xid = begin.xid();
    at =
        BEGINNING
            .plus(Duration.ofNanos(begin.micros() % 1_000_000 * 1000))
            .plusSeconds(begin.micros() / 1_000_000);
    rows = 0;
    wrote.clear();
    skipped =
        changedTheSchema.contains(xid)
            ? Optional.of(DDL)
            : marked.contains(xid) ? Optional.of(SAYS) : Optional.empty();
    if (skipped.isPresent()) {
      settle(part, true);
    }
  }

  /// The last ones that were told.
  List<Long> committed() {
    return List.copyOf(committed);
  }

  private void commit(Part part) throws SQLException {
    committed.addLast(xid);
    if (committed.size() > LAST) {
      committed.removeFirst();
    }
    if (skipped.isEmpty()) {
      part.transactions += rows > 0 ? 1 : 0;
      return;
    }
    migrated().keep();
    part.settling.migrated();
    part.book().write(new Skipped(xid, at, skipped.get(), inWords()));
  }

  private String inWords() {
    return wrote.entrySet().stream()
        .map(e -> e.getKey().formatted(e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private Step said(Said.Message said, Part part) throws SQLException, Late {
    if (!said.prefix().equals(OURS)) {
      return Step.ON;
    }
    if (said.content().startsWith(MIGRATION) && skipped.isEmpty()) {
      if (rows > 0) {
        throw new Late(xid);
      }
      int colon = said.content().indexOf(": ");
      skipped = Optional.of(colon < 0 ? SAYS : said.content().substring(colon + 2));
      settle(part, true);
    }
    return new Step(said.content(), Optional.empty());
  }

  private void relation(Said.Relation relation, Part part) throws SQLException {
    Said.Relation before = relations.put(relation.oid(), relation);
    if (before != null && !before.equals(relation)) {
      settle(part, false);
      plans.remove(relation.oid());
    }
  }

  // -- changes ----------------------------------------------------------------------------------

  private boolean told(long oid) {
    return mapping == null || mapping.tells(oid);
  }

  private TablePlan plan(long oid) throws DatabaseTrouble {
    TablePlan known = plans.get(oid);
    if (known != null) {
      return known;
    }
    Said.Relation relation = relations.get(oid);
    if (relation == null || mapping == null) {
      throw new DatabaseTrouble(
          "the replication slot tells rows of a table it did not name: repeat");
    }
    TablePlan plan =
        mapping
            .plan(relation)
            .orElseThrow(() ->
                new DatabaseTrouble(
                    "the good state has no table for "
                        + relation.schema()
                        + "."
                        + relation.name()
                        + ", which the replication slot tells"));
    plans.put(oid, plan);
    return plan;
  }

  private void update(Said.Update update, Part part) throws SQLException, DatabaseTrouble {
    TablePlan plan = plan(update.oid());
    Optional<Tuple> before = update.before();
    if (before.isPresent() && !key(plan, before.get()).equals(key(plan, update.now()))) {
      rekey(plan, update, before.get(), part);
      return;
    }
    change(
        update.oid(),
        Net.Kind.UPDATE,
        update.now(),
        update.whole() ? before : Optional.empty(),
        part);
  }

  private void change(long oid, Net.Kind kind, Tuple row, Optional<Tuple> whole, Part part)
      throws SQLException, DatabaseTrouble {
    TablePlan plan = plan(oid);
    var raw = new Raw(plan, key(plan, row), kind, row, whole);
    if (skipped.isPresent()) {
      count(plan, kind);
      migrated().add(raw);
      return;
    }
    rows++;
    part.changes++;
    waiting.add(raw);
    bytes += row.size();
    if (waiting.size() >= ROWS || bytes >= BYTES) {
      settle(part, false);
    }
  }

  private void count(TablePlan plan, Net.Kind kind) {
    String verb =
        switch (kind) {
          case INSERT, REPLACE -> " inserted";
          case UPDATE -> " updated";
          case DELETE -> " deleted";
        };
    wrote.merge(plan.name().toString().replace("%", "%%") + ": %d" + verb, 1L, Long::sum);
  }

  /// A row gets another key: it stays the same row, which others may refer to.
  private void rekey(TablePlan plan, Said.Update update, Tuple before, Part part)
      throws SQLException {
    List<String> from = key(plan, before);
    List<String> to = key(plan, update.now());
    var raw = new Raw(plan, to, Net.Kind.UPDATE, update.now(), Optional.empty());
    if (skipped.isPresent()) {
      count(plan, Net.Kind.UPDATE);
      migrated().move(from, raw);
      return;
    }
    rows++;
    part.changes++;
    settle(part, false);
    part.settling.rekey(from, raw);
  }

  private void truncate(Said.Truncate truncate, Part part) throws SQLException, DatabaseTrouble {
    List<TablePlan> tables = new ArrayList<>();
    for (long oid : truncate.oids()) {
      if (!told(oid)) {
        continue;
      }
      TablePlan plan = plan(oid);
      tables.add(plan);
      wrote.merge(
          plan.name().toString().replace("%", "%%") + ": %d times truncated", 1L, Long::sum);
    }
    if (skipped.isEmpty()) {
      rows++;
      settle(part, false);
      part.settling.truncate(tables);
      return;
    }
    for (TablePlan plan : tables) {
      part.apart.unsure(plan.name());
    }
  }

  /// Writes what was read so far.
  ///
  /// @param over whether it ends with a whole transaction
  void settle(Part part, boolean over) throws SQLException {
    if (!waiting.isEmpty() || part.settling.anyEarly()) {
      part.settling.settle(waiting, over);
      waiting.clear();
      bytes = 0;
    }
  }

  private Migrated migrated() {
    return java.util.Objects.requireNonNull(migrated);
  }

  /// As the good state's side reads it.
  private static List<String> key(TablePlan plan, Tuple row) {
    List<String> key = new ArrayList<>();
    for (KeyColumn column : plan.key()) {
      String value = String.valueOf(row.value(column.match().live().number() - 1));
      boolean padded = column.match().good().internal().equals("bpchar");
      key.add(column.canonical(padded ? withoutPadding(value) : value));
    }
    return List.copyOf(key);
  }

  private static String withoutPadding(String value) {
    int end = value.length();
    while (end > 0 && value.charAt(end - 1) == ' ') {
      end--;
    }
    return value.substring(0, end);
  }
}
