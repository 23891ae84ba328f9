package dev.lastgood.provider.ssh;

import dev.lastgood.provider.Act;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One act for several hosts at once: in its words stands, for each host, the act of that host,
/// with everything explicit. `on-hosts` carries `release`, `hosts` (in order, by spaces), and per
/// host `HOST/verb` and `HOST/with/KEY`.
final class Orders {
  static final String VERB = "on-hosts";

  /// More in one line is not read.
  private static final int NAMED = 6;

  private Orders() {}

  /// @param each by host, in order
  /// @param login how a person gets there
  static Act of(String release, Map<String, Act> each, Function<String, Login> login) {
    Act any = each.values().iterator().next();
    var with = new TreeMap<String, String>();
    with.put("release", release);
    with.put("hosts", String.join(" ", each.keySet()));
    each.forEach((host, act) -> {
      with.put(host + "/verb", act.verb());
      act.with().forEach((key, value) -> with.put(host + "/with/" + key, value));
    });
    Duration slowest = longest(each, Act::deadline);
    return new Act(
        any.component(),
        VERB,
        with,
        named(each.keySet()) + ": " + said(each),
        each.entrySet().stream()
            .map(e -> login.apply(e.getKey()).byHand(e.getValue().byHand()))
            .collect(Collectors.joining(" && ")),
        longest(each, Act::expected).plusMillis(300),
        slowest.plusSeconds(30),
        longest(each, Act::downtime));
  }

  private static Duration longest(Map<String, Act> each, Function<Act, Duration> part) {
    return each.values().stream().map(part).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  private static String said(Map<String, Act> each) {
    return each.values().stream()
        .map(Act::says)
        .distinct()
        .limit(3)
        .collect(Collectors.joining("; "));
  }

  static String named(java.util.Collection<String> hosts) {
    return hosts.size() <= NAMED
        ? String.join(", ", hosts)
        : hosts.stream().limit(NAMED - 1).collect(Collectors.joining(", "))
            + " and "
            + (hosts.size() - NAMED + 1)
            + " more";
  }

  /// What each host has to do, in order.
  ///
  /// @throws IllegalStateException if it is no such act
  static Map<String, Act> read(Act act) {
    Map<String, Act> each = new LinkedHashMap<>();
    for (String host : act.get("hosts").split(" ", -1)) {
      String prefix = host + "/with/";
      SortedMap<String, String> with = new TreeMap<>();
      act.with()
          .forEach((key, value) -> {
            if (key.startsWith(prefix)) {
              with.put(key.substring(prefix.length()), value);
            }
          });
      each.put(
          host,
          new Act(
              act.component(),
              act.get(host + "/verb"),
              with,
              act.says(),
              act.byHand(),
              act.expected(),
              act.deadline(),
              act.downtime()));
    }
    return each;
  }

  /// The hosts in the order in which they are changed: one alone, then so many at a time.
  static <T> List<List<T>> waves(List<T> all, boolean first, int atOnce) {
    List<List<T>> waves = new ArrayList<>();
    int from = 0;
    if (first && all.size() > 1) {
      waves.add(List.of(all.getFirst()));
      from = 1;
    }
    for (int i = from; i < all.size(); i += atOnce) {
      waves.add(List.copyOf(all.subList(i, Math.min(all.size(), i + atOnce))));
    }
    return waves;
  }
}
