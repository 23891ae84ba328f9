package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.SchemaDiff.Pair;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Net.Raw;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes the changes of users into the good state, in the order in which they were committed.
///
/// Many changes are written as what they come to, which is the same and much faster. Where the
/// server refuses one that another one may have to precede, they are taken in halves, until each
/// stands in its place.
final class Settling {
  private final Connection target;
  private final Policy policy;
  private final Book book;
  private final Apart apart;
  private final Papers papers;
  private final Map<TableName, Tally> tallies;
  private final Comparator<TablePlan> parentsFirst;
  private final Map<Variant, TablePlan> variants = new HashMap<>();
  private final Map<TablePlan, Boolean> migrated = new HashMap<>();
  private final Catalog good;
  private final Mutual mutual;

  Settling(
      Connection target,
      Catalog good,
      Policy policy,
      Book book,
      Apart apart,
      Papers papers,
      Map<TableName, Tally> tallies) {
    this.target = target;
    this.good = good;
    this.mutual = new Mutual(target, good);
    this.policy = policy;
    this.book = book;
    this.apart = apart;
    this.papers = papers;
    this.tallies = tallies;
    Map<TableName, Integer> ranks = ranks(good);
    this.parentsFirst = Comparator.comparingInt(p -> ranks.getOrDefault(p.name(), 0));
  }

  private static Map<TableName, Integer> ranks(Catalog good) {
    var ranks = new HashMap<TableName, Integer>();
    var entered = new HashSet<TableName>();
    good.tables().keySet().forEach(t -> rank(good, t, ranks, entered));
    return ranks;
  }

  private static void rank(
      Catalog good, TableName table, Map<TableName, Integer> ranks, Set<TableName> entered) {
    Catalog.Table found = good.tables().get(table);
    if (found == null || !entered.add(table)) {
      return;
    }
    found.foreignKeys().forEach(f -> rank(good, f.to(), ranks, entered));
    ranks.put(table, ranks.size());
  }

  /// The columns of a table that one update sets.
  private record Variant(TablePlan plan, BitSet columns) {}

  /// What became of a row.
  ///
  /// @param reason why it was not written; empty when it was, or need not be
  /// @param again whether other changes may make it fit
  private record Fate(
      Net net, Change.Kind kind, Optional<String> reason, boolean again, boolean ambiguous) {
    Fate done() {
      return new Fate(net, kind, Optional.empty(), false, ambiguous);
    }
  }

  private record Waiting(Raw raw, Fate fate) {}

  private static final int MOST_EARLY = 20_000;

  /// What came too early in a transaction that is not read to its end yet.
  private final List<Waiting> early = new ArrayList<>();

  private boolean moved;

  // -- in order ---------------------------------------------------------------------------------

  /// @param over whether the last transaction of them is complete: what waits for another change of
  ///   it waits no longer. A row goes before those that refer to it when it is deleted with them
  /// @throws SQLException when it is not about a row; nothing of the round is kept
  void settle(List<Raw> raws, boolean over) throws SQLException {
    List<Raw> all = new ArrayList<>();
    early.forEach(w -> all.add(w.raw()));
    early.clear();
    all.addAll(raws);
    List<Waiting> waiting = new ArrayList<>();
    inOrder(all, waiting);
    do {
      untilNothingMoves(waiting);
    } while (!waiting.isEmpty() && together(waiting));
    if (!over && waiting.size() < MOST_EARLY) {
      early.addAll(waiting);
      return;
    }
    for (Waiting one : waiting) {
      account(one.fate());
    }
  }

  private void untilNothingMoves(List<Waiting> waiting) throws SQLException {
    for (boolean any = true; any && !waiting.isEmpty(); ) {
      any = false;
      List<Waiting> before = List.copyOf(waiting);
      waiting.clear();
      for (Waiting one : before) {
        List<Waiting> left = new ArrayList<>();
        inOrder(List.of(one.raw()), left);
        any |= left.isEmpty();
        waiting.addAll(left);
      }
    }
  }

