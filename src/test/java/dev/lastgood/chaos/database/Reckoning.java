package dev.lastgood.chaos.database;

import dev.lastgood.database.TwoStates;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Compares the database with what its users know, and says everything that must not be.
final class Reckoning {
  private final Memory memory;
  private final LeftRows left;
  private final List<String> faults = new ArrayList<>();

  Reckoning(Memory memory, LeftRows left) {
    this.memory = memory;
    this.left = left;
  }

  List<String> faults() {
    return faults;
  }

  /// Whole lines of the catalog that a rollback must bring back.
  static List<String> shape(String url) {
    return TwoStates.rows(
        url,
        """
        select * from (
          select 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull::text
            from pg_attribute join pg_class c on c.oid = attrelid
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
          union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
            from pg_constraint where connamespace = 'public'::regnamespace
          union all select 'index', indrelid::regclass::text, indexrelid::regclass::text, '', indisvalid::text
            from pg_index join pg_class c on c.oid = indexrelid where relnamespace = 'public'::regnamespace
          union all select 'trigger', tgrelid::regclass::text, tgname, '', tgenabled::text
            from pg_trigger where not tgisinternal
          union all select 'schema', nspname, '', '', '' from pg_namespace where nspname !~ '^pg_'
            and nspname <> '_lastgood_parting' -- what its undo needs
        ) x order by 1, 2, 3, 4\
        """);
  }

  Reckoning of(String url) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url)) {
      for (Kind kind : Kind.OLD) {
        table(connection, kind);
      }
    }
    for (Known row : memory.all()) {
      if (row.kind.equals(Kind.COUPON) && !accounted(row)) {
        faults.add("lost: " + row + "; its table is gone, and it is in no file");
      }
    }
    faults.addAll(memory.faults);
    return this;
  }

  private void table(Connection connection, Kind kind) throws SQLException {
    Map<List<String>, List<String>> there = read(connection, kind);
    Set<List<String>> known = new HashSet<>();
    for (Known row : memory.all()) {
      if (row.kind.equals(kind)) {
        known.add(row.key);
        row(row, Optional.ofNullable(there.get(row.key)));
      }
    }
    there.forEach((key, values) -> {
      if (!known.contains(key)) {
        faults.add("invented: " + kind.name() + key + " is " + values);
      }
    });
  }

  private void row(Known row, Optional<List<String>> there) {
    if (row.possible().contains(there)) {
      return;
    }
    if (!accounted(row)) {
      faults.add("lost: " + row + "; it is " + there + ", and in no file");
    }
    if (there.isPresent() && !row.had(there.get())) {
      faults.add("invented: " + row + "; it is " + there + ", and never was");
    }
  }

  private boolean accounted(Known row) {
    return row.possible().stream()
        .anyMatch(p -> left.has(row, p) || (p.isEmpty() && row.kind.equals(Kind.COUPON)));
  }

  private Map<List<String>, List<String>> read(Connection connection, Kind kind)
      throws SQLException {
    var rows = new HashMap<List<String>, List<String>>();
    try (Statement statement = connection.createStatement();
        ResultSet all = statement.executeQuery(kind.all())) {
      while (all.next()) {
        var columns = new ArrayList<String>();
        for (int i = 1; i <= kind.key().size() + kind.values().size(); i++) {
          columns.add(String.valueOf(all.getString(i)));
        }
        List<String> key = List.copyOf(columns.subList(0, kind.key().size()));
        if (rows.put(key, List.copyOf(columns.subList(key.size(), columns.size()))) != null) {
          faults.add("invented: " + kind.name() + key + " is there twice");
        }
      }
    }
    return rows;
  }

  /// Before anybody writes: everything that is there, known to nobody in particular.
  static List<Known> initial(String url, Memory memory) throws SQLException {
    var all = new ArrayList<Known>();
    var reckoning = new Reckoning(memory, new LeftRows());
    try (Connection connection = DriverManager.getConnection(url)) {
      for (Kind kind : Kind.OLD) {
        reckoning
            .read(connection, kind)
            .forEach((key, values) -> {
              var row = new Known(kind, key);
              row.confirmed(Optional.of(values));
              memory.add(row);
              all.add(row);
            });
      }
    }
    return all;
  }
}
