package dev.lastgood.chaos.database;

import dev.lastgood.database.salvage.Csv;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All rows in the files of what was left out.
final class LeftRows {
  /// A row in a file.
  private record Line(String kind, Map<String, String> values) {}

  private final Map<String, List<Line>> byTable = new HashMap<>();
  private int count;

  /// @param state folder of Lastgood's state
  static LeftRows in(Path state) throws IOException {
    var all = new LeftRows();
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.filter(LeftRows::finished).toList()) {
        all.read(file);
      }
    }
    return all;
  }

  private static boolean finished(Path file) {
    String path = file.toString();
    return path.contains("left-out")
        && path.endsWith(".csv")
        && !path.endsWith(".columns.csv")
        && !path.contains(".part-")
        && !path.contains(".not-kept-");
  }

  private void read(Path file) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      var csv = new Csv(in);
      List<String> header = csv.next().orElseThrow();
      for (var record = csv.next(); record.isPresent(); record = csv.next()) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < header.size(); i++) {
          values.put(header.get(i), record.get().get(i));
        }
        String table = values.get("lastgood_table").substring("public.".length());
        byTable
            .computeIfAbsent(table, _ -> new ArrayList<>())
            .add(new Line(values.get("lastgood_kind"), values));
        count++;
      }
    }
  }

  int count() {
    return count;
  }

  /// @param values what the row should be; empty: it should not be there
  boolean has(Known row, Optional<List<String>> values) {
    return byTable.getOrDefault(row.kind.name(), List.of()).stream()
        .anyMatch(line ->
            line.kind().equals("deleted") == values.isEmpty()
                && same(line, row.kind.key(), row.key)
                && (values.isEmpty() || same(line, row.kind.values(), values.get())));
  }

  private static boolean same(Line line, List<String> columns, List<String> wanted) {
    for (int i = 0; i < columns.size(); i++) {
      if (!wanted.get(i).equals(line.values().get(Kind.column(columns.get(i))))) {
        return false;
      }
    }
    return true;
  }
}
