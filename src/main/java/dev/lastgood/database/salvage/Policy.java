package dev.lastgood.database.salvage;

import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a person decided about rows whose author cannot be told from the two states alone.
///
/// @param ambiguous for rows that users and a migration may both have changed
/// @param tables other answers for single tables, by their name in the good state
/// @param touched columns of the good state, as `schema.table.column`, whose values a migration
///   rewrote without changing their type; differences there are not users'
/// @param renamed columns of the good state, as `schema.table.column`, and their name in the live
///   database; only needed where the two are not of one descent
/// @param migrations ids of the migration's transactions (32 bits, as in `xmin`), where known: rows
///   they wrote last are not users'
/// @param triggers whether triggers of users fire while rows are applied; off, or customers get a
///   second e-mail
/// @param mass from which share of a table's rows on, and at least 100 of them, changing or
///   deleting them within one round looks like a migration and becomes ambiguous; 0 to 1
/// @param state tables of migration tools, of which nothing is carried over
public record Policy(
    Ambiguous ambiguous,
    Map<TableName, Ambiguous> tables,
    Set<String> touched,
    Map<String, String> renamed,
    Set<Long> migrations,
    boolean triggers,
    double mass,
    StateTables state) {
  private static final double HALF = 0.5;

  public Policy {
    tables = Map.copyOf(tables);
    touched = Set.copyOf(touched);
    renamed = Map.copyOf(renamed);
    migrations = Set.copyOf(migrations);
    if (!(mass >= 0 && mass <= 1)) {
      throw new IllegalArgumentException("mass is a share between 0 and 1, not " + mass);
    }
  }

  /// What holds when nobody decided anything: ask, and let no trigger fire.
  public static Policy usual() {
    return new Policy(
        Ambiguous.ASK,
        Map.of(),
        Set.of(),
        Map.of(),
        Set.of(),
        false,
        HALF,
        new StateTables(Set.of()));
  }

  public Policy with(Ambiguous answer) {
    return new Policy(answer, tables, touched, renamed, migrations, triggers, mass, state);
  }

  public Policy touching(Set<String> columns) {
    return new Policy(ambiguous, tables, columns, renamed, migrations, triggers, mass, state);
  }

  public Policy renaming(Map<String, String> columns) {
    return new Policy(ambiguous, tables, touched, columns, migrations, triggers, mass, state);
  }

  public Policy migratedBy(Set<Long> transactions) {
    return new Policy(ambiguous, tables, touched, renamed, transactions, triggers, mass, state);
  }

  /// With more tables of migration tools than those that are known already.
  public Policy knowing(StateTables more) {
    var all = new HashSet<>(state.named());
    all.addAll(more.named());
    return new Policy(
        ambiguous, tables, touched, renamed, migrations, triggers, mass, new StateTables(all));
  }

  Ambiguous about(TableName table) {
    return tables.getOrDefault(table, ambiguous);
  }

  /// @param doubtful whether few rows are enough, since a migration touched the table
  boolean massive(long rows, long all, boolean doubtful) {
    return rows >= (doubtful ? 2 : 100) && rows > mass * all;
  }

  /// Whose state counts.
  public enum Ambiguous {
    /// The restored row stays; the live one goes to a file.
    KEEP_RESTORED,
    /// The live row is carried over whole.
    KEEP_LIVE,
    /// As `KEEP_RESTORED`, and the report asks.
    ASK;

    /// @return how people write it
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
