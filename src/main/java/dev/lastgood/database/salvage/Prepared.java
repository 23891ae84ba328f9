package dev.lastgood.database.salvage;

import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A replication slot that was opened at the very moment of a snapshot: what users write since is
/// in it, transaction by transaction.
///
/// @param slot its name, and that of its publication
/// @param position where it begins
/// @param database oid of the live database
/// @param layout of all tables then
/// @param tables oids of the tables whose rows it tells
/// @param others tables whose rows it cannot tell, with the reason
public record Prepared(
    String slot,
    String position,
    long database,
    Layout layout,
    List<Long> tables,
    List<String> others) {
  public Prepared {
    tables = List.copyOf(tables);
    others = List.copyOf(others);
  }

  public Prepared with(Layout then) {
    return new Prepared(slot, position, database, then, tables, others);
  }

  /// The same without tables that it tells no longer, see [Unheard].
  Prepared without(Set<TableName> over) {
    if (over.isEmpty()) {
      return this;
    }
    List<Long> still = new ArrayList<>(tables);
    List<String> all = new ArrayList<>(others);
    for (Layout.Laid table : layout.tables()) {
      var name = new TableName(table.schema(), table.name());
      if (over.contains(name) && still.remove(Long.valueOf(table.oid()))) {
        all.add(name + " (no longer told by it)");
      }
    }
    return new Prepared(slot, position, database, layout, still, all);
  }

  /// The same without tables that are not users': nothing of them is replayed.
  public Prepared leaving(StateTables state) {
    List<Long> users = new ArrayList<>(tables);
    for (Layout.Laid table : layout.tables()) {
      if (state.named().contains(new TableName(table.schema(), table.name()))) {
        users.remove(Long.valueOf(table.oid()));
      }
    }
    return new Prepared(slot, position, database, layout, users, others);
  }

  /// Whether rows of a table of the stream are replayed.
  boolean tells(long oid) {
    return tables.contains(oid);
  }

  /// The tables it tells, as the good state calls them.
  public Set<TableName> told() {
    return layout.tables().stream()
        .filter(t -> tables.contains(t.oid()))
        .map(t -> new TableName(t.schema(), t.name()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
