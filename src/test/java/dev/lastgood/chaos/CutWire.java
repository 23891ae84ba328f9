package dev.lastgood.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A wire to a server that can be cut: what is connected breaks, and nothing new gets through until
/// it is mended.
final class CutWire implements Closeable {
  private final ServerSocket door;
  private final int target;
  private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  /// @param target port on the loopback
  CutWire(int target) throws IOException {
    this.target = target;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  void cut() {
    cut = true;
    ends.forEach(CutWire::shut);
    ends.clear();
  }

  void mend() {
    cut = false;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket here = door.accept();
        if (cut) {
          shut(here);
        } else {
          var there = new Socket(InetAddress.getLoopbackAddress(), target);
          ends.add(here);
          ends.add(there);
          Thread.ofVirtual().start(() -> pump(here, there));
          Thread.ofVirtual().start(() -> pump(there, here));
        }
      } catch (IOException _) {
        // closed at the end, or the server is restarting: whoever connects tries again
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException _) {
      // cut
    } finally {
      shut(from);
      shut(to);
      ends.remove(from);
      ends.remove(to);
    }
  }

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // it is gone either way
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    cut();
  }
}
