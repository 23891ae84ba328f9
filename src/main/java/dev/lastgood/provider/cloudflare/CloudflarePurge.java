package dev.lastgood.provider.cloudflare;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Purge;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Purging;
import dev.lastgood.provider.http.Reply;
import dev.lastgood.provider.http.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One zone of Cloudflare, or a part of it.
public final class CloudflarePurge implements Purge {
  /// Items of one request, on every plan.
  private static final int MOST = 100;

  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final String component;
  private final String zone;
  private final SortedMap<String, List<String>> what;
  private final Api api;

  /// @param what `files`, `tags`, `hosts`, `prefixes` and their items; empty: everything
  /// @throws dev.lastgood.provider.BadSettings if the address is none, or unsafe for the token
  public CloudflarePurge(
      String component,
      String zone,
      SortedMap<String, List<String>> what,
      Secret token,
      Optional<String> baseUrl) {
    this.component = component;
    this.zone = zone;
    this.what = new TreeMap<>(what);
    this.api =
        new Api(
            new Site(
                "Cloudflare",
                Site.base(baseUrl, "https://api.cloudflare.com"),
                "Authorization",
                "Bearer ",
                token,
                new TreeMap<>(),
                Duration.ofSeconds(15),
                // What the Free plan allows; the others allow more.
                new Pace(5, Duration.ofSeconds(12)),
                body -> body.path("errors").path(0).path("message").asString("")));
  }

  @Override
  public Act act() {
    var with = new TreeMap<>(Map.of("zone", zone));
    what.forEach((kind, items) -> with.put(kind, String.join("\n", items)));
    String says =
        what.isEmpty()
            ? "everything"
            : String.join(
                ", ",
                what.entrySet().stream().map(e -> e.getValue().size() + " " + e.getKey()).toList());
    return new Act(
        component,
        VERB,
        with,
        "throw away what Cloudflare keeps of " + component + ": " + says,
        "in Cloudflare, zone "
            + zone
            + ", Caching, Configuration: "
            + (what.isEmpty() ? "\"Purge Everything\"" : "\"Custom Purge\" of " + says),
        Duration.ofSeconds(2),
        DEADLINE,
        Duration.ZERO);
  }

  @Override
  public Outcome purge(Act act) {
    int items = what.values().stream().mapToInt(List::size).sum();
    return new Purging(api, requests(), this::no)
        .all(act, act(), what.isEmpty() ? "everything" : items + (items == 1 ? " item" : " items"));
  }

  private List<Ask> requests() {
    List<Ask> requests = new ArrayList<>();
    if (what.isEmpty()) {
      requests.add(request(Map.of("purge_everything", true)));
    }
    what.forEach((kind, items) -> {
      for (int at = 0; at < items.size(); at += MOST) {
        requests.add(request(Map.of(kind, items.subList(at, Math.min(items.size(), at + MOST)))));
      }
    });
    return requests;
  }

  private Ask request(Map<String, Object> body) {
    return Ask.send("POST", Ask.path("client", "v4", "zones", zone, "purge_cache"), body);
  }

  /// It says no with status 200, too.
  private Optional<Outcome> no(Reply.Answered answer) {
    JsonNode success = answer.body().map(b -> b.path("success")).orElse(null);
    if (success == null || !success.isBoolean()) {
      return Optional.of(
          new Outcome.Unknown(
              String.valueOf(api.strange("nobody knows whether it purged").getMessage())));
    }
    return success.asBoolean()
        ? Optional.empty()
        : Optional.of(new Outcome.Refused(answer.says() + ": it says that it did not purge"));
  }

  @Override
  public String toString() {
    return "Cloudflare, zone " + Text.plain(zone);
  }
}
