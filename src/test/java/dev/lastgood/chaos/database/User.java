package dev.lastgood.chaos.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// Writes rows in transactions of one to four statements, until it is told to stop; connects again
/// whenever its connection ends. What the server confirms is remembered.
final class User implements AutoCloseable {
  private static final int MOST_ROWS = 400;

  private final int number;
  private final String url;
  private final Random random;
  private final Memory memory;
  private final List<Known> mine;
  private final Thread thread;
  private final AtomicLong commits = new AtomicLong();
  private volatile boolean over;
  private int words;

  /// @param mine rows that were there before, and that only this user writes
  User(int number, String url, long seed, Memory memory, List<Known> mine) {
    this.number = number;
    this.url = url + "&ApplicationName=shop&connectTimeout=5";
    this.random = new Random(seed);
    this.memory = memory;
    this.mine = new ArrayList<>(mine);
    this.thread = Thread.ofPlatform().daemon().start(this::work);
  }

  long commits() {
    return commits.get();
  }

  private void work() {
    while (!over) {
      try (Connection connection = DriverManager.getConnection(url)) {
        connection.setAutoCommit(false);
        while (!over) {
          transaction(connection);
          Thread.sleep(random.nextInt(30));
        }
      } catch (SQLException e) {
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What a statement has done, if its transaction comes through.
  private record Effect(Known row, boolean fresh, Optional<List<String>> values) {}

  private void transaction(Connection connection) throws SQLException {
    var effects = new ArrayList<Effect>();
    try {
      int length = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
      for (int i = 0; i < length; i++) {
        statement(connection, effects);
      }
      if (random.nextInt(20) == 0) {
        connection.rollback();
        return;
      }
    } catch (SQLException e) {
      connection.rollback(); // throws when the connection is gone: then nothing was done
      return;
    }
    commit(connection, effects);
  }

  private void commit(Connection connection, List<Effect> effects) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).startsWith("23")) {
        connection.rollback();
        return;
      }
      for (Effect effect : effects) {
        effect.row().inDoubt(effect.values());
        if (effect.fresh()) {
          memory.add(effect.row());
        }
      }
      throw e;
    }
    for (Effect effect : effects) {
      effect.row().confirmed(effect.values());
      if (effect.fresh()) {
        memory.add(effect.row());
        mine.add(effect.row());
      }
      memory.confirmed.incrementAndGet();
    }
    commits.incrementAndGet();
    mine.removeIf(row -> !row.usable());
    while (mine.size() > MOST_ROWS) {
      mine.remove(random.nextInt(mine.size()));
    }
  }

  private void statement(Connection connection, List<Effect> effects) throws SQLException {
    List<Known> free =
        mine.stream()
            .filter(r -> r.usable() && effects.stream().noneMatch(e -> e.row().equals(r)))
            .toList();
    int which = random.nextInt(10);
    if (which < 5 || free.isEmpty()) {
      insert(connection, effects);
      return;
    }
    Known row = free.get(random.nextInt(free.size()));
    if (which < 8 && !row.kind.values().isEmpty()) {
      update(connection, effects, row);
    } else {
      delete(connection, effects, row);
    }
  }

  private void insert(Connection connection, List<Effect> effects) throws SQLException {
    Kind kind =
        random.nextInt(8) == 0 ? Kind.COUPON : Kind.OLD.get(random.nextInt(Kind.OLD.size()));
    List<String> values = values(kind, effects);
    List<String> parameters = new ArrayList<>(key(kind));
    parameters.addAll(values);
    try (PreparedStatement insert = prepared(connection, kind.insert(), parameters);
        ResultSet row = insert.executeQuery()) {
      row.next();
      var key = new ArrayList<String>();
      for (int i = 1; i <= kind.key().size(); i++) {
        key.add(row.getString(i));
      }
      effects.add(new Effect(new Known(kind, List.copyOf(key)), true, Optional.of(values)));
    }
  }

  private void update(Connection connection, List<Effect> effects, Known row) throws SQLException {
    List<String> values = values(row.kind, effects);
    List<String> parameters = new ArrayList<>(values);
    parameters.addAll(row.key);
    if (count(connection, row.kind.update(), parameters) == 0) {
      row.missed();
    } else {
      effects.add(new Effect(row, false, Optional.of(values)));
    }
  }

  private void delete(Connection connection, List<Effect> effects, Known row) throws SQLException {
    if (count(connection, row.kind.delete(), row.key) == 0) {
      row.missed();
    } else {
      effects.add(new Effect(row, false, Optional.empty()));
    }
  }

  private static int count(Connection connection, String sql, List<String> parameters)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(
      Connection connection, String sql, List<String> parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, parameters.get(i));
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /// A word nobody else ever writes.
  private String word() {
    words++;
    String word = "u" + number + "-" + words;
    return random.nextInt(10) == 0 ? word + " \"it's\", \n\\N é" : word;
  }

  private List<String> key(Kind kind) {
    return switch (kind.name()) {
      case "pair" -> List.of(Integer.toString(random.nextInt(1000)), word());
      case "price" -> List.of(Integer.toString(1_000_000 * (number + 1) + ++words));
      case "visit" ->
          List.of(
              Long.toString(1_000_000L * (number + 1) + ++words),
              "2026-%02d-%02d".formatted(1 + random.nextInt(12), 1 + random.nextInt(28)));
      case "line" -> List.of(word());
      default -> List.of();
    };
  }

  private List<String> values(Kind kind, List<Effect> effects) {
    return switch (kind.name()) {
      case "customer" ->
          // where a migration has taken the rule away, some break it
          List.of(word(), Integer.toString(random.nextInt(random.nextInt(6) == 0 ? 5000 : 999)));
      case "Order Lines" -> List.of(customer(effects), word());
      case "line" -> List.of();
      default -> List.of(word());
    };
  }

  private String customer(List<Effect> effects) {
    List<String> ids = new ArrayList<>();
    mine.stream()
        .filter(r -> r.kind.equals(Kind.CUSTOMER) && r.usable())
        .forEach(r -> ids.add(r.key.getFirst()));
    effects.stream()
        .filter(e -> e.row().kind.equals(Kind.CUSTOMER) && e.values().isPresent())
        .forEach(e -> ids.add(e.row().key.getFirst()));
    // where a migration has dropped the foreign key, some name nobody
    return ids.isEmpty() || random.nextInt(12) == 0
        ? Integer.toString(900_000 + random.nextInt(1000))
        : ids.get(random.nextInt(ids.size()));
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
