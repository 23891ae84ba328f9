package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import dev.lastgood.database.sql.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a script drops, so that it can be saved before.
///
/// @param tables in the order they are dropped
/// @param columns in the order they are dropped
/// @param unjudged statements that may drop something, too
public record Drops(List<Named> tables, List<Deed.DropColumn> columns, List<String> unjudged) {
  public Drops {
    tables = List.copyOf(tables);
    columns = List.copyOf(columns);
    unjudged = List.copyOf(unjudged);
  }

  public static Drops of(String sql) {
    var tables = new ArrayList<Named>();
    var columns = new ArrayList<Deed.DropColumn>();
    var unjudged = new ArrayList<String>();
    for (Deed deed : Reading.of(sql)) {
      switch (deed) {
        case Deed.DropTable d -> tables.add(d.table());
        case Deed.DropColumn d -> columns.add(d);
        case Deed.Unjudged d -> unjudged.add(d.says());
        default -> {}
      }
    }
    return new Drops(tables, columns, unjudged);
  }

  /// For people: `orders, customer.nick`.
  public String shown() {
    return String.join(
        ", ",
        Stream.concat(
                tables.stream().map(Named::toString),
                columns.stream().map(c -> c.table() + "." + c.column()))
            .toList());
  }

  public boolean nothing() {
    return tables.isEmpty() && columns.isEmpty();
  }
}
