package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks at each row that may have changed, decides whose it is, and writes it or leaves it out.
/// Parents are written before children and deleted after them; what does not fit yet is tried again
/// as long as anything else still moves.
final class Carrying {
  private final Connection good;
  private final Connection live;
  private final Catalog catalog;
  private final Policy policy;
  private final LeftOut leftOut;
  private final Path folder;
  private final Map<TablePlan, Tally> tallies;
  private final Ends ends;

  Carrying(
      Connection good,
      Connection live,
      Catalog catalog,
      Policy policy,
      LeftOut leftOut,
      Path folder,
      Map<TablePlan, Tally> tallies,
      Ends ends) {
    this.good = good;
    this.live = live;
    this.catalog = catalog;
    this.policy = policy;
    this.leftOut = leftOut;
    this.folder = folder;
    this.tallies = tallies;
    this.ends = ends;
  }

  /// @param parentsFirst what was found in each table
  void carry(List<Found> parentsFirst) throws SQLException, IOException {
    var waiting = new ArrayList<Pass>();
    var rules = new Deferring(good, catalog);
    var circles = new Circles(good, catalog, rules, (plan, batch) -> inserts(waiting, plan, batch));
    rules.atOnce();
    try {
      for (Found table : parentsFirst) {
        waiting.add(run(table, table.written, false, true));
      }
      for (Found table : parentsFirst.reversed()) {
        waiting.add(run(table, table.gone, true, true));
      }
      var deleting = new Deleting(good, catalog, rules);
      untilNothingMoves(waiting);
      goneTogether(waiting, deleting);
      if (waiting.stream().anyMatch(Pass::mayBeOfACircle)) {
        closed(waiting, circles);
        untilNothingMoves(waiting);
        goneTogether(waiting, deleting);
      }
      for (Pass pass : waiting) {
        giveUp(pass);
      }
    } finally {
      for (Pass pass : waiting) {
        pass.left.close();
      }
    }
  }

  private void untilNothingMoves(List<Pass> waiting) throws SQLException, IOException {
    while (waiting.stream().anyMatch(p -> p.moved > 0)
        && waiting.stream().anyMatch(p -> p.left.count() > 0)) {
      again(waiting);
    }
  }

  private void again(List<Pass> waiting) throws SQLException, IOException {
    for (int i = 0; i < waiting.size(); i++) {
      Pass before = waiting.get(i);
      if (before.left.count() == 0) {
        before.moved = 0;
        continue;
      }
      waiting.set(i, run(before.table, before.left, before.gone, false));
      before.left.close();
    }
  }

  /// One walk through the rows of one table.
  private static final class Pass {
    final Found table;
    final boolean gone;
    final Spool left;
    long moved;

    Pass(Found table, boolean gone, Spool left) {
      this.table = table;
      this.gone = gone;
      this.left = left;
    }

    boolean mayBeOfACircle() {
      return !gone && left.count() > 0 && table.plan.keyed();
    }

    boolean mayGoWithOthers() {
      return gone && left.count() > 0 && table.plan.keyed();
    }
  }

  /// Deleted rows that wait for one another.
  private void goneTogether(List<Pass> waiting, Deleting deleting)
      throws SQLException, IOException {
    var keys = new LinkedHashMap<TablePlan, Set<List<String>>>();
    for (Pass pass : waiting) {
      if (pass.mayGoWithOthers()) {
        Set<List<String>> deleted = new HashSet<>();
        each(pass.left, entry -> deleted.add(entry.key()));
        keys.put(pass.table.plan, deleted);
      }
    }
    if (keys.isEmpty()) {
      return;
    }
    deleting.together(keys);
    for (int i = 0; i < waiting.size(); i++) {
      Pass before = waiting.get(i);
      Set<List<String>> gone =
          before.mayGoWithOthers() ? keys.get(before.table.plan) : Set.<List<String>>of();
      if (gone == null || gone.isEmpty()) {
        continue;
      }
      var after = new Pass(before.table, true, new Spool(folder));
      waiting.set(i, after);
      var outcome = new Outcome(after, tally(after.table));
      try (before.left) {
        each(
            before.left,
            entry -> {
              if (gone.contains(entry.key())) {
                outcome.applied(new Change(Change.Kind.DELETE, entry.key(), null, null, true));
              } else {
                after.left.add(entry);
              }
            });
      }
      ends.flush();
    }
    untilNothingMoves(waiting);
  }

