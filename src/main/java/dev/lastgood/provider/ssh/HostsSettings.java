package dev.lastgood.provider.ssh;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.BadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// `hosts:` of a component that lives on other machines, all of them alike.
///
/// @param addresses names or addresses as ssh takes them, each with `:port` where it differs
/// @param key a private key file; empty: what the agent and ssh's own configuration say
/// @param knownHosts the one file that says which host keys are right; empty: ssh's own
/// @param atOnce how many are changed at a time, after the first one
/// @param first whether one host is changed and proven alone before all others
/// @param prove base URL at which one host answers by itself; `{host}` is its address
/// @param ssh the ssh program; empty: the one on the PATH
/// @param connect how long a login may take
public record HostsSettings(
    @Doc(
            "Names or addresses of the hosts, in the order in which they are changed; :port where"
                + " one has its own.")
        List<String> addresses,
    @Doc("User to log in as; default: what ssh's own configuration says.") Optional<String> user,
    @Doc("Port of ssh; default: what ssh's own configuration says.") Optional<Integer> port,
    @Doc("Private key file; default: the agent, and ssh's own configuration.") Optional<Path> key,
    @Doc("File of the known host keys, and no other; default: ssh's own files.")
        Optional<Path> knownHosts,
    @Doc("How many hosts are changed at a time, after the first; default 5.")
        Optional<Integer> atOnce,
    @Doc("Whether one host is changed and proven alone before the others; default yes.")
        Optional<Boolean> first,
    @Doc(
            "Address of one host behind the balancer, to prove it by the checks, e.g."
                + " http://{host}:8080; default: hosts are not proven one by one.")
        Optional<String> prove,
    @Doc("The ssh program; default: ssh.") Optional<Path> ssh,
    @Doc("How long a login may take; default 10s.") Optional<Duration> connect) {
  /// More is a fleet, for which a list in a file is the wrong tool.
  private static final int MOST = 2000;

  public HostsSettings {
    addresses = List.copyOf(addresses);
  }

  /// One host of the list.
  record Address(String shown, String host, Optional<Integer> port) {}

  /// @throws BadSettings if something cannot be what it says
  List<Address> checked() {
    if (addresses.isEmpty() || addresses.size() > MOST) {
      throw new BadSettings("hosts.addresses", "name 1 to " + MOST + " hosts");
    }
    user.filter(u -> !plain(u))
        .ifPresent(u -> {
          throw new BadSettings("hosts.user", "`" + u + "` is no name of a user");
        });
    number("hosts.port", port, 65_535);
    number("hosts.at-once", atOnce, 1000);
    prove
        .filter(p -> !p.startsWith("http://") && !p.startsWith("https://"))
        .ifPresent(p -> {
          throw new BadSettings("hosts.prove", "`" + p + "` is no http:// or https:// address");
        });
    if (prove.isPresent() && addresses.size() > 1 && !prove.get().contains("{host}")) {
      throw new BadSettings(
          "hosts.prove", "`" + prove.get() + "` is the same for every host; put {host} into it");
    }
    var seen = new HashSet<String>();
    List<Address> all = addresses.stream().map(HostsSettings::address).toList();
    for (Address each : all) {
      if (!seen.add(each.shown())) {
        throw new BadSettings("hosts.addresses", each.shown() + " is named twice");
      }
    }
    return all;
  }

  private static void number(String key, Optional<Integer> value, int most) {
    value
        .filter(v -> v < 1 || v > most)
        .ifPresent(v -> {
          throw new BadSettings(key, v + " is not between 1 and " + most);
        });
  }

  /// `host`, `host:2222`, `192.0.2.1:2222`, `[2001:db8::1]:2222`, `2001:db8::1`.
  private static Address address(String text) {
    String host = text;
    Optional<Integer> port = Optional.empty();
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean one = colon >= 0 && text.indexOf(':') == colon;
    if (colon > 0 && (one || (bracketed && text.charAt(colon - 1) == ']'))) {
      host = text.substring(0, colon);
      port = Optional.of(portOf(text, text.substring(colon + 1)));
    }
    if (bracketed && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!plain(host)) {
      throw new BadSettings("hosts.addresses", "`" + text + "` is no name or address of a host");
    }
    return new Address(text, host, port);
  }

  private static int portOf(String text, String digits) {
    if (digits.length() < 6 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int port = digits.isEmpty() ? 0 : Integer.parseInt(digits);
      if (port > 0 && port < 65_536) {
        return port;
      }
    }
    throw new BadSettings("hosts.addresses", "`" + text + "` has no port that can be");
  }

  /// Nothing that ssh could take for an option, a command or a pattern.
  private static boolean plain(String word) {
    return !word.isEmpty()
        && word.length() < 256
        && word.charAt(0) != '-'
        && word.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "._-:".indexOf(c) >= 0));
  }
}
