package dev.lastgood.provider.redis;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// The words of Redis (RESP2) over one connection. `redis-cli` prints refusals and exits 0, and
/// shows a password to everybody who can list processes; this does neither.
final class Wire implements AutoCloseable {
  /// Redis itself takes no larger value.
  private static final int LARGEST = 512 * 1024 * 1024;

  private static final int MOST_ITEMS = 1_000_000;
  private static final int CONNECT_MILLIS = 3000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /// Redis said no: it did nothing of what was asked.
  static final class No extends IOException {
    private static final long serialVersionUID = 1L;

    No(String message) {
      super(message);
    }
  }

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  /// @throws IOException if there is no connection
  static Wire open(String host, int port, boolean tls, Duration timeout) throws IOException {
    var plain = new Socket();
    try {
      plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      plain.setSoTimeout(Math.toIntExact(timeout.toMillis()));
      plain.setTcpNoDelay(true);
      return new Wire(tls ? encrypted(plain, host, port) : plain);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static Socket encrypted(Socket plain, String host, int port) throws IOException {
    var secure =
        (SSLSocket)
            ((SSLSocketFactory) SSLSocketFactory.getDefault())
                .createSocket(plain, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    // Java checks the chain by itself, the name only when told to.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One command and its answer: a `byte[]`, a `String` (a status), a `Long`, a `List` of these, or
  /// [#NOTHING].
  ///
  /// @throws No if Redis refused
  Object ask(String... words) throws IOException {
    send(words);
    return answer();
  }

  static final Object NOTHING = new Object();

  void send(String... words) throws IOException {
    byte[][] raw = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      raw[i] = bytes(words[i]);
    }
    send(raw);
  }

  /// Sends without waiting; the answers are taken in the same order.
  void send(byte[]... words) throws IOException {
    out.write(bytes("*" + words.length + "\r\n"));
    for (byte[] word : words) {
      out.write(bytes("$" + word.length + "\r\n"));
      out.write(word);
      out.write('\r');
      out.write('\n');
    }
  }

  Object answer() throws IOException {
    out.flush();
    return read(0);
  }

  private Object read(int depth) throws IOException {
    String line = line();
    if (line.isEmpty() || depth > 4) {
      throw new IOException("an answer that is not Redis");
    }
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> throw new No(rest);
      case ':' -> number(rest, Long.MAX_VALUE);
      case '$' -> bulk(number(rest, LARGEST));
      case '*' -> list(number(rest, MOST_ITEMS), depth);
      default -> throw new IOException("an answer that is not Redis");
    };
  }

  private Object bulk(long length) throws IOException {
    if (length < 0) {
      return NOTHING;
    }
    byte[] value = in.readNBytes((int) length);
    if (value.length < length || in.read() != '\r' || in.read() != '\n') {
      throw new EOFException("the connection ended in the middle of an answer");
    }
    return value;
  }

  private Object list(long length, int depth) throws IOException {
    if (length < 0) {
      return NOTHING;
    }
    List<Object> items = new ArrayList<>();
    for (long i = 0; i < length; i++) {
      items.add(read(depth + 1));
    }
    return items;
  }

  private static long number(String text, long most) throws IOException {
    try {
      long number = Long.parseLong(text);
      if (number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is too large.
    }
    throw new IOException("an answer that is not Redis");
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\r'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection was closed");
      }
      if (line.length() > 4096) {
        throw new IOException("an answer that is not Redis");
      }
      line.append((char) c);
    }
    in.read();
    return line.toString();
  }

  /// The RDB of the whole server, as a replica gets it: it needs neither the server's disk nor its
  /// configuration. The connection is of no other use afterwards.
  ///
  /// @param most bytes that may come
  void rdb(OutputStream to, long most) throws IOException {
    send("SYNC");
    out.flush();
    int first = in.read();
    while (first == '\n') {
      first = in.read();
    }
    String head = line();
    if (first == '-') {
      throw new No(head);
    }
    if (first != '$' || head.startsWith("EOF:")) {
      throw new IOException("an answer to SYNC that has no length");
    }
    long left = number(head, Long.MAX_VALUE);
    if (left > most) {
      throw new IOException("an RDB of " + left + " bytes, more than " + most);
    }
    byte[] part = new byte[1 << 16];
    while (left > 0) {
      int n = in.read(part, 0, (int) Math.min(part.length, left));
      if (n < 0) {
        throw new EOFException("the connection ended in the middle of the RDB");
      }
      to.write(part, 0, n);
      left -= n;
    }
  }

  void patience(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
