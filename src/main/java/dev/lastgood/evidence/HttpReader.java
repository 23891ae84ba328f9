package dev.lastgood.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Reads one HTTP/1 answer from a stream, with a limit on every part of it. Anything that is not
/// HTTP as it is written is a [BrokenAnswer]; a body that ends early is one too, never a short
/// body.
final class HttpReader {
  private static final int HEAD_LIMIT = 64 << 10;
  private static final int INTERIM_LIMIT = 10;

  private final InputStream in;
  private final Consumer<String> progress;
  private int headBytes;

  HttpReader(InputStream in, Consumer<String> progress) {
    this.in = in;
    this.progress = progress;
  }

  /// @param bodyless the request was a HEAD, which is answered without a body
  /// @param startNanos when the first packet was sent
  HttpReply read(boolean bodyless, long startNanos) throws IOException {
    int status = statusLine();
    SortedMap<String, String> headers = headers();
    // 100 Continue and the like come before the answer proper.
    for (int interim = 0; status >= 100 && status < 200 && status != 101; interim++) {
      if (interim == INTERIM_LIMIT) {
        throw new BrokenAnswer("more than " + INTERIM_LIMIT + " interim answers and no real one");
      }
      status = statusLine();
      headers = headers();
    }
    boolean none = bodyless || status == 101 || status == 204 || status == 304;
    Body body = none ? new Body(new byte[0], true) : body(headers);
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    return new HttpReply(status, headers, body.bytes(), body.whole(), millis)
        .unpacked(HttpCall.BODY_LIMIT);
  }

  private int statusLine() throws IOException {
    String line = line("an answer");
    boolean http = line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ';
    Optional<Integer> status = http ? number(line.substring(9, 12), 10, 599) : Optional.empty();
    boolean ends = line.length() == 12 || (http && line.charAt(12) == ' ');
    if (status.isEmpty() || status.get() < 100 || !ends) {
      throw new BrokenAnswer("it does not speak HTTP/1");
    }
    progress.accept("reading the headers");
    return status.get();
  }

  private SortedMap<String, String> headers() throws IOException {
    var headers = new TreeMap<String, String>();
    while (true) {
      String line = line("the end of the headers");
      if (line.isEmpty()) {
        return headers;
      }
      int colon = line.indexOf(':');
      if (colon < 1 || line.charAt(0) <= ' ') {
        throw new BrokenAnswer("it sent a header line that is not one");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      String earlier = headers.get(name);
      headers.put(name, earlier == null ? value : earlier + ", " + value);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Body(byte[] bytes, boolean whole) {}

  private Body body(SortedMap<String, String> headers) throws IOException {
    progress.accept("reading the body");
    String coding = headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT);
    if (coding.equals("chunked")) {
      return chunked();
    }
    if (!coding.isEmpty() && !coding.equals("identity")) {
      throw new BrokenAnswer("it sent its body in a transfer encoding that nobody asked for");
    }
    String length = headers.get("content-length");
    return length == null ? untilEnd() : ofLength(length(length));
  }

  private static long length(String header) throws BrokenAnswer {
    // Sent twice it is joined by a comma; the same number twice is harmless, two numbers are a lie.
    String[] values = header.split(", ", -1);
    for (String value : values) {
      boolean digits = value.length() <= 18 && Grammar.only(value, Grammar.DIGITS);
      if (value.isEmpty() || !digits || !value.equals(values[0])) {
        throw new BrokenAnswer("its Content-Length is not one number");
      }
    }
    return Long.parseLong(values[0]);
  }

  private Body ofLength(long length) throws IOException {
    int wanted = (int) Math.min(length, HttpCall.BODY_LIMIT);
    var kept = new ByteArrayOutputStream(Math.min(wanted, 8192));
    long got = copy(kept, wanted);
    if (got < wanted) {
      throw new BrokenAnswer(
          "it closed the connection after " + got + " of " + length + " bytes of the body");
    }
    return new Body(kept.toByteArray(), length == wanted);
  }

  private Body untilEnd() throws IOException {
    var kept = new ByteArrayOutputStream();
    long got = copy(kept, HttpCall.BODY_LIMIT);
    boolean whole = got < HttpCall.BODY_LIMIT || in.read() < 0;
    return new Body(kept.toByteArray(), whole);
  }

  private Body chunked() throws IOException {
    var kept = new ByteArrayOutputStream();
    while (true) {
      headBytes = 0;
      String line = line("the next chunk of the body");
      int semicolon = line.indexOf(';');
      String hex = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
      int size =
          number(hex, 16, Integer.MAX_VALUE)
              .orElseThrow(() -> new BrokenAnswer("it sent a chunk without a proper size"));
      if (size == 0) {
        headers();
        return new Body(kept.toByteArray(), true);
      }
      int room = HttpCall.BODY_LIMIT - kept.size();
      int wanted = Math.min(size, room);
      if (copy(kept, wanted) < wanted) {
        throw new BrokenAnswer("it closed the connection in the middle of a chunk of the body");
      }
      if (wanted < size) {
        return new Body(kept.toByteArray(), false);
      }
      endOfChunk();
    }
  }

  private void endOfChunk() throws IOException {
    int first = in.read();
    int last = first == '\r' ? in.read() : first;
    if (last != '\n') {
      throw new BrokenAnswer(
          last < 0
              ? "it closed the connection in the middle of a chunk of the body"
              : "it sent a chunk that is longer than it says");
    }
  }

  private long copy(ByteArrayOutputStream out, long wanted) throws IOException {
    byte[] buffer = new byte[Math.clamp(wanted, 1, 16_384)];
    long got = 0;
    while (got < wanted) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, wanted - got));
      if (n < 0) {
        break;
      }
      out.write(buffer, 0, n);
      got += n;
      progress.accept("reading the body, " + out.size() + " bytes so far");
    }
    return got;
  }

  private static Optional<Integer> number(String text, int radix, int max) {
    if (text.isEmpty() || text.length() > 10) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      value = value * radix + digit;
    }
    return value > max ? Optional.empty() : Optional.of((int) value);
  }

  /// One line without its end; a bare line feed ends one too, as lenient clients have it.
  private String line(String waitingFor) throws IOException {
    var line = new ByteArrayOutputStream(80);
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new BrokenAnswer("it closed the connection before " + waitingFor + " came");
      }
      if (b == '\n') {
        byte[] bytes = line.toByteArray();
        int end = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? 1 : 0;
        return new String(bytes, 0, bytes.length - end, StandardCharsets.ISO_8859_1);
      }
      if (++headBytes > HEAD_LIMIT) {
        throw new BrokenAnswer("its headers are longer than 64 KiB");
      }
      line.write(b);
    }
  }
}
