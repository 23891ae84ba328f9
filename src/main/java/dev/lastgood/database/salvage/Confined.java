package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Sequence;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Single tables of the good state that stand in the live database itself, in a schema of their
/// own. They are known by the names they have where they belong.
///
/// @param tables where they belong; no two have one name in different schemas
public record Confined(String schema, Set<TableName> tables) {
  public Confined {
    tables = Set.copyOf(tables);
    if (tables.stream().map(TableName::name).distinct().count() != tables.size()) {
      throw new IllegalArgumentException("two tables of one name: " + tables);
    }
  }

  private Map<String, TableName> homes() {
    var homes = new HashMap<String, TableName>();
    tables.forEach(t -> homes.put(t.name(), t));
    return homes;
  }

  /// @param all the live database, with the schema
  Catalog good(Catalog all) {
    Map<String, TableName> homes = homes();
    var good = new TreeMap<TableName, Table>();
    for (Table table : all.tables().values()) {
      TableName home = homes.get(table.name().name());
      if (home != null && table.name().schema().equals(schema)) {
        good.put(home, table.belonging(home, keys(table, homes)));
      }
    }
    var sequences = new ArrayList<Sequence>();
    for (Sequence one : all.sequences()) {
      Optional<TableName> owner =
          one.owner()
              .filter(o -> o.schema().equals(schema))
              .flatMap(o -> Optional.ofNullable(homes.get(o.name())));
      if (owner.isPresent()) {
        sequences.add(new Sequence(one.name(), one.last(), one.step(), owner, one.column()));
      }
    }
    return new Catalog(all.server(), good, sequences, all.extensions(), 0, List.of());
  }

  private List<ForeignKey> keys(Table table, Map<String, TableName> homes) {
    return table.foreignKeys().stream()
        .map(k ->
            k.to().schema().equals(schema)
                ? k.referring(homes.getOrDefault(k.to().name(), k.to()))
                : k)
        .toList();
  }

  /// @param all the live database
  Catalog live(Catalog all) {
    var live = new TreeMap<TableName, Table>(all.tables());
    live.keySet().retainAll(tables);
    List<Sequence> sequences =
        all.sequences().stream()
            .filter(s -> s.owner().filter(tables::contains).isPresent())
            .toList();
    return new Catalog(all.server(), live, sequences, all.extensions(), 0, List.of());
  }
}