  private interface Each {
    void of(Spool.Entry entry) throws IOException;
  }

  private static void each(Spool rows, Each act) throws IOException {
    try (Spool.Reader reader = rows.read()) {
      for (var batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
        for (Spool.Entry entry : batch) {
          act.of(entry);
        }
      }
    }
  }

  /// New rows that wait for one another.
  private void closed(List<Pass> waiting, Circles circles) throws SQLException, IOException {
    var written =
        circles.close(
            waiting.stream().filter(Pass::mayBeOfACircle).map(p -> p.table.plan).toList());
    for (int i = 0; i < waiting.size(); i++) {
      Pass before = waiting.get(i);
      Set<List<String>> there =
          before.mayBeOfACircle() ? written.get(before.table.plan) : Set.<List<String>>of();
      if (there == null || there.isEmpty()) {
        continue;
      }
      var after = new Pass(before.table, false, new Spool(folder));
      waiting.set(i, after);
      var outcome = new Outcome(after, tally(after.table));
      try (before.left) {
        inserts(
            List.of(before),
            before.table.plan,
            batch -> batch.stream().filter(c -> there.contains(c.key())).forEach(outcome::applied));
        each(
            before.left,
            entry -> {
              if (!there.contains(entry.key())) {
                after.left.add(entry);
              }
            });
      }
      ends.flush();
    }
  }

  /// Rows that wait and are not there in any form.
  private void inserts(List<Pass> waiting, TablePlan plan, Circles.Batch each)
      throws SQLException, IOException {
    Pass pass =
        waiting.stream()
            .filter(p -> !p.gone && p.table.plan.equals(plan))
            .findFirst()
            .orElseThrow();
    try (Spool.Reader reader = pass.left.read()) {
      for (var batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
        List<List<String>> keys =
            batch.stream()
                .filter(e -> !e.reason().isEmpty())
                .map(Spool.Entry::key)
                .distinct()
                .toList();
        Map<List<String>, Row> there = Rows.fetch(live, plan, Side.LIVE, keys);
        Ends.Known known = ends.known(plan, keys);
        var inserts = new ArrayList<Change>();
        for (List<String> key : keys) {
          Row row = there.get(key);
          if (row != null) {
            insert(plan, key, row, known).ifPresent(inserts::add);
          }
        }
        each.of(inserts);
      }
    }
  }

  private Optional<Change> insert(TablePlan plan, List<String> key, Row row, Ends.Known known) {
    if (!ends.back()) {
      return Optional.of(new Change(Change.Kind.INSERT, key, null, row, true));
    }
    return Since.written(plan, key, null, row, known.left().get(key), known.bases().get(key))
            instanceof Since.Verdict.Carry(Change change)
        ? Optional.of(change).filter(c -> c.kind() == Change.Kind.INSERT)
        : Optional.empty();
  }

