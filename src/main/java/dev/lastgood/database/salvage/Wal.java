package dev.lastgood.database.salvage;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// The changes of the live database in commit order, from a position on. Nothing is ever confirmed
/// to the server: the slot can be read again from its beginning, by whoever comes next.
final class Wal implements AutoCloseable {
  private static final String ACTIVE = "55006";

  private final Connection connection;
  private final PGReplicationStream stream;

  private Wal(Connection connection, PGReplicationStream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /// @param from transactions that ended before are not told
  /// @param patience with one who reads the slot still: a killed process's session takes a moment
  static Wal open(DatabaseUrl live, Prepared prepared, String from, Duration patience)
      throws DatabaseTrouble, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Connection connection = live.replication();
      try {
        PGReplicationStream stream =
            connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(prepared.slot())
                .withStartPosition(LogSequenceNumber.valueOf(from))
                .withAutomaticFlush(false)
                .withStatusInterval(10, TimeUnit.SECONDS)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", '"' + prepared.slot() + '"')
                .withSlotOption("messages", true)
                .start();
        return new Wal(connection, stream);
      } catch (SQLException e) {
        quietly(connection);
        if (!ACTIVE.equals(e.getSQLState()) || System.nanoTime() > deadline) {
          throw DatabaseTrouble.of("the replication slot " + prepared.slot(), e);
        }
        Thread.sleep(100);
      }
    }
  }

  /// The next message; empty when there is none yet.
  Optional<ByteBuffer> next() throws SQLException {
    return Optional.ofNullable(stream.readPending());
  }

  /// A position as the server writes it.
  static String written(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(lsn & 0xffff_ffffL).toUpperCase(java.util.Locale.ROOT);
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
