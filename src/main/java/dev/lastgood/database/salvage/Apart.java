package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.SchemaDiff.Pair;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Notes, as [Parting] does, which rows a replay leaves different: those a migration wrote and
/// those that did not fit. All others are alike by what was done.
///
/// It reads the good state only: whether the live database has a row is told by the log. So a note
/// is as true as the rows that are kept with it, in one transaction, and users may go on.
final class Apart {
  private static final int MANY = 2_000;
  private static final String NOTED = Parting.SCHEMA + ".differs";

  private final Connection target;
  private final Map<TableName, TablePlan> own = new HashMap<>();
  private final Map<TableName, Pair> pairs = new HashMap<>();
  private final Map<TablePlan, Boolean> partial = new HashMap<>();
  private final Map<TableName, Map<List<String>, Look>> looks = new LinkedHashMap<>();
  private final Set<Long> noted = new HashSet<>();
  private final Set<TableName> unsure = new HashSet<>();
  private int count;

  /// @param target in the transaction of the rows
  Apart(Connection target) {
    this.target = target;
  }

  /// @param live whether the live database has the row
  /// @param sure whether it may differ; else only if it is noted already
  private record Look(boolean live, boolean sure) {}

  /// Nothing is known of what was replayed before: all tables have to be compared.
  void anew() throws SQLException {
    Parting.make(target, Parting.SCHEMA);
    try (Statement statement = target.createStatement()) {
      statement.execute(
          "insert into "
              + Parting.SCHEMA
              + ".whole select oid::bigint, '"
              + Whole.UNSURE
              + "' from pg_catalog.pg_class where relkind in ('r', 'p')");
    }
  }

  /// The schemas as they are now.
  void looking(Catalog good, SchemaDiff diff) {
    own.clear();
    pairs.clear();
    partial.clear();
    good.tables().forEach((name, table) -> own.put(name, itself(table)));
    diff.pairs().forEach(p -> pairs.put(p.good().name(), p));
  }

  private static TablePlan itself(Table table) {
    List<Match> same = table.columns().stream().map(c -> new Match(c, c)).toList();
    return new TablePlan(new Pair(table, table, same), Policy.usual());
  }

  /// A transaction begins; nothing is left of one that was not kept.
  void begin() throws SQLException {
    looks.clear();
    unsure.clear();
    noted.clear();
    count = 0;
    try (Statement statement = target.createStatement();
        ResultSet rows = statement.executeQuery(Parting.noted(Parting.SCHEMA))) {
      while (rows.next()) {
        noted.add(rows.getLong(1));
      }
    }
  }

  // -- what was read ----------------------------------------------------------------------------

  /// What became of a row is written in the good state.
  ///
  /// @param plan by which the log tells it
  /// @param live whether the live database has it now
  /// @param sure whether it may differ from now on; else only if it did before
  void look(TablePlan plan, List<String> key, boolean live, boolean sure) throws SQLException {
    if (key.isEmpty()) {
      unsure(plan.name()); // its key was of another type for a while
      return;
    }
    TablePlan table = own.get(plan.name());
    boolean certain = sure || partial(plan);
    if (table == null || (!certain && !any(table))) {
      return;
    }
    looks
        .computeIfAbsent(plan.name(), _ -> new LinkedHashMap<>())
        .merge(key, new Look(live, certain), (a, b) -> new Look(b.live(), a.sure() || b.sure()));
    if (++count >= MANY) {
      flush();
    }
  }

  private boolean any(TablePlan table) {
    return looks.containsKey(table.name()) || noted.contains(table.table(Side.GOOD).identity());
  }

  /// Whether the log does not tell a column that both sides have: another one had its name then.
  private boolean partial(TablePlan plan) {
    Pair pair = pairs.get(plan.name());
    return pair != null
        && partial.computeIfAbsent(
            plan,
            _ ->
                !plan.carried().stream()
                    .map(m -> m.good().number())
                    .collect(Collectors.toSet())
                    .containsAll(
                        pair.columns().stream()
                            .map(Match::good)
                            .filter(c -> !c.generated())
                            .map(Catalog.Column::number)
                            .toList()));
  }

  /// A row got another key, and rows of the good state that refer to it went along. Where the live
  /// database has no such rule they did not there.
  void rekeyed(TablePlan plan, List<String> from, List<String> to) throws SQLException {
    look(plan, from, false, true);
    look(plan, to, true, true);
    for (TablePlan other : List.copyOf(own.values())) {
      for (ForeignKey foreign : other.table(Side.GOOD).foreignKeys()) {
        if (foreign.to().equals(plan.name())
            && foreign.definition().contains("ON UPDATE")
            && !alike(other.name(), foreign)) {
          unsure(other.name());
        }
      }
    }
  }

