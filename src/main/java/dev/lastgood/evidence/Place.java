package dev.lastgood.evidence;

import dev.lastgood.model.Text;
import java.net.IDN;
import java.util.Locale;

/// Where a check goes, taken from a URL by hand: `java.net.URI` refuses the underscores that
/// container names have.
///
/// @param host without the brackets of an IPv6 address
/// @param path with its query, from `/` on
record Place(boolean tls, String host, int port, String path) {

  /// @throws IllegalArgumentException in words for people; never quotes user name or query
  static Place of(String url) {
    String text = url.strip();
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("the URL must start with http:// or https://");
    }
    String rest = text.substring(colon + 3);
    int end = endOfAuthority(rest);
    String authority = rest.substring(0, end);
    if (authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the URL carries a user name; put it into a header as a secret reference instead");
    }
    boolean tls = scheme.equals("https");
    return of(tls, authority, path(rest.substring(end)));
  }

  /// Only scheme, host and port of an address; its path is not used.
  ///
  /// @throws IllegalArgumentException in words for people
  static Place base(String address) {
    return of(address.contains("://") ? address : "http://" + address);
  }

  /// @throws IllegalArgumentException in words for people
  static Place of(String host, int port) {
    return new Place(false, host(host), port(String.valueOf(port), 0), "/");
  }

  private static Place of(boolean tls, String authority, String path) {
    int colon = authority.lastIndexOf(':');
    int end = colon > authority.lastIndexOf(']') ? colon : authority.length();
    String host = authority.substring(0, end);
    String port = end == authority.length() ? "" : authority.substring(end + 1);
    boolean v6 = host.startsWith("[") && host.endsWith("]") && host.contains(":");
    String bare = v6 ? host.substring(1, host.length() - 1).replace("%25", "%") : host;
    if (!v6 && host.contains(":")) {
      throw new IllegalArgumentException("an IPv6 address needs brackets: http://[::1]:8080/");
    }
    return new Place(tls, host(bare), port(port, tls ? 443 : 80), path);
  }

  private static int endOfAuthority(String rest) {
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return rest.length();
  }

  private static String path(String raw) {
    int hash = raw.indexOf('#');
    String path = hash < 0 ? raw : raw.substring(0, hash);
    path = path.startsWith("/") ? path : "/" + path;
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) <= ' ' || path.charAt(i) >= 0x7f) {
        throw new IllegalArgumentException(
            "the URL has a blank, a control or a non-ASCII character in its path; percent-encode it");
      }
    }
    return path;
  }

  private static String host(String host) {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the URL has no host");
    }
    String ascii = Grammar.ascii(host) ? host : toAscii(host);
    if (!Grammar.only(ascii, Grammar.HOST)) {
      throw new IllegalArgumentException("'" + shown(host) + "' is not a host name");
    }
    return ascii;
  }

  private static String toAscii(String host) {
    try {
      return IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + shown(host) + "' is not a host name", e);
    }
  }

  private static int port(String text, int usual) {
    if (text.isEmpty()) {
      return usual;
    }
    boolean digits = text.length() <= 5 && Grammar.only(text, Grammar.DIGITS);
    int port = digits ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + shown(text) + "' is not a port (1 to 65535)");
    }
    return port;
  }

  private static String shown(String part) {
    return Text.clip(Text.plain(part), 60);
  }

  /// The same path on the scheme, host and port of another place.
  Place movedTo(Place other) {
    return new Place(other.tls, other.host, other.port, path);
  }

  /// An address rather than a name: it says nothing about which site is meant.
  boolean numericOrLocal() {
    return host.contains(":")
        || host.equalsIgnoreCase("localhost")
        || Grammar.only(host, Grammar.ADDRESS);
  }

  /// As in the `Host` header; the usual port is left out.
  String hostHeader() {
    return port == (tls ? 443 : 80) ? bracketed() : hostAndPort();
  }

  String hostAndPort() {
    return bracketed() + ":" + port;
  }

  private String bracketed() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /// For people: without the query, which may carry a key.
  @Override
  public String toString() {
    int query = path.indexOf('?');
    String shown = query < 0 ? path : path.substring(0, query) + "?…";
    return (tls ? "https://" : "http://") + hostHeader() + shown;
  }
}
