package dev.lastgood.evidence;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

/// A fresh connection that another thread can end at any moment, and that says what it is busy
/// with.
final class Dial implements AutoCloseable {
  private final Duration patience;
  private volatile Socket socket = new Socket(Proxy.NO_PROXY);
  private volatile boolean closed;
  private volatile String doing = "not begun";

  /// @param patience how long connecting may take, shared among the addresses of a name
  Dial(Duration patience) {
    this.patience = patience;
  }

  String doing() {
    return doing;
  }

  void doing(String now) {
    doing = now;
  }

  InetAddress[] lookUp(Place place) throws IOException {
    doing("looking up the name " + place.host());
    return InetAddress.getAllByName(place.host());
  }

  /// Tries every address: `localhost` is often `127.0.0.1` and `::1`, and the service listens on
  /// one of them.
  Socket connect(InetAddress[] addresses, int port) throws IOException {
    doing("connecting");
    IOException first = new SocketException("no address");
    int share = Math.clamp(patience.toMillis() / addresses.length, 1, Integer.MAX_VALUE);
    for (int i = 0; i < addresses.length; i++) {
      try {
        Socket next = fresh();
        next.connect(new InetSocketAddress(addresses[i], port), share);
        doing("connected");
        return next;
      } catch (IOException e) {
        first = i == 0 ? e : first;
      }
    }
    throw first;
  }

  private Socket fresh() throws IOException {
    // The service itself is measured, never what a proxy says of it.
    Socket next = new Socket(Proxy.NO_PROXY);
    next.setTcpNoDelay(true);
    socket = next;
    if (closed) {
      next.close();
    }
    return next;
  }

  /// Whatever waits for the connection fails at once. It is the plain socket that is closed, never
  /// the TLS one, whose good-bye could wait.
  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      doing("closed");
    }
  }
}
