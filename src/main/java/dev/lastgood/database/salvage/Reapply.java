package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.SchemaDiff.Match;
import dev.lastgood.database.SchemaDiff.Pair;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Takes a file of rows that were left out, and carries over those that fit by now. All of it is
/// one transaction. Values are bound, never run: the file is data.
public final class Reapply {
  private static final int META = 3;
  private static final int ROWS = 500;
  private static final long BYTES = 4L << 20;

  private final Connection target;
  private final Catalog catalog;
  private final Path file;
  private @Nullable TablePlan plan;
  private boolean[] taken = new boolean[0];
  private long applied;
  private long already;
  private long moved;
  private final SortedMap<String, Long> refused = new TreeMap<>();

  private Reapply(Connection target, Catalog catalog, Path file) {
    this.target = target;
    this.catalog = catalog;
    this.file = file;
  }

  /// @param already rows that are in the database as the file has them
  /// @param refused rows that do not fit, by reason; they stay in the file
  public record Result(long applied, long already, SortedMap<String, Long> refused) {
    public long refusedRows() {
      return refused.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /// @param file a `.csv` of [Salvage#round]
  /// @throws DatabaseTrouble when the file or the database cannot be used; nothing was changed
  public static Result apply(DatabaseUrl database, Path file) throws DatabaseTrouble {
    Catalog catalog;
    try (Connection reader = database.reader()) {
      catalog = CatalogReader.read(reader);
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the catalog of " + database, e);
    }
    try (Connection target = database.writer()) {
      return new Reapply(target, catalog, file).apply();
    } catch (SQLException e) {
      throw DatabaseTrouble.of("applying " + file + " to " + database, e);
    } catch (NoSuchFileException e) {
      throw new DatabaseTrouble(
          file
              + ": there is no such file; nothing was changed. Name one of the .csv that a salvage or"
              + " a rollback wrote into its folder of what was left out",
          e);
    } catch (IOException e) {
      throw new DatabaseTrouble(file + ": " + e.getMessage() + "; nothing was changed", e);
    }
  }

  /// The file is read again as long as a row fits that did not fit before: it may need another one.
  private Result apply() throws SQLException, IOException, DatabaseTrouble {
    pass(true);
    while (moved > 0 && !refused.isEmpty() && plan().keyed()) {
      pass(false);
    }
    TablePlan done = plan();
    if (!done.table(Side.GOOD).triggers().isEmpty()) {
      Writer.rest(target, done.table(Side.GOOD), false);
    }
    new Sequences(target, catalog, catalog).advance(List.of(done));
    target.commit();
    return new Result(applied, already, refused);
  }

  private TablePlan plan() {
    return Objects.requireNonNull(plan);
  }

  private void pass(boolean first) throws SQLException, IOException, DatabaseTrouble {
    moved = 0;
    refused.clear();
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      var csv = new Csv(reader);
      List<@Nullable String> header =
          csv.next().orElseThrow(() -> new IOException("the file is empty"));
      if (header.size() <= META || !"lastgood_table".equals(header.getFirst())) {
        throw new IOException(
            "this is no file of rows that Lastgood left out: take the .csv (the .sql is to be read)");
      }
      var batch = new ArrayList<List<@Nullable String>>();
      long bytes = 0;
      for (var row = csv.next(); row.isPresent(); row = csv.next()) {
        if (row.get().size() != header.size()) {
          throw new IOException(
              "a record has " + row.get().size() + " fields, the header has " + header.size());
        }
        if (plan == null) {
          open(header, String.valueOf(row.get().getFirst()));
        }
        batch.add(row.get());
        bytes += row.get().stream().mapToLong(v -> v == null ? 0 : v.length()).sum();
        if (batch.size() == ROWS || bytes > BYTES) {
          write(batch, first);
          batch.clear();
          bytes = 0;
        }
      }
      if (plan == null) {
        throw new IOException("the file holds no row");
      }
      write(batch, first);
    }
  }

