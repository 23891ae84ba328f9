package dev.lastgood.rehearsal;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/// A MongoDB server, as far as two clusters are compared: who it is, which collections it has, and
/// how many documents are in each. It keeps numbers, no documents. Made after the published
/// description of the wire protocol.
public final class PlayedMongo implements AutoCloseable {
  private static final int HEADER = 16;
  private static final int REPLY = 1;
  private static final int QUERY = 2004;
  private static final int MESSAGE = 2013;
  private static final int LARGEST = 1 << 20;
  private static final int UNKNOWN_COMMAND = 59;

  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Socket> open = new ArrayList<>();
  private final SortedMap<String, Integer> collections = new TreeMap<>();

  public PlayedMongo() throws IOException {
    socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /// `mongodb://host:port`.
  public String url() {
    return "mongodb://127.0.0.1:" + socket.getLocalPort();
  }

  /// @param documents by collection; what was there before is gone
  public synchronized void holds(Map<String, Integer> documents) {
    collections.clear();
    collections.putAll(documents);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket one = socket.accept();
        synchronized (this) {
          open.add(one);
        }
        threads.execute(() -> serve(one));
      } catch (IOException e) {
        // closed, or nobody there any more: the loop sees which
        System.getLogger(PlayedMongo.class.getName()).log(System.Logger.Level.DEBUG, "accept", e);
      }
    }
  }

  private void serve(Socket one) {
    try (one) {
      var in = new DataInputStream(one.getInputStream());
      while (true) {
        answer(in, one.getOutputStream());
      }
    } catch (EOFException e) {
      // the client has gone
    } catch (IOException e) {
      System.getLogger(PlayedMongo.class.getName()).log(System.Logger.Level.DEBUG, "serve", e);
    }
  }

  private void answer(DataInputStream in, OutputStream out) throws IOException {
    ByteBuffer head = little(in.readNBytes(HEADER));
    if (head.limit() < HEADER) {
      throw new EOFException();
    }
    int length = head.getInt();
    int request = head.getInt();
    head.getInt();
    int kind = head.getInt();
    if (length < HEADER || length > LARGEST) {
      throw new IOException("a message of " + length + " bytes");
    }
    BsonDocument asked = asked(kind, in.readNBytes(length - HEADER));
    out.write(message(kind, request, told(asked)));
    out.flush();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// The command: the first document of a message, or of the query that greets.
  private static BsonDocument asked(int kind, byte[] bytes) throws IOException {
    ByteBuffer body = little(bytes);
    int flags = body.getInt();
    switch (kind) {
      case MESSAGE -> {
        if (body.get() != 0) {
          throw new IOException("a message that begins with no command, flags " + flags);
        }
      }
      case QUERY -> {
        while (body.get() != 0) {
          // the name of a collection, which is always admin.$cmd
        }
        body.getLong();
      }
      default -> throw new IOException("a message of the kind " + kind);
    }
    int size = body.getInt(body.position());
    return new RawBsonDocument(bytes, body.position(), size);
  }

  private static byte[] message(int asked, int request, BsonDocument told) {
    ByteBuffer document =
        new RawBsonDocument(told, new BsonDocumentCodec()).getByteBuffer().asNIO();
    boolean query = asked == QUERY;
    byte[] bytes = new byte[HEADER + (query ? 20 : 5) + document.remaining()];
    ByteBuffer message =
        little(bytes)
            .putInt(bytes.length)
            .putInt(0)
            .putInt(request)
            .putInt(query ? REPLY : MESSAGE)
            .putInt(0);
    if (query) {
      message.putLong(0).putInt(0).putInt(1);
    } else {
      message.put((byte) 0);
    }
    message.put(document);
    return bytes;
  }

  private synchronized BsonDocument told(BsonDocument asked) {
    String command = asked.getFirstKey();
    return switch (command) {
      case "hello", "isMaster", "ismaster" -> whoItIs();
      case "listCollections" -> listed(asked.getString("$db", new BsonString("")).getValue());
      case "count" ->
          good().append("n", new BsonInt32(collections.getOrDefault(text(asked, command), 0)));
      case "ping" -> good();
      default ->
          new BsonDocument("ok", new BsonDouble(0))
              .append("errmsg", new BsonString("no such command: " + command))
              .append("code", new BsonInt32(UNKNOWN_COMMAND));
    };
  }

  private static String text(BsonDocument asked, String key) {
    return asked.getString(key, new BsonString("")).getValue();
  }

  private static BsonDocument good() {
    return new BsonDocument("ok", new BsonDouble(1));
  }

  private static BsonDocument whoItIs() {
    return good()
        .append("ismaster", BsonBoolean.TRUE)
        .append("isWritablePrimary", BsonBoolean.TRUE)
        .append("helloOk", BsonBoolean.TRUE)
        .append("maxBsonObjectSize", new BsonInt32(16 << 20))
        .append("maxMessageSizeBytes", new BsonInt32(48_000_000))
        .append("maxWriteBatchSize", new BsonInt32(100_000))
        .append("localTime", new BsonDateTime(0))
        .append("minWireVersion", new BsonInt32(0))
        .append("maxWireVersion", new BsonInt32(21))
        .append("readOnly", BsonBoolean.FALSE);
  }

  private BsonDocument listed(String database) {
    var batch = new BsonArray();
    collections
        .keySet()
        .forEach(name ->
            batch.add(
                new BsonDocument("name", new BsonString(name))
                    .append("type", new BsonString("collection"))
                    .append("options", new BsonDocument())
                    .append("info", new BsonDocument("readOnly", BsonBoolean.FALSE))));
    return good()
        .append(
            "cursor",
            new BsonDocument("id", new BsonInt64(0))
                .append("ns", new BsonString(database + ".$cmd.listCollections"))
                .append("firstBatch", batch));
  }

  @Override
  public void close() {
    try {
      socket.close();
      synchronized (this) {
        for (Socket one : open) {
          one.close();
        }
      }
    } catch (IOException e) {
      System.getLogger(PlayedMongo.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
    }
    threads.shutdownNow();
  }
}