  /// Rows that wait for one another. Of one that has more than one change waiting, the order
  /// counts.
  ///
  /// @return whether one is done
  private boolean together(List<Waiting> waiting) throws SQLException {
    var once = new LinkedHashMap<Name, Optional<Net>>();
    for (Waiting one : waiting) {
      once.merge(
          Name.of(one.raw()), Optional.of(one.fate().net()), (_, _) -> Optional.<Net>empty());
    }
    Set<Net> done = mutual.done(once.values().stream().flatMap(Optional::stream).toList());
    for (Waiting one : waiting) {
      if (done.contains(one.fate().net())) {
        Fate fate = one.fate().done();
        remember(List.of(fate));
        account(fate);
      }
    }
    return waiting.removeIf(w -> done.contains(w.fate().net()));
  }

  boolean anyEarly() {
    return !early.isEmpty();
  }

  private void inOrder(List<Raw> raws, List<Waiting> waiting) throws SQLException {
    if (raws.isEmpty()) {
      return;
    }
    Savepoint before = target.setSavepoint();
    List<Fate> fates = attempt(net(raws));
    boolean tooEarly = fates.stream().anyMatch(f -> f.reason().isPresent() && f.again());
    if (!tooEarly || raws.size() == 1) {
      target.releaseSavepoint(before);
      for (Fate fate : fates) {
        if (fate.reason().isPresent() && fate.again()) {
          waiting.add(new Waiting(raws.getFirst(), fate));
        } else {
          account(fate);
        }
      }
      return;
    }
    target.rollback(before);
    target.releaseSavepoint(before);
    int middle = raws.size() / 2;
    inOrder(raws.subList(0, middle), waiting);
    inOrder(raws.subList(middle, raws.size()), waiting);
  }

  /// A row.
  private record Name(TableName table, List<String> key) {
    static Name of(Raw raw) {
      return new Name(raw.plan().name(), raw.key());
    }
  }

  private static Collection<Net> net(List<Raw> raws) {
    Map<Name, Net> nets = new LinkedHashMap<>();
    for (Raw raw : raws) {
      var name = Name.of(raw);
      Net before = nets.get(name);
      if (before == null) {
        nets.put(name, Net.of(raw));
      } else if (!before.then(raw)) {
        nets.remove(name);
      }
    }
    return nets.values();
  }

  // -- all at once ------------------------------------------------------------------------------

  /// A change and how it is written.
  private record Task(Net net, TablePlan plan, Change change) {}

  private List<Fate> attempt(Collection<Net> nets) throws SQLException {
    List<Fate> fates = new ArrayList<>();
    Map<TablePlan, List<Net>> tables = new LinkedHashMap<>();
    nets.forEach(n -> tables.computeIfAbsent(n.plan, _ -> new ArrayList<>()).add(n));
    List<Task> tasks = new ArrayList<>();
    List<TablePlan> order = new ArrayList<>(tables.keySet());
    order.sort(parentsFirst);
    for (TablePlan plan : order) {
      prepare(plan, tables.getOrDefault(plan, List.of()), tasks, fates);
    }
    List<Task> left = tasks;
    List<Fate> refused = new ArrayList<>();
    moved = true;
    while (moved && !left.isEmpty()) {
      moved = false;
      refused.clear();
      left = pass(left, fates, refused);
      if (!moved && left.size() > 1) {
        left = alone(left, fates, refused);
      }
    }
    fates.addAll(refused);
    remember(fates);
    return fates;
  }

  /// What is left without the rows that waited for one another.
  private List<Task> alone(List<Task> left, List<Fate> fates, List<Fate> refused)
      throws SQLException {
    Set<Net> done = mutual.done(left.stream().map(Task::net).toList());
    refused.stream().filter(f -> done.contains(f.net())).map(Fate::done).forEach(fates::add);
    refused.removeIf(f -> done.contains(f.net()));
    moved = !done.isEmpty();
    return left.stream().filter(t -> !done.contains(t.net())).toList();
  }

  /// Parents are written before children, and deleted after them.
  private List<Task> pass(List<Task> tasks, List<Fate> fates, List<Fate> refused)
      throws SQLException {
    Map<TablePlan, List<Task>> written = new LinkedHashMap<>();
    Map<TablePlan, List<Task>> gone = new LinkedHashMap<>();
    for (Task task : tasks) {
      (task.change().kind() == Change.Kind.DELETE ? gone : written)
          .computeIfAbsent(task.plan(), _ -> new ArrayList<>())
          .add(task);
    }
    List<Task> left = new ArrayList<>();
    for (var each : written.entrySet()) {
      write(each.getKey(), each.getValue(), fates, refused, left);
    }
    for (var each : new LinkedHashMap<>(gone).sequencedEntrySet().reversed()) {
      write(each.getKey(), each.getValue(), fates, refused, left);
    }
    return left;
  }

