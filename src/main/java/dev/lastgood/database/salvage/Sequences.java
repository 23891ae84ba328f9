package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Sequence;
import dev.lastgood.database.Quote;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts sequences past what either side gave out and past what their columns hold, or the next
/// customer gets a number that another one has.
final class Sequences {
  private final Connection connection;
  private final Catalog good;
  private final Catalog live;

  Sequences(Connection connection, Catalog good, Catalog live) {
    this.connection = connection;
    this.good = good;
    this.live = live;
  }

  /// Only ever forward, so that repeating it does no harm: `setval` is not undone by a rollback.
  void advance(List<TablePlan> plans) throws SQLException {
    for (Sequence sequence : good.sequences()) {
      Optional<Long> wanted = further(sequence.last(), twin(sequence, plans), sequence.step());
      wanted = further(wanted, held(connection, good, sequence), sequence.step());
      if (wanted.isPresent() && !wanted.equals(sequence.last())) {
        try (PreparedStatement statement =
            connection.prepareStatement("select setval(?::regclass, ?)")) {
          statement.setString(1, sequence.name().quoted());
          statement.setLong(2, wanted.get());
          statement.execute();
        }
      }
    }
  }

  static Optional<Long> further(Optional<Long> a, Optional<Long> b, long step) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return Optional.of(step > 0 ? Math.max(a.get(), b.get()) : Math.min(a.get(), b.get()));
  }

  private Optional<Long> twin(Sequence sequence, List<TablePlan> plans) {
    var twins = new ArrayList<Sequence>();
    for (Sequence other : live.sequences()) {
      boolean feedsTheSame =
          sequence.owner().isPresent()
              && other.owner().isPresent()
              && plans.stream()
                  .anyMatch(p ->
                      p.name().equals(sequence.owner().get())
                          && p.table(Side.LIVE).name().equals(other.owner().get())
                          && p.pair().columns().stream()
                              .anyMatch(m ->
                                  Optional.of(m.good().name()).equals(sequence.column())
                                      && Optional.of(m.live().name()).equals(other.column())));
      if (other.name().equals(sequence.name()) || feedsTheSame) {
        twins.add(other);
      }
    }
    Optional<Long> last = Optional.empty();
    for (Sequence twin : twins) {
      last = further(last, twin.last(), sequence.step());
    }
    return last;
  }

  /// The furthest number in the column that the sequence feeds.
  static Optional<Long> held(Connection connection, Catalog good, Sequence sequence)
      throws SQLException {
    if (sequence.owner().isEmpty() || sequence.column().isEmpty()) {
      return Optional.empty();
    }
    TableName table = sequence.owner().get();
    boolean integer =
        Optional.ofNullable(good.tables().get(table))
            .flatMap(t -> t.column(sequence.column().get()))
            .map(c -> c.internal().startsWith("int"))
            .orElse(false);
    if (!integer) {
      return Optional.empty();
    }
    String held = java.util.Objects.requireNonNull(good.tables().get(table)).quoted();
    String sql =
        "select "
            + (sequence.step() > 0 ? "max(" : "min(")
            + Quote.name(sequence.column().get())
            + ") from "
            + held;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      long value = row.getLong(1);
      return row.wasNull() || (sequence.step() > 0 && value < 1)
          ? Optional.empty()
          : Optional.of(value);
    }
  }
}