  private boolean alike(TableName table, ForeignKey foreign) {
    Pair pair = pairs.get(table);
    return pair != null
        && pair.live().foreignKeys().stream()
            .anyMatch(f -> f.definition().equals(foreign.definition()));
  }

  /// Both sides have no row of it any more.
  void emptied(TableName name) throws SQLException {
    looks.remove(name);
    TablePlan table = own.get(name);
    if (table != null) {
      forget(table.table(Side.GOOD).identity());
    }
  }

  void forget(long table) throws SQLException {
    try (PreparedStatement delete =
        target.prepareStatement("delete from " + NOTED + " where tab = ?")) {
      delete.setLong(1, table);
      delete.executeUpdate();
    }
  }

  /// The log does not tell which of its rows differ: it has to be compared.
  void unsure(TableName name) throws SQLException {
    TablePlan table = own.get(name);
    if (table != null && unsure.add(name)) {
      shape(table.table(Side.GOOD).identity(), Whole.UNSURE);
    }
  }

  /// @param shape what the table was like when it was compared; see [Whole]
  void shape(long table, String shape) throws SQLException {
    try (PreparedStatement upsert =
        target.prepareStatement(
            "insert into "
                + Parting.SCHEMA
                + ".whole values (?, ?) on conflict (tab) do update set shape = excluded.shape")) {
      upsert.setLong(1, table);
      upsert.setString(2, shape);
      upsert.executeUpdate();
    }
  }

  // -- writing ----------------------------------------------------------------------------------

  /// Everything that was read is written in the good state.
  void flush() throws SQLException {
    for (var each : looks.entrySet()) {
      TablePlan table = own.get(each.getKey());
      if (table != null && table.keyed()) {
        write(table, each.getValue());
      }
    }
    looks.clear();
    count = 0;
  }

  private void write(TablePlan table, Map<List<String>, Look> rows) throws SQLException {
    List<List<String>> keys = List.copyOf(rows.keySet());
    List<String> texts = keys.stream().map(Left::text).toList();
    long identity = table.table(Side.GOOD).identity();
    int width = table.key().size();
    try (PreparedStatement statement = target.prepareStatement(noting(table))) {
      Rows.bind(target, statement, keys);
      statement.setArray(
          width + 1, target.createArrayOf("int8", texts.stream().map(Left::hash).toArray()));
      statement.setArray(width + 2, target.createArrayOf("text", texts.toArray()));
      statement.setArray(
          width + 3,
          target.createArrayOf("bool", rows.values().stream().map(Look::live).toArray()));
      statement.setArray(
          width + 4,
          target.createArrayOf("bool", rows.values().stream().map(Look::sure).toArray()));
      statement.setLong(width + 5, identity);
      statement.setLong(width + 6, identity);
      statement.executeUpdate();
    }
    if (rows.values().stream().anyMatch(Look::sure)) {
      noted.add(identity);
    }
  }

  /// One statement: a note that was there goes, and one comes if the sides differ.
  private static String noting(TablePlan table) {
    var marks = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < table.key().size(); i++) {
      marks.add("?::text[]");
      names.add("k" + i);
    }
    marks.addAll(List.of("?::bigint[]", "?::text[]", "?::bool[]", "?::bool[]"));
    names.addAll(List.of("digest", "key", "live", "sure"));
    String here = "t." + table.key().getFirst().match().good().quoted() + " is not null";
    return """
    with u as (select * from unnest(%1$s) as u(%2$s)),
      gone as (delete from %3$s d using u where d.tab = ? and d.digest = u.digest and d.key = u.key returning d.digest, d.key)
    insert into %3$s (tab, digest, key, kind, columns, was)
    select ?, u.digest, u.key, case when not u.live then 'SURPLUS' when %4$s then 'DIFFERENT' else 'MISSING' end,
      case when u.live and %4$s then array[%5$s]::int[] end, case when u.live and %4$s then array[%6$s]::bigint[] end
    from u left join %7$s t on %8$s
    where (u.sure or (u.digest, u.key) in (select gone.digest, gone.key from gone)) and (u.live or %4$s)\
    """
        .formatted(
            String.join(", ", marks),
            String.join(", ", names),
            NOTED,
            here,
            table.carried().stream()
                .map(m -> String.valueOf(m.good().number()))
                .collect(Collectors.joining(", ")),
            table.carried().stream()
                .map(m -> hash("t." + m.good().quoted()))
                .collect(Collectors.joining(", ")),
            table.table(Side.GOOD).source(),
            table.onKey(Side.GOOD));
  }

  /// As [Left#hash].
  private static String hash(String value) {
    return "case when "
        + value
        + " is not null then ('x' || encode(substring(sha256(convert_to("
        + value
        + "::text, 'UTF8')) from 1 for 8), 'hex'))::bit(64)::bigint end";
  }
}