  private void open(List<@Nullable String> header, String name)
      throws IOException, DatabaseTrouble, SQLException {
    List<Table> tables =
        catalog.tables().values().stream()
            .filter(t -> (t.name().schema() + "." + t.name().name()).equals(name))
            .toList();
    if (tables.size() != 1) {
      throw new DatabaseTrouble(
          "the database has no table " + name + " that these rows could go to: make it first");
    }
    Table table = tables.getFirst();
    taken = new boolean[header.size()];
    var columns = new ArrayList<Match>();
    for (int i = META; i < header.size(); i++) {
      String column = String.valueOf(header.get(i));
      var known = table.column(column).filter(c -> !c.generated());
      if (known.isPresent()) {
        taken[i] = true;
        columns.add(new Match(known.get(), known.get()));
      } else if (!column.startsWith("live:") && table.column(column).isEmpty()) {
        throw new DatabaseTrouble(
            table.name() + " has no column " + column + ": add it, or take it out of the file");
      }
    }
    var opened = new TablePlan(new Pair(table, table, columns), Policy.usual());
    if (!table.key().isEmpty() && !opened.keyed()) {
      throw new DatabaseTrouble("the file does not hold the key of " + table.name());
    }
    plan = opened;
    try (Statement statement = target.createStatement()) {
      // what waits for the end could neither be told apart there, nor let the triggers be altered
      statement.execute("set constraints all immediate");
    }
    Writer.rest(target, table, true);
  }

  private void write(List<List<@Nullable String>> rows, boolean first)
      throws SQLException, IOException {
    if (rows.isEmpty()) {
      return;
    }
    var changes = new ArrayList<Change>();
    List<Change> wanted = new ArrayList<>();
    for (List<@Nullable String> row : rows) {
      wanted.add(change(row));
    }
    Map<List<String>, Row> present =
        plan().keyed()
            ? Rows.fetch(
                target, plan(), Side.GOOD, wanted.stream().map(Change::key).distinct().toList())
            : Map.of();
    for (Change change : wanted) {
      Optional<String> why = why(change, present.get(change.key()));
      if (why.isEmpty()) {
        changes.add(change);
      } else if (!why.get().isEmpty()) {
        refused.merge(why.get(), 1L, Long::sum);
      } else if (first) {
        already++;
      }
    }
    new Writer(target, plan(), catalog, new Counting()).write(changes);
  }

  /// Why a row is not written: an empty text when it is there already.
  private Optional<String> why(Change change, @Nullable Row present) {
    if (!plan().keyed()) {
      return change.kind() == Change.Kind.INSERT
          ? Optional.empty()
          : Optional.of("the table has no key: do it by hand, with the .sql");
    }
    return switch (change.kind()) {
      case DELETE -> present == null ? Optional.of("") : Optional.empty();
      case INSERT, UPDATE -> {
        if (present == null) {
          yield change.kind() == Change.Kind.INSERT
              ? Optional.empty()
              : Optional.of("the row that was changed is not there");
        }
        boolean same = true;
        for (int i = 0; i < plan().carried().size(); i++) {
          same &= Objects.equals(present.value(i), change.liveRow().value(i));
        }
        if (same) {
          yield Optional.of("");
        }
        yield change.kind() == Change.Kind.UPDATE
            ? Optional.empty()
            : Optional.of("another row has this key");
      }
    };
  }

  private Change change(List<@Nullable String> fields) throws IOException {
    var values = new @Nullable String[plan().carried().size()];
    int at = 0;
    for (int i = META; i < fields.size(); i++) {
      if (taken[i]) {
        values[at++] = fields.get(i);
      }
    }
    var key = new ArrayList<String>();
    for (KeyColumn column : plan().key()) {
      String value = values[plan().carried().indexOf(column.match())];
      if (value == null) {
        throw new IOException(
            "a row has no " + column.match().good().name() + ", which is its key");
      }
      key.add(column.canonical(value));
    }
    if (key.isEmpty()) {
      key.add("");
    }
    Row row = new Row(values, new String[0], 0);
    String kind = String.valueOf(fields.get(1));
    for (Change.Kind known : Change.Kind.values()) {
      if (known.word().equals(kind)) {
        boolean gone = known == Change.Kind.DELETE;
        return new Change(known, List.copyOf(key), gone ? row : null, gone ? null : row, true);
      }
    }
    throw new IOException("\"" + kind + "\" is neither inserted, updated nor deleted");
  }

  private final class Counting implements Writer.Result {
    @Override
    public void applied(Change change) {
      applied++;
      moved++;
    }

    @Override
    public void refused(Change change, String reason, boolean again) {
      refused.merge(reason, 1L, Long::sum);
    }
  }
}
