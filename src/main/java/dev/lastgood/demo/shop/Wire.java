package dev.lastgood.demo.shop;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One connection that speaks HTTP/1.1: reads and writes heads and bodies, and knows whether the
/// other side closed it between two messages or in the middle of one.
public final class Wire implements Closeable {
  private static final int MAX_HEAD = 16 * 1024;

  /// Small shop, small pages; a body beyond this is refused.
  static final int MAX_BODY = 1024 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private boolean heard;

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 8192);
    out = socket.getOutputStream();
  }

  /// @param address `127.0.0.1:8080`
  public static Wire connect(String address, int timeoutMillis) throws IOException {
    Socket socket = new Socket();
    try {
      int colon = address.lastIndexOf(':');
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          timeoutMillis);
      socket.setSoTimeout(timeoutMillis * 10);
      return new Wire(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /// Did anything come back since the last write? If not, an idempotent request may be repeated.
  public boolean heard() {
    return heard;
  }

  /// The next head; empty if the other side closed the connection before the first byte of it.
  public Optional<Head> readHead() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return Optional.empty();
    }
    heard = true;
    in.reset();
    String start = line().orElseThrow(() -> new EOFException("closed within a head"));
    List<Head.Header> headers = new ArrayList<>();
    int size = 0;
    while (true) {
      String header = line().orElseThrow(() -> new EOFException("closed within a head"));
      if (header.isEmpty()) {
        return Optional.of(new Head(start, headers));
      }
      size += header.length();
      int colon = header.indexOf(':');
      if (colon < 1 || size > MAX_HEAD) {
        throw new IOException("not a header, or too many: " + header);
      }
      headers.add(new Head.Header(header.substring(0, colon), header.substring(colon + 1).strip()));
    }
  }

  /// The whole body that belongs to a request or an answer.
  ///
  /// @param answerTo the method that was asked, for an answer; empty for a request
  public byte[] readBody(Head head, String answerTo) throws IOException {
    boolean answer = !answerTo.isEmpty();
    if (answer && (answerTo.equals("HEAD") || head.status() == 204 || head.status() == 304)) {
      return new byte[0];
    }
    if (head.says("Transfer-Encoding", "chunked")) {
      return chunks();
    }
    Optional<String> length = head.first("Content-Length");
    if (length.isEmpty()) {
      return answer ? bounded(in.readNBytes(MAX_BODY + 1)) : new byte[0];
    }
    return exactly(number(length.get(), 10));
  }

  /// Sends head and body in one piece, so that the other side never sees half of it on a good day.
  public void write(Head head, byte[] body) throws IOException {
    heard = false;
    ByteArrayOutputStream message = new ByteArrayOutputStream(512 + body.length);
    StringBuilder text = new StringBuilder(head.start()).append("\r\n");
    head.headers().forEach(h -> text.append(h.name() + ": " + h.value() + "\r\n"));
    message.writeBytes(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    message.writeBytes(body);
    out.write(message.toByteArray());
    out.flush();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // nothing more can be done for a connection nobody wants
    }
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String size = line().orElseThrow(() -> new EOFException("closed within a body"));
      int length = number(size.split(";", 2)[0].strip(), 16);
      all.writeBytes(exactly(length));
      bounded(all.size());
      Optional<String> end = line();
      if (length == 0) {
        // trailers, if any, end with an empty line too
        while (end.isPresent() && !end.get().isEmpty()) {
          end = line();
        }
        return all.toByteArray();
      }
    }
  }

  private byte[] exactly(int length) throws IOException {
    bounded(length);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("closed within a body");
    }
    return bytes;
  }

  private static byte[] bounded(byte[] bytes) throws IOException {
    bounded(bytes.length);
    return bytes;
  }

  private static void bounded(int length) throws IOException {
    if (length < 0 || length > MAX_BODY) {
      throw new IOException("a body of more than " + MAX_BODY + " bytes");
    }
  }

  private static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseInt(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("not a length: " + text, e);
    }
  }

  private Optional<String> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(80);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        if (line.size() == 0) {
          return Optional.empty();
        }
        throw new EOFException("closed within a line");
      }
      if (line.size() >= MAX_HEAD) {
        throw new IOException("a line of more than " + MAX_HEAD + " bytes");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return Optional.of(line.toString(StandardCharsets.ISO_8859_1));
  }
}
