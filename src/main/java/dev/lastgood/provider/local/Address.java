package dev.lastgood.provider.local;

import java.util.Optional;

/// Where a program listens, as `host:port`; nothing that could mean more than that in a
/// configuration file.
public record Address(String host, int port) {
  private static final int LONGEST = 260;

  public static Optional<Address> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || text.length() > LONGEST || !host(text.substring(0, colon))) {
      return Optional.empty();
    }
    String digits = text.substring(colon + 1);
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(Address::digit)) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port < 1 || port > 65535
        ? Optional.empty()
        : Optional.of(new Address(text.substring(0, colon), port));
  }

  /// A name, an IPv4 address, or an IPv6 address in brackets.
  private static boolean host(String host) {
    if (host.startsWith("[")) {
      return host.length() > 3
          && host.endsWith("]")
          && host.substring(1, host.length() - 1)
              .chars()
              .allMatch(c -> c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 128));
    }
    return Character.isLetterOrDigit(host.charAt(0))
        && host.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-'));
  }

  /// The same place of this machine, or the same name? `localhost` and the loopback addresses are
  /// one.
  public boolean leadsTo(Address other) {
    return port == other.port && plain(host).equals(plain(other.host));
  }

  private static String plain(String host) {
    return host.equals("localhost") || host.equals("[::1]") ? "127.0.0.1" : host;
  }

  static boolean mayHold(char c) {
    return (c < 128 && Character.isLetterOrDigit(c)) || "[]:.-".indexOf(c) >= 0;
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