  private Pass run(Found table, Spool rows, boolean gone, boolean first)
      throws SQLException, IOException {
    var pass = new Pass(table, gone, new Spool(folder));
    if (rows.count() == 0) {
      return pass;
    }
    Tally tally = tally(table);
    var writer = new Writer(good, table.plan, catalog, new Outcome(pass, tally));
    try (Spool.Reader reader = rows.read()) {
      for (List<Spool.Entry> batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
        List<List<String>> keys = batch.stream().map(Spool.Entry::key).distinct().toList();
        Both<Map<List<String>, Row>> both = fetch(table.plan, gone, keys);
        var here = both.good();
        var there = both.live();
        var changes = new ArrayList<Change>();
        Ends.Known known = ends.known(table.plan, keys);
        for (Spool.Entry entry : batch) {
          look(
              table,
              gone,
              first,
              entry,
              here.get(entry.key()),
              there.get(entry.key()),
              known,
              changes);
        }
        writer.write(changes);
        ends.flush();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return pass;
  }

  private Both<Map<List<String>, Row>> fetch(TablePlan plan, boolean gone, List<List<String>> keys)
      throws SQLException, IOException {
    return Both.ask(
        () -> Rows.fetch(good, plan, Side.GOOD, keys),
        () -> gone ? Map.of() : Rows.fetch(live, plan, Side.LIVE, keys));
  }

  private Tally tally(Found table) {
    return Objects.requireNonNull(tallies.get(table.plan));
  }

  private final class Outcome implements Writer.Result {
    private final Pass pass;
    private final Tally tally;

    Outcome(Pass pass, Tally tally) {
      this.pass = pass;
      this.tally = tally;
    }

    @Override
    public void applied(Change change) {
      tally.applied++;
      pass.moved++;
      ends.applied(pass.table.plan, change);
      if (change.live() != null && change.liveRow().hasMore()) {
        tally.valuesWithoutPlace++;
        files(
            pass.table.plan,
            change,
            "carried over, but these columns are not in the good state",
            ".columns");
      } else if (ends.back() && keepsOthers(pass.table.plan, change)) {
        tally.valuesWithoutPlace++;
        files(
            pass.table.plan,
            change,
            "carried over, but columns whose type a migration changed keep their value there",
            ".columns");
      }
    }

    @Override
    public void refused(Change change, String reason, boolean again) {
      if (!again) {
        leaveOut(pass.table.plan, tally, change, reason);
        return;
      }
      try {
        pass.left.add(
            new Spool.Entry(change.key(), (int) Math.min(1 << 30, 2 * change.size()), reason));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void look(
      Found table,
      boolean gone,
      boolean first,
      Spool.Entry entry,
      @Nullable Row here,
      @Nullable Row there,
      Ends.Known known,
      List<Change> changes) {
    Tally tally = tally(table);
    if (gone ? here == null : there == null) {
      // deleted rows that are gone, and new rows that are no more: only when tried again
      settled(table, entry.key(), first);
      return;
    }
    if (ends.back()) {
      since(table, gone, first, entry.key(), here, there, known, changes);
      return;
    }
    Change change = change(table, gone, entry.key(), here, there);
    Differs differs =
        gone || here == null || !table.plan.keyed()
            ? new Differs(true, false)
            : differs(table.plan, here, Objects.requireNonNull(there));
    if (!differs.users() && first && differs.touched()) {
      tally.migrated++;
    } else if (!differs.users()) {
      settled(table, entry.key(), first);
    } else if (first && !gone && policy.migrations().contains(change.liveRow().writer())) {
      tally.migrated++;
      ends.left(table.plan, change);
    } else {
      decide(table, first, change, differs, tally, changes);
    }
  }

  /// The row of a database that was exchanged once already.
  private void since(
      Found table,
      boolean gone,
      boolean first,
      List<String> key,
      @Nullable Row here,
      @Nullable Row there,
      Ends.Known known,
      List<Change> changes) {
    Tally tally = tally(table);
    Since.Verdict verdict =
        gone
            ? Since.deleted(key, Objects.requireNonNull(here), known.left().get(key))
            : Since.written(
                table.plan,
                key,
                here,
                Objects.requireNonNull(there),
                known.left().get(key),
                known.bases().get(key));
    switch (verdict) {
      case Since.Verdict.Nothing _ -> {}
      case Since.Verdict.Alike _ -> settled(table, key, first);
      case Since.Verdict.Carry(Change change) -> {
        if (first) {
          tally.found(change.kind());
        }
        changes.add(change);
      }
      case Since.Verdict.Leave(Change change, String reason) -> {
        if (first) {
          tally.found(change.kind());
          tally.ambiguous++;
        }
        leaveOut(table.plan, tally, change, reason);
      }
    }
  }

  private static boolean keepsOthers(TablePlan plan, Change change) {
    return change.kind() == Change.Kind.UPDATE
        && !change.whole()
        && differs(plan, Objects.requireNonNull(change.good()), change.liveRow()).touched();
  }

  private void settled(Found table, List<String> key, boolean first) {
    ends.fits(table.plan, key);
    if (!first) {
      tally(table).applied++;
    }
  }

  private static Change change(
      Found table, boolean gone, List<String> key, @Nullable Row here, @Nullable Row there) {
    if (gone) {
      return new Change(Change.Kind.DELETE, key, here, null, true);
    }
    return here == null || !table.plan.keyed()
        ? new Change(Change.Kind.INSERT, key, null, there, true)
        : new Change(Change.Kind.UPDATE, key, here, there, false);
  }

  /// @param users whether a column differs that no migration touched
  /// @param touched whether one differs that a migration touched
  record Differs(boolean users, boolean touched) {}

  static Differs differs(TablePlan plan, Row here, Row there) {
    boolean users = false;
    boolean touched = false;
    for (int i = 0; i < plan.carried().size(); i++) {
      var match = plan.carried().get(i);
      boolean same =
          match.retyped()
              ? Fidelity.same(here.value(i), there.value(i), match)
              : Objects.equals(here.value(i), there.value(i));
      users |= !same && !plan.touched().contains(match);
      touched |= !same && plan.touched().contains(match);
    }
    return new Differs(users, touched);
  }

  private void decide(
      Found table,
      boolean first,
      Change change,
      Differs differs,
      Tally tally,
      List<Change> changes) {
    boolean mass =
        switch (change.kind()) {
          case INSERT -> false;
          case UPDATE -> policy.massive(table.different, table.goodRows, table.plan.doubtful());
          case DELETE -> policy.massive(table.gone.count(), table.goodRows, false);
        };
    boolean ambiguous = mass || (change.kind() == Change.Kind.UPDATE && differs.touched());
    if (first) {
      tally.found(change.kind());
      tally.ambiguous += ambiguous ? 1 : 0;
    }
    if (!ambiguous) {
      changes.add(change);
      return;
    }
    Policy.Ambiguous answer = policy.about(table.plan.name());
    switch (answer) {
      case KEEP_LIVE ->
          changes.add(
              new Change(
                  change.kind(), change.key(), change.good(), change.live(), differs.touched()));
      case KEEP_RESTORED, ASK ->
          leaveOut(
              table.plan,
              tally,
              change,
              (mass
                      ? "so many rows were "
                          + change.kind().word()
                          + " at once that it may be the migration's doing"
                      : "a migration touched this row, and users may have")
                  + "; policy: "
                  + answer.word());
    }
  }

  private void leaveOut(TablePlan plan, Tally tally, Change change, String why) {
    String reason = ends.words(why);
    ends.left(plan, change);
    tally.leftOut(reason, Words.masked(plan, change, reason));
    files(plan, change, reason, "");
  }

  private void files(TablePlan plan, Change change, String reason, String suffix) {
    if (!leftOut.writes()) {
      return;
    }
    String name = LeftOut.fileName(plan.name().schema(), plan.name().name()) + suffix;
    try {
      leftOut.line(name + ".csv", Words.header(plan), Words.csv(plan, change, ends.words(reason)));
      if (suffix.isEmpty()) {
        leftOut.line(
            name + ".sql",
            "-- Rows that were not carried over. Read before you run it: lastgood salvage apply takes the .csv",
            Words.sql(plan, change, reason));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What still does not fit when nothing moves any more.
  private void giveUp(Pass pass) throws SQLException, IOException {
    if (pass.left.count() == 0) {
      return;
    }
    TablePlan plan = pass.table.plan;
    Tally tally = tally(pass.table);
    try (Spool.Reader reader = pass.left.read()) {
      for (List<Spool.Entry> batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
        List<List<String>> keys = batch.stream().map(Spool.Entry::key).distinct().toList();
        Both<Map<List<String>, Row>> both = fetch(plan, pass.gone, keys);
        var here = both.good();
        var there = both.live();
        for (Spool.Entry entry : batch) {
          Row before = here.get(entry.key());
          Row after = there.get(entry.key());
          leaveOut(
              plan,
              tally,
              change(pass.table, pass.gone, entry.key(), before, after),
              entry.reason());
        }
        ends.flush();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
