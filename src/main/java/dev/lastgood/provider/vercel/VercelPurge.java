package dev.lastgood.provider.vercel;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Purge;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Purging;
import dev.lastgood.provider.http.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What Vercel keeps of one project beyond its deployments: above all the data cache, which a new
/// deployment, and so a rollback, finds as the failed one left it.
public final class VercelPurge implements Purge {
  /// Tags of one request; Vercel names no number, its functions take so many.
  private static final int MOST = 16;

  private final String component;
  private final String project;
  private final Optional<String> team;
  private final List<String> tags;
  private final boolean stale;
  private final Api api;

  /// @param tags cache tags; empty: everything of the project
  /// @param stale they are only marked: the next visitor still gets the old answer, while a new one
  ///   is fetched
  /// @throws dev.lastgood.provider.BadSettings if the address is none, or unsafe for the token
  public VercelPurge(
      String component,
      String project,
      Optional<String> team,
      List<String> tags,
      boolean stale,
      Secret token,
      Optional<String> baseUrl) {
    this.component = component;
    this.project = project;
    this.team = team;
    this.tags = List.copyOf(tags);
    this.stale = stale;
    this.api =
        new Api(
            new Site(
                "Vercel",
                Site.base(baseUrl, VercelKind.USUAL),
                "Authorization",
                "Bearer ",
                token,
                new TreeMap<>(),
                Duration.ofSeconds(15),
                new Pace(5, Duration.ofSeconds(1)),
                VercelKind::complaint));
  }

  @Override
  public Act act() {
    var with = new TreeMap<>(Map.of("project", project, "stale", "" + stale));
    team.ifPresent(t -> with.put("team", t));
    if (!tags.isEmpty()) {
      with.put("tags", String.join("\n", tags));
    }
    return new Act(
        component,
        VERB,
        with,
        (stale ? "mark as stale" : "throw away")
            + " what Vercel keeps of "
            + component
            + ": "
            + (tags.isEmpty() ? "its CDN and data cache" : tags.size() + " tags"),
        byHand(),
        Duration.ofSeconds(2),
        Duration.ofMinutes(5),
        Duration.ZERO);
  }

  private String byHand() {
    String scope = team.map(t -> " --scope " + Text.shellWord(t)).orElse("");
    return tags.isEmpty()
        ? "vercel cache purge --type all --yes" + scope
        : "vercel cache "
            + (stale ? "invalidate" : "dangerously-delete")
            + " --tag "
            + Text.shellWord(String.join(",", tags))
            + " --yes"
            + scope;
  }

  @Override
  public Outcome purge(Act act) {
    return new Purging(api, requests(), _ -> Optional.empty())
        .all(
            act,
            act(),
            tags.isEmpty()
                ? "the CDN and data cache of " + project
                : tags.size() + (tags.size() == 1 ? " tag" : " tags") + (stale ? " as stale" : ""));
  }

  private List<Ask> requests() {
    if (tags.isEmpty()) {
      return List.of(
          scoped(Ask.send("POST", "/v1/edge-cache/purge-all", Map.of())),
          scoped(Ask.send("DELETE", "/v1/data-cache/purge-all", Map.of())));
    }
    List<Ask> requests = new ArrayList<>();
    for (int at = 0; at < tags.size(); at += MOST) {
      requests.add(
          scoped(
              Ask.send(
                  "POST",
                  "/v1/edge-cache/" + (stale ? "invalidate" : "dangerously-delete") + "-by-tags",
                  Map.of(
                      "tags",
                      tags.subList(at, Math.min(tags.size(), at + MOST)),
                      "target",
                      "production"))));
    }
    return requests;
  }

  private Ask scoped(Ask ask) {
    return VercelApi.scoped(ask.with("projectIdOrName", project), team);
  }

  @Override
  public String toString() {
    return "Vercel, project " + Text.plain(project);
  }
}
