package dev.lastgood.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One request, ready to be sent. Its text holds secrets: never show it.
///
/// @param place where the connection goes
/// @param site whose site is asked for there: the `Host` header, and the name the certificate must
///   carry
/// @param headers by name, any case; they replace the usual ones
record HttpAsk(Place place, Place site, String method, SortedMap<String, String> headers) {
  /// These decide how the connection works; a check that sets them would measure something else.
  private static final Set<String> OURS =
      Set.of("connection", "content-length", "transfer-encoding", "upgrade", "expect", "te");

  HttpAsk {
    var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(headers);
    headers = Collections.unmodifiableSortedMap(all);
  }

  /// The place with its path comes from the check's URL; a proof of another address moves it. The
  /// site stays the check's own, so that virtual hosts and certificates work, unless that was only
  /// an address.
  static HttpAsk of(
      Place url, Optional<Place> moved, String method, SortedMap<String, String> headers) {
    Place place = moved.isPresent() ? url.movedTo(moved.get()) : url;
    Place site = url.numericOrLocal() ? place : url;
    return new HttpAsk(place, site, method, headers);
  }

  /// @throws IllegalArgumentException in words for people, without any value
  byte[] bytes(String userAgent) {
    if (method.isEmpty() || !Grammar.only(method, Grammar.CAPITALS)) {
      throw new IllegalArgumentException("the method must be an HTTP method such as GET");
    }
    var out = new StringBuilder(256);
    line(out, method, " ", place.path(), " HTTP/1.1");
    usual(out, "Host", site.hostHeader());
    usual(out, "User-Agent", userAgent);
    usual(out, "Accept", "application/json, */*;q=0.5");
    usual(out, "Accept-Encoding", "identity");
    usual(out, "Cache-Control", "no-cache");
    line(out, "Connection: close");
    if (!method.equals("GET") && !method.equals("HEAD")) {
      line(out, "Content-Length: 0");
    }
    for (var header : headers.entrySet()) {
      own(out, header.getKey(), header.getValue());
    }
    line(out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void usual(StringBuilder out, String name, String value) {
    if (!headers.containsKey(name)) {
      line(out, name, ": ", value);
    }
  }

  private static void own(StringBuilder out, String name, String value) {
    if (name.isEmpty() || !Grammar.only(name, Grammar.TOKEN)) {
      throw new IllegalArgumentException("a header has a name that HTTP does not allow");
    }
    if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("header " + name + " cannot be set by a check");
    }
    // A line break in a secret, usually the last one of its file, would end the header and begin
    // another.
    if (Grammar.hasControl(value)) {
      throw new IllegalArgumentException(
          "the value of header " + name + " contains a line break or a control character");
    }
    line(out, name, ": ", value);
  }

  private static void line(StringBuilder out, String... parts) {
    for (String part : parts) {
      out.append(part);
    }
    out.append("\r\n");
  }

  /// Where it goes, never what it carries.
  @Override
  public String toString() {
    return method + " " + place;
  }
}
