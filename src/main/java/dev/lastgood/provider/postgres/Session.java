package dev.lastgood.provider.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One connection.
record Session(Connection connection) implements AutoCloseable {
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  <T> List<T> list(String sql, Reader<T> reader, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<T> all = new ArrayList<>();
        while (rows.next()) {
          all.add(reader.read(rows));
        }
        return all;
      }
    }
  }

  <T> Optional<T> first(String sql, Reader<T> reader, Object... values) throws SQLException {
    return list(sql, reader, values).stream().findFirst();
  }

  String text(String sql, Object... values) throws SQLException {
    return first(sql, r -> String.valueOf(r.getString(1)), values).orElse("");
  }

  long number(String sql, Object... values) throws SQLException {
    return first(sql, r -> r.getLong(1), values).orElse(0L);
  }

  boolean yes(String sql, Object... values) throws SQLException {
    return first(sql, r -> r.getBoolean(1), values).orElse(false);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // What was asked of it has been answered; the server ends what is left of it.
      System.getLogger(Session.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
    }
  }
}
