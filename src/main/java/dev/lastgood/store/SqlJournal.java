package dev.lastgood.store;

import dev.lastgood.model.Scope;
import dev.lastgood.model.Text;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.run.Chain;
import dev.lastgood.run.Driver;
import dev.lastgood.run.EventJson;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;

/// The journal in SQL, the same on both databases. An append is one statement that writes only
/// while the claim is held, so one commit.
public final class SqlJournal implements Journal {
  private static final String APPEND =
      "insert into run_event (run, seq, at, epoch, kind, body, hash)"
          + " select ?, ?, ?, ?, ?, ?, ? from scheduled_tasks"
          + " where task_name = ? and task_instance = ? and picked = ? and picked_by = ?"
          + " and version = ?";

  private static final String NO_WORDS =
      " and not exists (select 1 from signal where run = task_instance and taken_seq is null)";

  /// A time that has come by every clock.
  private static final String AT_ONCE =
      "update scheduled_tasks set execution_time = ?, version = version + 1"
          + " where picked = ? and execution_time > ?";

  private static final String ROW =
      "select id, system, environment, purpose, created_at, finished_at, plan_hash from run";

  private final Database database;
  private final RandomGenerator random;
  private final Map<RunId, Head> heads = new ConcurrentHashMap<>();

  /// @param random for the names of runs
  public SqlJournal(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  @Override
  public RunId create(Plan plan, RunEvent.Proposed proposed, Instant at) throws SystemBusy {
    String json = PlanJson.write(plan);
    String hash = Chain.hash(json);
    if (!hash.equals(proposed.planHash())) {
      throw new IllegalArgumentException(
          "what was proposed is another plan: " + proposed.planHash() + ", not " + hash);
    }
    while (true) {
      RunId id = RunId.of(at, random);
      boolean created = database.together(sql -> create(sql, id, plan, json, hash, proposed, at));
      if (created) {
        return id;
      }
      Optional<RunRow> other = unfinished(new Scope(plan.system(), plan.environment()));
      if (other.isPresent()) {
        throw new SystemBusy(other.get().id(), busy(other.get()));
      }
      // the name was taken, or the other run finished meanwhile: again with another name
    }
  }

  private static String busy(RunRow other) {
    return other.system()
        + "/"
        + other.environment()
        + ": run "
        + other.id()
        + " ("
        + other.purpose()
        + ", since "
        + other.at()
        + ") has not finished; go on with `lastgood resume "
        + other.id()
        + "` or end it with `lastgood stop "
        + other.id()
        + "`";
  }

  private static boolean create(
      Sql sql,
      RunId id,
      Plan plan,
      String json,
      String planHash,
      RunEvent.Proposed proposed,
      Instant at)
      throws SQLException {
    int made =
        sql.update(
            "insert into run (id, system, environment, purpose, created_at, plan_schema, plan,"
                + " plan_hash) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
            id.value(),
            plan.system(),
            plan.environment(),
            plan.purpose(),
            at.toEpochMilli(),
            plan.schema(),
            json,
            planHash);
    if (made == 0) {
      return false;
    }
    String body = EventJson.write(proposed);
    String kind = Kinds.of(proposed);
    sql.update(
        "insert into run_event (run, seq, at, epoch, kind, body, hash)"
            + " values (?, 1, ?, 0, ?, ?, ?)",
        id.value(),
        at.toEpochMilli(),
        kind,
        body,
        Chain.link(planHash, id, 1, at.toEpochMilli(), 0, kind, body));
    sql.update(
        "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)"
            + " values (?, ?, ?, ?, 1)",
        Driver.TASK,
        id.value(),
        sql.dialect().instant(Instant.EPOCH),
        false);
    return true;
  }

  @Override
  public Plan plan(RunId run) throws NoSuchRun {
    String json =
        database
            .plainly(sql ->
                sql.first("select plan from run where id = ?", r -> r.getString(1), run.value()))
            .orElseThrow(() -> noSuchRun(run));
    try {
      return PlanJson.read(json);
    } catch (JacksonException e) {
      throw new Unreadable(
          "the plan of run "
              + run
              + " cannot be read by this version of Lastgood ("
              + e.getOriginalMessage()
              + "); a newer version made it: use that one",
          e);
    }
  }

  private static NoSuchRun noSuchRun(RunId run) {
    return new NoSuchRun("there is no run " + run + "; `lastgood show` lists them");
  }

  @Override
  public List<Entry> entries(RunId run) {
    return entriesAfter(run, 0);
  }

  @Override
  public List<Entry> entriesAfter(RunId run, long seq) {
    return database.plainly(sql ->
        sql.list(
            "select seq, at, epoch, body, hash from run_event where run = ? and seq > ?"
                + " order by seq",
            row -> entry(run, row),
            run.value(),
            seq));
  }

  private static Entry entry(RunId run, ResultSet row) throws SQLException {
    long seq = row.getLong(1);
    return new Entry(
        seq,
        Instant.ofEpochMilli(row.getLong(2)),
        row.getLong(3),
        EventJson.read(row.getString(4), "entry " + seq + " of run " + run),
        row.getString(5));
  }

  @Override
  public List<Entry> append(RunId run, Claim claim, long seq, Instant at, List<RunEvent> events) {
    List<Prepared> next = new ArrayList<>(events.size());
    String before = before(run, seq);
    for (RunEvent event : events) {
      Prepared prepared = prepare(run, claim, seq + next.size(), at, event, before);
      next.add(prepared);
      before = prepared.entry().hash();
    }
    RunEvent last = events.getLast();
    boolean written =
        (events.size() == 1 && !(last instanceof RunEvent.Finished))
            ? database.<Boolean>plainly(sql -> insert(sql, run, claim, next.getFirst()))
            : database.together(sql -> insertAll(sql, run, claim, at, next));
    kept(run, next.getLast().entry(), written);
    return written ? next.stream().map(Prepared::entry).toList() : List.of();
  }

  private static boolean insertAll(Sql sql, RunId run, Claim claim, Instant at, List<Prepared> all)
      throws SQLException {
    boolean intends = all.stream().anyMatch(p -> p.entry().event() instanceof RunEvent.Intended);
    if (!insert(sql, run, claim, all.getFirst(), intends)) {
      return false;
    }
    // the row of the claim is locked until the end of the transaction, so the fence holds for these
    for (Prepared next : all.subList(1, all.size())) {
      Entry entry = next.entry();
      sql.update(
          "insert into run_event (run, seq, at, epoch, kind, body, hash)"
              + " values (?, ?, ?, ?, ?, ?, ?)",
          run.value(),
          entry.seq(),
          entry.at().toEpochMilli(),
          entry.epoch(),
          next.kind(),
          next.body(),
          entry.hash());
    }
    // a finished run frees its system in the same moment
    return !(all.getLast().entry().event() instanceof RunEvent.Finished finished)
        || finish(sql, run, at, finished);
  }

  @Override
  public Optional<Entry> take(
      RunId run, Claim claim, long seq, Instant at, Word word, RunEvent event) {
    Prepared next = prepare(run, claim, seq, at, event, before(run, seq));
    boolean written =
        database.together(sql ->
            insert(sql, run, claim, next)
                && once(
                    sql.update(
                        "update signal set taken_seq = ? where id = ? and taken_seq is null",
                        seq,
                        word.id())));
    kept(run, next.entry(), written);
    return written ? Optional.of(next.entry()) : Optional.empty();
  }

  /// An entry and how it is stored.
  private record Prepared(Entry entry, String kind, String body) {}

  private static Prepared prepare(
      RunId run, Claim claim, long seq, Instant at, RunEvent event, String before) {
    long millis = at.toEpochMilli();
    String kind = Kinds.of(event);
    String body = EventJson.write(event);
    String hash = Chain.link(before, run, seq, millis, claim.epoch(), kind, body);
    return new Prepared(
        new Entry(seq, Instant.ofEpochMilli(millis), claim.epoch(), event, hash), kind, body);
  }

  private void kept(RunId run, Entry entry, boolean written) {
    if (!written || entry.event() instanceof RunEvent.Finished) {
      heads.remove(run);
    } else {
      heads.put(run, new Head(entry.seq(), entry.hash()));
    }
  }

  /// The hash that the entry `seq` is chained to.
  private String before(RunId run, long seq) {
    Head head = heads.get(run);
    if (head != null && head.seq() == seq - 1) {
      return head.hash();
    }
    return database
        .plainly(sql ->
            sql.first(
                "select hash from run_event where run = ? and seq = ?",
                row -> row.getString(1),
                run.value(),
                seq - 1))
        .orElseThrow(() -> new IllegalStateException("run " + run + " has no entry " + (seq - 1)));
  }

  private static boolean insert(Sql sql, RunId run, Claim claim, Prepared next)
      throws SQLException {
    return insert(sql, run, claim, next, next.entry().event() instanceof RunEvent.Intended);
  }

  private static boolean insert(Sql sql, RunId run, Claim claim, Prepared next, boolean unlessWords)
      throws SQLException {
    Entry entry = next.entry();
    return sql.update(
            APPEND + (unlessWords ? NO_WORDS : "") + sql.dialect().share(),
            run.value(),
            entry.seq(),
            entry.at().toEpochMilli(),
            entry.epoch(),
            next.kind(),
            next.body(),
            entry.hash(),
            Driver.TASK,
            run.value(),
            true,
            claim.owner(),
            claim.epoch())
        == 1;
  }

  private static boolean finish(Sql sql, RunId run, Instant at, RunEvent.Finished finished)
      throws SQLException {
    return once(
        sql.update(
            "update run set finished_at = ?, result = ? where id = ? and finished_at is null",
            at.toEpochMilli(),
            finished.result().name(),
            run.value()));
  }

  /// Under a claim nobody else can have done it; if somebody has, the transaction is undone.
  private static boolean once(int changed) {
    if (changed != 1) {
      throw new IllegalStateException("expected to change one row, changed " + changed);
    }
    return true;
  }

  @Override
  public boolean holds(RunId run, Claim claim) {
    return database
        .plainly(sql ->
            sql.first(
                "select 1 from scheduled_tasks where task_name = ? and task_instance = ?"
                    + " and picked = ? and picked_by = ? and version = ?",
                row -> row.getInt(1),
                Driver.TASK,
                run.value(),
                true,
                claim.owner(),
                claim.epoch()))
        .isPresent();
  }

  @Override
  public Heard say(RunId run, String dedup, RunEvent word, Instant at) throws NoSuchRun {
    if (Text.require(dedup, "dedup").length() > 200) {
      throw new IllegalArgumentException("the name of a word has at most 200 characters");
    }
    int heard =
        database.plainly(sql ->
            sql.update(
                "insert into signal (run, dedup, body, at) select id, ?, ?, ? from run"
                    + " where id = ? and finished_at is null on conflict do nothing",
                dedup,
                EventJson.write(word),
                at.toEpochMilli(),
                run.value()));
    if (heard == 0) {
      RunRow row = run(run).orElseThrow(() -> noSuchRun(run));
      if (row.finished()) {
        return Heard.OVER;
      }
    }
    wake(run);
    return heard == 1 ? Heard.NEW : Heard.ALREADY;
  }

  /// Called after the word is committed, in a statement of its own: a driver that parks at this
  /// moment either sees the word, or is seen parked.
  @Override
  public void wake(RunId run) {
    database.plainly(sql ->
        sql.update(
            AT_ONCE + " and task_name = ? and task_instance = ?",
            sql.dialect().instant(Instant.EPOCH),
            false,
            sql.dialect().instant(Instant.EPOCH),
            Driver.TASK,
            run.value()));
  }

  @Override
  public void wakeAll() {
    database.plainly(sql ->
        sql.update(
            AT_ONCE + " and task_name = ?",
            sql.dialect().instant(Instant.EPOCH),
            false,
            sql.dialect().instant(Instant.EPOCH),
            Driver.TASK));
  }

  @Override
  public Optional<Instant> serverTime() {
    return switch (database.dialect()) {
      case SQLITE -> Optional.empty();
      case POSTGRES ->
          database.plainly(sql ->
              sql.first(
                  "select " + sql.dialect().millis("clock_timestamp()"),
                  row -> Instant.ofEpochMilli(row.getLong(1))));
    };
  }

  @Override
  public List<Word> words(RunId run) {
    return database.plainly(sql ->
        sql.list(
            "select id, at, body from signal where run = ? and taken_seq is null order by id",
            row ->
                new Word(
                    row.getLong(1),
                    Instant.ofEpochMilli(row.getLong(2)),
                    EventJson.read(row.getString(3), "a word to run " + run)),
            run.value()));
  }

  @Override
  public List<RunRow> runs() {
    return database.plainly(
        sql -> sql.list(ROW + " order by created_at desc, id desc", SqlJournal::row));
  }

  @Override
  public Optional<RunRow> run(RunId run) {
    return database.plainly(sql -> sql.first(ROW + " where id = ?", SqlJournal::row, run.value()));
  }

  @Override
  public Optional<RunRow> unfinished(Scope scope) {
    return database.plainly(sql ->
        sql.first(
            ROW + " where system = ? and environment = ? and finished_at is null",
            SqlJournal::row,
            scope.system(),
            scope.environment()));
  }

  @Override
  public void setAside(RunId run, Instant at) {
    database.together(sql -> {
      sql.update(
          "delete from scheduled_tasks where task_name = ? and task_instance = ?",
          Driver.TASK,
          run.value());
      return sql.update(
          "update run set finished_at = ?, result = 'SET_ASIDE' where id = ? and finished_at is"
              + " null",
          at.toEpochMilli(),
          run.value());
    });
  }

  private static RunRow row(ResultSet row) throws SQLException {
    row.getLong(6);
    boolean finished = !row.wasNull();
    return new RunRow(
        new RunId(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        finished,
        row.getString(7));
  }

  @Override
  public Optional<Driving> driver(RunId run) {
    return database.plainly(sql ->
        sql.first(
            "select picked_by, "
                + sql.dialect().millis("last_heartbeat")
                + " from scheduled_tasks where task_name = ? and task_instance = ? and picked = ?",
            row -> new Driving(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
            Driver.TASK,
            run.value(),
            true));
  }

  @Override
  public Head head(RunId run) throws NoSuchRun {
    return database
        .plainly(sql ->
            sql.first(
                "select seq, hash from run_event where run = ? order by seq desc limit 1",
                row -> new Head(row.getLong(1), row.getString(2)),
                run.value()))
        .orElseThrow(() -> noSuchRun(run));
  }

  @Override
  public Optional<String> verify(RunId run) {
    return new Verification(database, run).fault(Optional.empty());
  }

  @Override
  public Optional<String> verify(RunId run, Head published) {
    return new Verification(database, run).fault(Optional.of(published));
  }
}
