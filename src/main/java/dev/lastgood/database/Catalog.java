package dev.lastgood.database;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The schema of one database, as far as a rollback needs it: ordinary and partitioned tables of
/// users. Partitions are part of their root; tables that belong to an extension are not listed.
///
/// @param extensions version by name
/// @param largeObjects how many there are
/// @param others views that keep rows and tables that live elsewhere, which nobody compares
public record Catalog(
    Server server,
    SortedMap<TableName, Table> tables,
    List<Sequence> sequences,
    SortedMap<String, String> extensions,
    long largeObjects,
    List<String> others) {
  public Catalog {
    tables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    sequences = List.copyOf(sequences);
    extensions = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
    others = List.copyOf(others);
  }

  /// @param system identifier of the cluster, which copies of its files share
  /// @param database oid of the database
  public record Server(
      int version, String encoding, String system, long database, boolean readOnly) {}

  /// @param rows the server's estimate, 0 when it has none
  /// @param wide whether rows may hold values that are stored aside, up to a gigabyte
  /// @param identity oid; two databases of one descent share it
  /// @param key the columns that tell rows apart, by number; empty when there are none
  /// @param unique each set of columns, by number, that no two rows share
  /// @param triggers of users, with how they are enabled (`O`, `A`, `R`, `D`)
  /// @param place where it stands, when that is not where it belongs
  public record Table(
      TableName name,
      long identity,
      boolean partitioned,
      boolean rowSecurity,
      boolean wide,
      long rows,
      List<Column> columns,
      List<Integer> key,
      Set<Set<Integer>> unique,
      List<Constraint> constraints,
      List<ForeignKey> foreignKeys,
      Map<String, String> triggers,
      TableName place) {
    public Table(
        TableName name,
        long identity,
        boolean partitioned,
        boolean rowSecurity,
        boolean wide,
        long rows,
        List<Column> columns,
        List<Integer> key,
        Set<Set<Integer>> unique,
        List<Constraint> constraints,
        List<ForeignKey> foreignKeys,
        Map<String, String> triggers) {
      this(
          name,
          identity,
          partitioned,
          rowSecurity,
          wide,
          rows,
          columns,
          key,
          unique,
          constraints,
          foreignKeys,
          triggers,
          name);
    }

    public Table {
      columns = List.copyOf(columns);
      key = List.copyOf(key);
      unique = Set.copyOf(unique);
      constraints = List.copyOf(constraints);
      foreignKeys = List.copyOf(foreignKeys);
      triggers = Map.copyOf(triggers);
    }

    public Optional<Column> column(String called) {
      return columns.stream().filter(c -> c.name().equals(called)).findFirst();
    }

    public Optional<Column> column(int number) {
      return columns.stream().filter(c -> c.number() == number).findFirst();
    }

    /// What to read from: children by inheritance are tables of their own, partitions are not.
    public String source() {
      return (partitioned ? "" : "only ") + quoted();
    }

    /// For SQL.
    public String quoted() {
      return place.quoted();
    }

    /// The same table, known by the name it has where it belongs.
    ///
    /// @param keys as they are called there
    public Table belonging(TableName there, List<ForeignKey> keys) {
      return new Table(
          there,
          identity,
          partitioned,
          rowSecurity,
          wide,
          rows,
          columns,
          key,
          unique,
          constraints,
          keys,
          triggers,
          name);
    }
  }

  /// @param number survives a rename, in databases of one descent
  /// @param type as declared, with its limits: `character varying(10)`
  /// @param base the type below domains, without limits: `character varying`
  /// @param internal its name in the catalog, without schema: `varchar`
  /// @param limited whether the type has a declared length, precision or scale
  /// @param exactText whether two values that count as equal are always written alike
  /// @param generated computed from other columns
  /// @param identityAlways a value must be overridden to be written, and never updated
  public record Column(
      int number,
      String name,
      String type,
      String base,
      String internal,
      boolean limited,
      boolean exactText,
      boolean notNull,
      boolean hasDefault,
      boolean generated,
      boolean identityAlways) {
    public String quoted() {
      return Quote.name(name);
    }
  }

  /// A check, unique, primary-key or exclusion constraint.
  ///
  /// @param kind as the catalog: `c`, `u`, `p`, `x`, `f`
  public record Constraint(String name, String kind, String definition, boolean valid) {}

  /// @param columns of the table, by number, in the order of the key
  /// @param to the table that is referred to
  /// @param toColumns its columns, by name
  /// @param onDelete as the catalog: `a` no action, `r` restrict, `c` cascade, `n` set null, `d`
  ///   set default
  public record ForeignKey(
      String name,
      List<Integer> columns,
      TableName to,
      List<String> toColumns,
      String onDelete,
      String definition,
      boolean valid) {
    public ForeignKey {
      columns = List.copyOf(columns);
      toColumns = List.copyOf(toColumns);
    }

    public ForeignKey referring(TableName table) {
      return new ForeignKey(name, columns, table, toColumns, onDelete, definition, valid);
    }
  }

  /// @param last the last value given out; empty when it was never used
  /// @param owner the table whose column it feeds
  public record Sequence(
      TableName name,
      Optional<Long> last,
      long step,
      Optional<TableName> owner,
      Optional<String> column) {}
}
