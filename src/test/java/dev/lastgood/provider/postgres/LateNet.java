package dev.lastgood.provider.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network before a server that can lose everybody in the moment of a commit, and bring the
/// commit to the server later.
final class LateNet implements AutoCloseable {
  private final ServerSocket door;
  private final int behind;
  private final List<Socket> all = new CopyOnWriteArrayList<>();
  private volatile boolean losing;
  private volatile boolean down;
  private volatile boolean holds;
  private volatile Late late = new Late(OutputStream.nullOutputStream(), "");

  /// @param bytes each as one character
  private record Late(OutputStream to, String bytes) {}

  /// @param behind port of the server
  LateNet(int behind) throws IOException {
    this.behind = behind;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /// The next commit does not arrive, and its sender is cut off.
  void loseCommit() {
    losing = true;
  }

  /// Whether there is one that was sent and has not arrived.
  boolean holds() {
    return holds;
  }

  /// Nobody gets through any more; who is connected is cut off.
  void down() throws IOException {
    down = true;
    for (Socket socket : all) {
      socket.close();
    }
  }

  /// What was sent arrives.
  void deliver() throws IOException {
    late.to().write(late.bytes().getBytes(StandardCharsets.ISO_8859_1));
    late.to().flush();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (down) {
          client.close();
          continue;
        }
        var server = new Socket(InetAddress.getLoopbackAddress(), behind);
        all.add(client);
        all.add(server);
        Thread.ofVirtual().start(() -> pump(client, server, true));
        Thread.ofVirtual().start(() -> pump(server, client, false));
      } catch (IOException e) {
        // one that did not come to be is seen by its client
      }
    }
  }

  private void pump(Socket from, Socket to, boolean there) {
    try {
      byte[] buffer = new byte[1 << 16];
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (there && losing && spelled(buffer, n).contains("COMMIT")) {
          losing = false;
          late = new Late(out, spelled(buffer, n));
          all.remove(to); // the server has not noticed
          holds = true;
          from.close();
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
      to.close();
    } catch (IOException e) {
      if (!holds) {
        closed(from);
        closed(to);
      }
    }
  }

  private static String spelled(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static void closed(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    down();
    late.to().close();
  }
}