  private void write(
      TablePlan plan, List<Task> tasks, List<Fate> fates, List<Fate> refused, List<Task> left)
      throws SQLException {
    var by = new java.util.IdentityHashMap<Change, Task>();
    tasks.forEach(t -> by.put(t.change(), t));
    var result =
        new Writer.Result() {
          @Override
          public void applied(Change change) {
            moved = true;
            fates.add(fate(task(change), Optional.empty(), false));
          }

          @Override
          public void refused(Change change, String reason, boolean again) {
            Task task = task(change);
            if (again) {
              left.add(task);
              refused.add(fate(task, Optional.of(reason), true));
            } else {
              fates.add(fate(task, Optional.of(reason), false));
            }
          }

          private Task task(Change change) {
            return java.util.Objects.requireNonNull(by.get(change));
          }
        };
    new Writer(target, plan, good, result).write(tasks.stream().map(Task::change).toList());
  }

  private static Fate fate(Task task, Optional<String> reason, boolean again) {
    return new Fate(task.net(), task.change().kind(), reason, again, false);
  }

  // -- one table --------------------------------------------------------------------------------

  private void prepare(TablePlan plan, List<Net> nets, List<Task> tasks, List<Fate> fates)
      throws SQLException {
    if (plan.trouble().isPresent()) {
      nets.forEach(n -> fates.add(new Fate(n, kind(n, false), plan.trouble(), false, false)));
      return;
    }
    Set<List<String>> there = there(plan, nets);
    Map<List<String>, Image> images = images(plan, nets);
    for (Net net : nets) {
      Optional<Image> image = Optional.ofNullable(images.get(net.key));
      image.ifPresent(i -> net.image = i);
      decide(plan, net, there.contains(net.key), image, tasks, fates);
    }
  }

  /// What a migration left in a row is, after a user's change, what the user left.
  private void remember(List<Fate> fates) throws SQLException {
    Map<TablePlan, Map<List<String>, Image>> after = new LinkedHashMap<>();
    for (Fate fate : fates) {
      Net net = fate.net();
      Image image = net.image;
      if (image == null || fate.reason().isPresent()) {
        continue;
      }
      if (net.kind == Net.Kind.DELETE) {
        book.forget(net.plan, List.of(net.key));
      } else {
        after.computeIfAbsent(net.plan, _ -> new LinkedHashMap<>()).put(net.key, image.after(net));
      }
    }
    for (var each : after.entrySet()) {
      book.write(each.getKey(), each.getValue());
    }
  }

  private void decide(
      TablePlan plan,
      Net net,
      boolean there,
      Optional<Image> image,
      List<Task> tasks,
      List<Fate> fates) {
    Change.Kind kind = kind(net, there);
    boolean made = image.filter(Image::made).isPresent() && !there;
    Optional<String> not = Optional.empty();
    switch (net.kind) {
      case INSERT -> tasks.add(new Task(net, plan, inserted(plan, net)));
      case DELETE -> {
        if (there) {
          tasks.add(new Task(net, plan, new Change(kind, net.key, null, null, true)));
        } else {
          fates.add(new Fate(net, kind, not, false, false)); // it is gone already
        }
      }
      case REPLACE -> {
        if (there) {
          tasks.add(
              new Task(
                  net, plan, new Change(Change.Kind.UPDATE, net.key, null, net.row(plan), true)));
        } else {
          tasks.add(new Task(net, plan, inserted(plan, net)));
        }
      }
      case UPDATE -> {
        if (there) {
          update(plan, net, image, tasks, fates);
        } else if (made && policy.about(plan.name()) != Policy.Ambiguous.KEEP_LIVE) {
          fates.add(
              new Fate(
                  net,
                  kind,
                  Optional.of(
                      "the migration made this row, and a user changed it; policy: "
                          + policy.about(plan.name()).word()),
                  false,
                  true));
        } else if (net.complete()) {
          tasks.add(new Task(net, plan, inserted(plan, net)));
        } else {
          fates.add(
              new Fate(
                  net,
                  kind,
                  Optional.of("the row it changes is not in the good state"),
                  false,
                  false));
        }
      }
    }
  }

