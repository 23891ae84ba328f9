package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Compares a restored database with what it should be.
final class Verifying {
  private static final int SHOWN = 6;

  /// Of fewer tables nothing can be concluded from how many there are.
  private static final int SEVERAL = 4;

  private Verifying() {}

  /// What is wrong with it; empty when nothing is.
  ///
  /// @param wanted empty where the source says nothing about itself
  static List<String> wrong(Content found, Optional<Content> wanted) {
    if (wanted.isEmpty()) {
      return found.rows().isEmpty() ? List.of("it has no table at all") : List.of();
    }
    List<String> wrong = new ArrayList<>();
    Set<String> tables = new TreeSet<>(wanted.get().rows().keySet());
    tables.addAll(found.rows().keySet());
    for (String table : tables) {
      Long there = found.rows().get(table);
      Long should = wanted.get().rows().get(table);
      if (there == null) {
        wrong.add("table " + table + " is missing");
      } else if (should == null) {
        wrong.add("table " + table + " should not be there");
      } else if (!there.equals(should)) {
        wrong.add("table " + table + " has " + there + " rows, not " + should);
      }
    }
    difference(wanted.get().shape(), found.shape(), "missing: ", wrong);
    difference(found.shape(), wanted.get().shape(), "should not be there: ", wrong);
    return wrong;
  }

  /// Why what a source that says nothing about itself holds can hardly be an earlier state of the
  /// live database; empty when it may be. A migration may have renamed tables or moved them to
  /// another schema, so one with the same name or the same columns is there.
  static List<String> strange(
      List<Content.Likeness> found,
      List<Content.Likeness> live,
      boolean foundRows,
      boolean liveRows) {
    Set<String> names = new HashSet<>();
    Set<String> columns = new HashSet<>();
    for (Content.Likeness table : found) {
      names.add(table.name());
      if (table.columns().contains(",")) { // one column alone is nothing to be recognised by
        columns.add(table.columns());
      }
    }
    List<String> missing =
        live.stream()
            .filter(t -> !names.contains(t.name()) && !columns.contains(t.columns()))
            .map(t -> t.schema() + "." + t.name())
            .toList();
    if (!live.isEmpty() && missing.size() == live.size()) {
      return List.of(
          "it has none of the "
              + live.size()
              + " tables of the live database: it is of another one");
    }
    if (!foundRows && liveRows) {
      return List.of("none of its tables has a row: made with --schema-only?");
    }
    return live.size() >= SEVERAL && missing.size() * 2 > live.size()
        ? List.of(
            "it has only "
                + (live.size() - missing.size())
                + " of the "
                + live.size()
                + " tables of the live database, not "
                + String.join(", ", missing.stream().limit(SHOWN).toList())
                + ": made of some of them (--table, --schema)?")
        : List.of();
  }

  private static void difference(
      List<String> these, List<String> those, String word, List<String> wrong) {
    Set<String> known = new HashSet<>(those);
    these.stream().filter(l -> !known.contains(l)).forEach(l -> wrong.add(word + l));
  }

  static Outcome refused(String beside, List<String> wrong) {
    return new Outcome.Refused(
        beside
            + " is not what it should be, and the live database was not touched: "
            + String.join("; ", wrong.stream().limit(SHOWN).toList())
            + (wrong.size() > SHOWN ? "; and " + (wrong.size() - SHOWN) + " more" : ""));
  }

  /// Sequences that would give a number again which their column has already.
  static List<String> lateSequences(Session inside) throws SQLException {
    record Owned(String sequence, String table, String column) {}
    List<Owned> all =
        inside.list(
            """
            select format('%I.%I', sn.nspname, s.relname), format('%I.%I', tn.nspname, t.relname),
              format('%I', a.attname)
            from pg_class s join pg_namespace sn on sn.oid = s.relnamespace
              join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid
                and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
              join pg_class t on t.oid = d.refobjid join pg_namespace tn on tn.oid = t.relnamespace
              join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
            where s.relkind = 'S' and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
            """,
            r -> new Owned(r.getString(1), r.getString(2), r.getString(3)));
    List<String> late = new ArrayList<>();
    for (Owned owned : all) {
      boolean behind =
          inside.yes(
              "select coalesce((select max(%s) from %s) > last_value, false) from %s"
                  .formatted(owned.column, owned.table, owned.sequence));
      if (behind) {
        late.add(owned.sequence + " is behind " + owned.table + "." + owned.column);
      }
    }
    return late;
  }
}
