package dev.lastgood.evidence;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.GZIPInputStream;

/// An answer, read to its end or to the limit.
///
/// @param headers names in lower case; repeated ones joined by a comma
/// @param whole false when the body was longer than what is read of one
/// @param millis from the first packet to the last byte
// The bytes are never compared, and never leave this package.
@SuppressWarnings("ArrayRecordComponent")
record HttpReply(
    int status, SortedMap<String, String> headers, byte[] body, boolean whole, long millis) {

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// For people and for conditions on `text`; what cannot be decoded is shown as `�`.
  String text() {
    return new String(body, charset());
  }

  /// Empty when it is not text in the encoding it claims.
  Optional<String> strictText() {
    try {
      var decoder =
          charset()
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      String text = decoder.decode(ByteBuffer.wrap(body)).toString();
      // Some servers send a byte order mark; JSON parsers refuse it.
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  String contentType() {
    return header("content-type").orElse("none");
  }

  private Charset charset() {
    String type = contentType().toLowerCase(Locale.ROOT);
    return type.contains("charset=iso-8859-1") || type.contains("charset=\"iso-8859-1\"")
        ? StandardCharsets.ISO_8859_1
        : StandardCharsets.UTF_8;
  }

  /// With its body unpacked: some servers compress though nobody asked. Any other encoding stays as
  /// it is, and reads as noise.
  ///
  /// @throws BrokenAnswer if the body is not what it claims to be
  HttpReply unpacked(int limit) throws IOException {
    String encoding = header("content-encoding").orElse("").strip().toLowerCase(Locale.ROOT);
    if (!(encoding.equals("gzip") || encoding.equals("x-gzip")) || body.length == 0) {
      return this;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] plain = in.readNBytes(limit + 1);
      boolean all = plain.length <= limit;
      byte[] kept = all ? plain : java.util.Arrays.copyOf(plain, limit);
      return new HttpReply(status, headers, kept, whole && all, millis);
    } catch (IOException e) {
      throw new BrokenAnswer("the body claims to be gzip and cannot be unpacked");
    }
  }
}