  private static Change.Kind kind(Net net, boolean there) {
    return switch (net.kind) {
      case INSERT -> Change.Kind.INSERT;
      case UPDATE -> Change.Kind.UPDATE;
      case DELETE -> Change.Kind.DELETE;
      case REPLACE -> there ? Change.Kind.UPDATE : Change.Kind.INSERT;
    };
  }

  private static Change inserted(TablePlan plan, Net net) {
    return new Change(Change.Kind.INSERT, net.key, null, net.row(plan), true);
  }

  private void update(
      TablePlan plan, Net net, Optional<Image> image, List<Task> tasks, List<Fate> fates) {
    var set = new BitSet();
    boolean touched = false;
    boolean any = false;
    for (Match match : plan.carried()) {
      int at = match.live().number() - 1;
      if (net.users(at, image)) {
        boolean key = plan.key().stream().anyMatch(k -> k.match().equals(match));
        set.set(at);
        any |= !key && !match.good().identityAlways();
        touched |= plan.touched().contains(match);
      }
    }
    Policy.Ambiguous answer = policy.about(plan.name());
    if (touched && answer != Policy.Ambiguous.KEEP_LIVE) {
      fates.add(
          new Fate(
              net,
              Change.Kind.UPDATE,
              Optional.of(
                  "a migration changed the type of a column that a user wrote; policy: "
                      + answer.word()),
              false,
              true));
    } else if (any) {
      TablePlan variant = variant(plan, set);
      tasks.add(
          new Task(
              net, variant, new Change(Change.Kind.UPDATE, net.key, null, net.row(variant), true)));
    } else {
      fates.add(new Fate(net, Change.Kind.UPDATE, Optional.empty(), false, false));
    }
  }

  private TablePlan variant(TablePlan plan, BitSet set) {
    return variants.computeIfAbsent(
        new Variant(plan, set),
        _ -> {
          List<Match> matches =
              plan.pair().columns().stream()
                  .filter(m ->
                      set.get(m.live().number() - 1)
                          || plan.key().stream().anyMatch(k -> k.match().equals(m)))
                  .toList();
          return new TablePlan(
              new Pair(plan.table(Side.GOOD), plan.table(Side.LIVE), matches), policy);
        });
  }

  private Set<List<String>> there(TablePlan plan, List<Net> nets) throws SQLException {
    List<List<String>> keys =
        nets.stream().filter(n -> n.kind != Net.Kind.INSERT).map(n -> n.key).toList();
    return Rows.there(target, plan, keys);
  }

  private Map<List<String>, Image> images(TablePlan plan, List<Net> nets) throws SQLException {
    Boolean known = migrated.get(plan);
    if (known == null) {
      known = book.any(plan);
      migrated.put(plan, known);
    }
    return known ? book.images(plan, nets.stream().map(n -> n.key).toList()) : Map.of();
  }

  /// A migration wrote rows meanwhile.
  void migrated() {
    migrated.clear();
  }

  // -- keys and tables --------------------------------------------------------------------------

