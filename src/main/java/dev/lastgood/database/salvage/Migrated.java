package dev.lastgood.database.salvage;

import dev.lastgood.database.salvage.Net.Raw;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the transaction of a migration leaves in the rows it writes. It is not replayed, but a user
/// may change one of these rows afterwards, and the server tells the whole row then.
final class Migrated {
  private static final int ROWS = 5_000;

  private final Book book;
  private final Apart apart;
  private final Map<TablePlan, Map<List<String>, Image>> images = new LinkedHashMap<>();
  private int count;

  /// @param apart knows that the row is not written in the good state
  Migrated(Book book, Apart apart) {
    this.book = book;
    this.apart = apart;
  }

  void add(Raw raw) throws SQLException {
    apart.look(raw.plan(), raw.key(), raw.kind() != Net.Kind.DELETE, true);
    if (raw.plan().trouble().isPresent()) {
      return;
    }
    Map<List<String>, Image> rows = images.computeIfAbsent(raw.plan(), _ -> new LinkedHashMap<>());
    if (raw.kind() == Net.Kind.DELETE) {
      rows.remove(raw.key());
      book.forget(raw.plan(), List.of(raw.key()));
      return;
    }
    Net net = Net.of(raw);
    Image before = rows.get(raw.key());
    rows.put(
        raw.key(),
        before == null ? Image.of(net, raw.kind() == Net.Kind.INSERT) : before.after(net));
    count++;
    if (count >= ROWS) {
      keep();
    }
  }

  /// The row is under another key now, where the good state does not know it.
  void move(List<String> from, Raw raw) throws SQLException {
    if (raw.plan().trouble().isEmpty()) {
      add(new Raw(raw.plan(), from, Net.Kind.DELETE, raw.row(), raw.whole()));
      add(new Raw(raw.plan(), raw.key(), Net.Kind.INSERT, raw.row(), raw.whole()));
    }
  }

  void keep() throws SQLException {
    for (var each : images.entrySet()) {
      book.write(each.getKey(), each.getValue());
    }
    images.clear();
    count = 0;
  }
}
