package dev.lastgood.provider.mongodb;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A wire to a server that breaks at the n-th command that changes something: before the server has
/// it, or after it without the answer. For the server it is the same as a client that was killed.
final class CuttingWire implements Closeable {
  private static final int LARGEST = 64 << 20;

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final int breaksAt;
  private final boolean after;
  private final AtomicInteger changes = new AtomicInteger();

  CuttingWire(int target, int breaksAt, boolean after) throws IOException {
    this.target = target;
    this.breaksAt = breaksAt;
    this.after = after;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /// Whether it came to that.
  boolean broke() {
    return changes.get() >= breaksAt;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket here = door.accept();
        var there = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> commands(here, there));
        Thread.ofVirtual().start(() -> answers(there, here));
      } catch (IOException _) {
        // closed at the end
      }
    }
  }

  private void commands(Socket from, Socket to) {
    try {
      var in = new DataInputStream(from.getInputStream());
      OutputStream out = to.getOutputStream();
      while (true) {
        byte[] message = message(in);
        boolean last = changes(message) && changes.incrementAndGet() == breaksAt;
        if (last && !after) {
          shut(from, to);
          return;
        }
        out.write(message);
        out.flush();
      }
    } catch (IOException _) {
      shut(from, to);
    }
  }

  /// The answer to the command at which it breaks is heard here, and by nobody else.
  private void answers(Socket from, Socket to) {
    try {
      var in = new DataInputStream(from.getInputStream());
      while (true) {
        byte[] message = message(in);
        if (broke()) {
          shut(from, to);
          return;
        }
        to.getOutputStream().write(message);
        to.getOutputStream().flush();
      }
    } catch (IOException _) {
      shut(from, to);
    }
  }

  private static void shut(Socket one, Socket other) {
    try (one;
        other) {
      other.setSoLinger(false, 0);
    } catch (IOException _) {
      // it is gone either way
    }
  }

  private static boolean changes(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    return text.contains("renameCollection\0")
        || text.contains("update\0")
        || text.contains("delete\0");
  }

  private static byte[] message(DataInputStream in) throws IOException {
    byte[] head = in.readNBytes(4);
    if (head.length < 4) {
      throw new EOFException();
    }
    int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < 16 || length > LARGEST) {
      throw new IOException("not MongoDB's protocol");
    }
    byte[] whole = new byte[length];
    System.arraycopy(head, 0, whole, 0, 4);
    in.readFully(whole, 4, length - 4);
    return whole;
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