  /// A row gets the key it has in the change. What it holds besides is written as ever.
  void rekey(List<String> from, Raw raw) throws SQLException {
    TablePlan plan = raw.plan();
    Net old = Net.of(new Raw(plan, from, Net.Kind.UPDATE, raw.row(), Optional.empty()));
    if (plan.trouble().isPresent() || !there(plan, List.of(old)).contains(from)) {
      apart.rekeyed(plan, from, raw.key());
      settle(List.of(raw), false);
      return;
    }
    List<String> parts = new ArrayList<>();
    List<List<String>> both = new ArrayList<>();
    for (int i = 0; i < plan.key().size(); i++) {
      Match match = plan.key().get(i).match();
      parts.add(match.good().quoted() + " = n.k" + i + "::" + match.good().base());
    }
    both.add(from);
    both.add(raw.key());
    Savepoint before = target.setSavepoint();
    String sql =
        "update "
            + plan.table(Side.GOOD).source()
            + " t set "
            + String.join(", ", parts)
            + " from "
            + plan.keysAsTable()
            + ", "
            + plan.keysAsTable().replace(") as u(", ") as n(")
            + " where "
            + plan.onKey(Side.GOOD);
    try (PreparedStatement statement = target.prepareStatement(sql)) {
      int at = 1;
      for (List<String> key : both) {
        for (String part : key) {
          statement.setArray(at++, target.createArrayOf("text", new Object[] {part}));
        }
      }
      statement.executeUpdate();
      target.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!String.valueOf(e.getSQLState()).startsWith("23")) {
        throw e;
      }
      target.rollback(before);
      target.releaseSavepoint(before);
      account(
          new Fate(
              old,
              Change.Kind.UPDATE,
              Optional.of(
                  "its key was changed, and the good state does not let it: other rows are in the way"),
              false,
              false));
      apart.rekeyed(plan, from, raw.key());
      return;
    }
    apart.rekeyed(plan, from, raw.key());
    Image image = book.images(plan, List.of(from)).get(from);
    if (image != null) {
      book.forget(plan, List.of(from));
      book.write(plan, Map.of(raw.key(), image));
      migrated();
    }
    settle(List.of(raw), false);
  }

  /// Tables that users emptied.
  void truncate(List<TablePlan> tables) throws SQLException {
    Map<TablePlan, Long> rows = new LinkedHashMap<>();
    for (TablePlan plan : tables) {
      try (PreparedStatement count =
              target.prepareStatement("select count(*) from " + plan.table(Side.GOOD).source());
          ResultSet row = count.executeQuery()) {
        row.next();
        rows.put(plan, row.getLong(1));
      }
    }
    boolean done = emptied(tables);
    for (TablePlan plan : tables) {
      if (done) {
        apart.emptied(plan.name());
      } else {
        apart.unsure(plan.name());
      }
    }
    rows.forEach((plan, count) -> {
      Tally tally = tally(plan);
      for (long n = 0; n < count; n++) {
        tally.found(Change.Kind.DELETE);
        if (done) {
          tally.applied++;
        } else {
          tally.leftOut("the table was truncated, and rows of other tables refer to it; they stay");
        }
      }
    });
  }

  private boolean emptied(List<TablePlan> tables) throws SQLException {
    Savepoint before = target.setSavepoint();
    try (var statement = target.createStatement()) {
      statement.execute(
          "truncate "
              + String.join(", ", tables.stream().map(p -> p.table(Side.GOOD).source()).toList()));
      target.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!"0A000".equals(e.getSQLState())) {
        throw e;
      }
      target.rollback(before);
      target.releaseSavepoint(before);
      return false;
    }
  }

  // -- what became of it ------------------------------------------------------------------------

  private Tally tally(TablePlan plan) {
    return tallies.computeIfAbsent(plan.name(), Tally::new);
  }

  private void account(Fate fate) throws SQLException {
    TablePlan plan = fate.net().plan;
    Tally tally = tally(plan);
    tally.found(fate.kind());
    apart.look(plan, fate.net().key, fate.kind() != Change.Kind.DELETE, fate.reason().isPresent());
    tally.ambiguous += fate.ambiguous() ? 1 : 0;
    if (fate.reason().isPresent()) {
      Change change = shown(plan, fate);
      tally.leftOut(fate.reason().get(), Words.masked(plan, change, fate.reason().get()));
      papers.leftOut(plan, change, fate.reason().get());
      return;
    }
    tally.applied++;
    if (fate.kind() != Change.Kind.DELETE) {
      Row row = fate.net().row(plan);
      if (row.hasMore()) {
        tally.valuesWithoutPlace++;
        papers.withoutPlace(plan, new Change(fate.kind(), fate.net().key, null, row, true));
      }
    }
  }

  /// As it is shown to people: what is not known of a row is taken from the good state.
  private Change shown(TablePlan plan, Fate fate) throws SQLException {
    Net net = fate.net();
    Optional<Row> before =
        plan.keyed() && (fate.kind() == Change.Kind.DELETE || !net.complete())
            ? Optional.ofNullable(
                Rows.fetch(target, plan, Side.GOOD, List.of(net.key)).get(net.key))
            : Optional.empty();
    if (fate.kind() == Change.Kind.DELETE) {
      Row row = before.orElseGet(() -> net.row(plan));
      return new Change(fate.kind(), net.key, row, null, true);
    }
    return new Change(fate.kind(), net.key, null, net.row(plan, before), true);
  }
}
