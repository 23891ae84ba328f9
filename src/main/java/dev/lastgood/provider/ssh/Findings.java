package dev.lastgood.provider.ssh;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Inventory.Excluded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What several hosts have, as one inventory. A release is one only where every host has it; where
/// hosts differ in what is live, that is said.
///
/// @param each by host, in their order
record Findings(Map<String, Inventory> each) {
  Inventory together() {
    if (each.size() == 1) {
      return each.values().iterator().next();
    }
    Map<String, List<String>> have = new LinkedHashMap<>();
    Map<String, Release> any = new LinkedHashMap<>();
    each.forEach((host, inventory) ->
        inventory
            .releases()
            .forEach(r -> {
              have.computeIfAbsent(r.id(), _ -> new ArrayList<>()).add(host);
              any.putIfAbsent(r.id(), r);
            }));
    Optional<Release> live = live();
    List<Release> releases = new ArrayList<>();
    Map<String, String> out = new LinkedHashMap<>();
    have.forEach((id, hosts) -> {
      boolean everywhere = hosts.size() == each.size();
      // What is live is a release in any case, as on one host.
      if (everywhere || live.filter(l -> l.id().equals(id)).isPresent()) {
        releases.add(any.get(id));
      } else {
        out.put(id, "only on " + Orders.named(hosts));
      }
    });
    each.forEach((host, inventory) ->
        inventory
            .excluded()
            .forEach(e -> {
              if (releases.stream().noneMatch(r -> r.id().equals(e.id()))) {
                out.merge(
                    e.id(),
                    host + ": " + e.reason(),
                    (a, b) -> a.endsWith(e.reason()) ? a : a + "; " + b);
              }
            }));
    return new Inventory(
        live,
        releases,
        out.entrySet().stream().map(e -> new Excluded(e.getKey(), e.getValue())).toList(),
        notes(),
        towards());
  }

  /// What most hosts serve; of equally many, what the last ones do: changes begin with the first.
  private Optional<Release> live() {
    Map<String, List<Release>> served = new LinkedHashMap<>();
    each.values().stream()
        .map(Inventory::live)
        .flatMap(Optional::stream)
        .forEach(r -> served.computeIfAbsent(r.id(), _ -> new ArrayList<>()).add(r));
    return served.values().stream()
        .reduce((a, b) -> b.size() >= a.size() ? b : a)
        .map(List::getFirst);
  }

  private List<String> notes() {
    Map<String, List<String>> hosts = new LinkedHashMap<>();
    each.forEach((host, inventory) ->
        inventory.notes().forEach(n -> hosts.computeIfAbsent(n, _ -> new ArrayList<>()).add(host)));
    List<String> notes = new ArrayList<>(differences());
    hosts.forEach((note, where) -> notes.add(on(where, note)));
    return notes;
  }

  private Map<String, String> towards() {
    Map<String, Map<String, List<String>>> hosts = new LinkedHashMap<>();
    each.forEach((host, inventory) ->
        inventory
            .towards()
            .forEach((id, remark) ->
                hosts
                    .computeIfAbsent(id, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(remark, _ -> new ArrayList<>())
                    .add(host)));
    Map<String, String> towards = new LinkedHashMap<>();
    hosts.forEach((id, remarks) ->
        towards.put(
            id,
            remarks.entrySet().stream()
                .map(r -> on(r.getValue(), r.getKey()))
                .collect(Collectors.joining("; "))));
    return towards;
  }

  private String on(List<String> hosts, String remark) {
    return hosts.size() == each.size() ? remark : Orders.named(hosts) + ": " + remark;
  }

  private List<String> differences() {
    Map<String, List<String>> served = new LinkedHashMap<>();
    each.forEach((host, inventory) ->
        served
            .computeIfAbsent(
                inventory.live().map(Release::id).orElse("nothing that is a release"),
                _ -> new ArrayList<>())
            .add(host));
    return served.size() < 2
        ? List.of()
        : List.of(
            "the hosts differ: "
                + served.entrySet().stream()
                    .map(e -> e.getKey() + " on " + Orders.named(e.getValue()))
                    .collect(Collectors.joining("; ")));
  }
}
