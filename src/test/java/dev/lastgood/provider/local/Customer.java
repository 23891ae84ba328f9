package dev.lastgood.provider.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks one page after the other over a connection it keeps. Like a browser it repeats a request
/// whose kept connection was closed before any byte of the answer came.
public final class Customer implements Runnable {
  private final int port;
  private final AtomicBoolean stop;
  final Queue<String> failures = new ConcurrentLinkedQueue<>();
  final Queue<String> answers = new ConcurrentLinkedQueue<>();
  final AtomicInteger served = new AtomicInteger();

  public Customer(int port, AtomicBoolean stop) {
    this.port = port;
    this.stop = stop;
  }

  public Queue<String> failures() {
    return failures;
  }

  public Queue<String> answers() {
    return answers;
  }

  @Override
  public void run() {
    Socket kept = new Socket();
    while (!stop.get()) {
      boolean first = !kept.isConnected() || kept.isClosed();
      try {
        if (first) {
          kept = connect();
        }
        answers.add(ask(kept));
        served.incrementAndGet();
      } catch (NothingCame e) {
        close(kept);
        kept = new Socket();
        if (first) {
          failures.add("a new connection was closed without an answer");
        }
      } catch (IOException e) {
        close(kept);
        kept = new Socket();
        failures.add(String.valueOf(e));
      }
    }
    close(kept);
  }

  private static final class NothingCame extends IOException {
    private static final long serialVersionUID = 1;
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
    return socket;
  }

  private static String ask(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    int first;
    try {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      first = in.read();
    } catch (IOException e) {
      throw new NothingCame();
    }
    if (first < 0) {
      throw new NothingCame();
    }
    var head = new StringBuilder().append((char) first);
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("cut off within the head: " + head);
      }
      head.append((char) c);
    }
    if (!head.toString().startsWith("HTTP/1.1 200 ")) {
      throw new IOException("answered " + head.substring(0, head.indexOf("\r\n")));
    }
    String length = head.toString().replaceFirst("(?s).*Content-Length: (\\d+).*", "$1");
    return new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was of no more use.
    }
  }
}
