package dev.lastgood.database.salvage;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The changes of the live database in commit order, from a position on. Nothing is ever confirmed
/// to the server: the slot can be read again from its beginning, by whoever comes next.
///
/// By names: the driver's classes carry annotations that the compiler cannot read.
final class Wal implements AutoCloseable {
  private static final String ACTIVE = "55006";
  private static final String DRIVER = "org.postgresql.";
  private static final String BUILDER = "replication.fluent.logical.ChainedLogicalStreamBuilder";

  private final Connection connection;
  private final Object stream;
  private final Method read;

  private Wal(Connection connection, Object stream, Method read) {
    this.connection = connection;
    this.stream = stream;
    this.read = read;
  }

  /// @param from transactions that ended before are not told
  /// @param patience with one who reads the slot still: a killed process's session takes a moment
  static Wal open(DatabaseUrl live, Prepared prepared, String from, Duration patience)
      throws DatabaseTrouble, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Connection connection = live.replication();
      try {
        Object stream = started(connection, prepared, from);
        return new Wal(
            connection, stream, type("replication.PGReplicationStream").getMethod("readPending"));
      } catch (SQLException e) {
        quietly(connection);
        if (!ACTIVE.equals(e.getSQLState()) || System.nanoTime() > deadline) {
          throw DatabaseTrouble.of("the replication slot " + prepared.slot(), e);
        }
        Thread.sleep(100);
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("another driver of PostgreSQL than was built with", e);
      }
    }
  }

  private static Object started(Connection connection, Prepared prepared, String from)
      throws SQLException, NoSuchMethodException {
    Object driver = connection.unwrap(type("PGConnection"));
    Object api = call(type("PGConnection").getMethod("getReplicationAPI"), driver);
    Object any =
        call(type("replication.PGReplicationConnection").getMethod("replicationStream"), api);
    Object builder =
        call(type("replication.fluent.ChainedStreamBuilder").getMethod("logical"), any);
    Class<?> lsn = type("replication.LogSequenceNumber");
    Object begin = call(lsn.getMethod("valueOf", String.class), null, from);
    Class<?> building = type(BUILDER);
    call(building.getMethod("withSlotName", String.class), builder, prepared.slot());
    call(building.getMethod("withStartPosition", lsn), builder, begin);
    call(building.getMethod("withAutomaticFlush", boolean.class), builder, false);
    Method option = building.getMethod("withSlotOption", String.class, String.class);
    call(option, builder, "proto_version", "1");
    call(option, builder, "publication_names", '"' + prepared.slot() + '"');
    call(option, builder, "messages", "true");
    return call(building.getMethod("start"), builder);
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(DRIVER + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("another driver of PostgreSQL than was built with", e);
    }
  }

  private static Object call(Method method, @Nullable Object on, Object... values)
      throws SQLException {
    return Objects.requireNonNull(asked(method, on, values), method::getName);
  }

  private static @Nullable Object asked(Method method, @Nullable Object on, Object... values)
      throws SQLException {
    try {
      return method.invoke(on, values);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case SQLException said -> throw said;
        case RuntimeException wrong -> throw wrong;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// The next message; empty when there is none yet.
  Optional<ByteBuffer> next() throws SQLException {
    return Optional.ofNullable((ByteBuffer) asked(read, stream));
  }

  /// A position as the server writes it.
  static String written(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(Locale.ROOT)
        + "/"
        + Long.toHexString(lsn & 0xffff_ffffL).toUpperCase(Locale.ROOT);
  }

  private static void quietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the server ends it when it notices
    }
  }

  /// Without the farewell of the protocol, which waits for what the server still has to say.
  @Override
  public void close() {
    quietly(connection);
  }
}
