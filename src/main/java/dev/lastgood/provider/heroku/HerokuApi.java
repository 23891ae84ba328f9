package dev.lastgood.provider.heroku;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The requests to Heroku's Platform API.
final class HerokuApi {
  private static final int PAGE = 20;
  private static final int COMMITS = 10;
  private static final int LINES = 1500;

  private final Api api;
  private final String app;
  private final int depth;
  private final Duration patience;

  /// Slugs never change.
  private final Map<String, Optional<String>> commits = new HashMap<>();

  HerokuApi(Api api, String app, int depth, Duration patience) {
    this.api = api;
    this.app = app;
    this.depth = depth;
    this.patience = patience;
  }

  String app() {
    return app;
  }

  /// Newest first, a few pages of them.
  Rels releases() throws PlatformUnreachable {
    List<Rel> all = new ArrayList<>();
    Optional<String> range = Optional.of("version ..; max=" + PAGE + ", order=desc");
    while (range.isPresent() && all.size() < depth) {
      Reply reply =
          api.read(Ask.get(Ask.path("apps", app, "releases")).header("Range", range.get()));
      JsonNode json = api.json(reply);
      if (!json.isArray()) {
        throw api.strange("the list of releases is none");
      }
      for (JsonNode one : json) {
        all.add(
            Rel.of(one)
                .orElseThrow(
                    () -> api.strange("a release without id, version, status or created_at")));
      }
      range =
          json.isEmpty() ? Optional.empty() : ((Reply.Answered) reply).header().apply("Next-Range");
    }
    all.sort(Comparator.comparingInt(Rel::version).reversed());
    return new Rels(List.copyOf(all));
  }

  /// @param idOrVersion a uuid, or a number without its `v`
  /// @return empty when Heroku says that there is none
  Optional<Rel> release(String idOrVersion) throws PlatformUnreachable {
    Reply reply = api.read(Ask.get(Ask.path("apps", app, "releases", idOrVersion)));
    if (reply instanceof Reply.Answered no && (no.status() == 404 || no.status() == 410)) {
      return Optional.empty();
    }
    return Optional.of(
        Rel.of(api.json(reply)).orElseThrow(() -> api.strange("the release has no id")));
  }

  /// The commit of a slug; unknown for all but the newest few, and where nobody said.
  synchronized Optional<String> commit(String slug) {
    Optional<String> known = commits.get(slug);
    if (known != null) {
      return known;
    }
    if (slug.isEmpty() || commits.size() >= COMMITS) {
      return Optional.empty();
    }
    Optional<String> commit = Optional.empty();
    try {
      commit =
          Optional.of(
                  api.json(api.read(Ask.get(Ask.path("apps", app, "slugs", slug))))
                      .path("commit")
                      .asString(""))
              .filter(c -> !c.isBlank());
    } catch (PlatformUnreachable e) {
      // A token without that right can still roll back; the release then has no version.
      System.getLogger(HerokuApi.class.getName()).log(System.Logger.Level.DEBUG, "slug", e);
    }
    commits.put(slug, commit);
    return commit;
  }

  /// The newest lines of the app's log, of whatever release. Asking for it changes nothing, though
  /// it is a POST: Heroku opens an address on another host, good for some minutes, that needs no
  /// token and gets none.
  String log() throws PlatformUnreachable {
    JsonNode session =
        api.json(
            api.read(
                Ask.send(
                    "POST",
                    Ask.path("apps", app, "log-sessions"),
                    Map.of("lines", LINES, "tail", false))));
    return Logplex.of(session.path("logplex_url").asString(""), patience).text();
  }

  /// @param release empty: those of now
  SortedMap<String, String> config(Optional<Rel> release) throws PlatformUnreachable {
    JsonNode json =
        api.json(
            api.read(
                Ask.get(
                    release
                        .map(r -> Ask.path("apps", app, "releases", r.id(), "config-vars"))
                        .orElse(Ask.path("apps", app, "config-vars")))));
    if (!json.isObject()) {
      throw api.strange("the config vars are none");
    }
    var config = new TreeMap<String, String>();
    json.properties().forEach(e -> config.put(e.getKey(), e.getValue().asString("")));
    return config;
  }

  /// By version of the release they run, the states of the dynos.
  Map<Integer, List<String>> dynos() throws PlatformUnreachable {
    JsonNode json = api.json(api.read(Ask.get(Ask.path("apps", app, "dynos"))));
    if (!json.isArray()) {
      throw api.strange("the list of dynos is none");
    }
    var states = new TreeMap<Integer, List<String>>();
    for (JsonNode dyno : json) {
      states
          .computeIfAbsent(dyno.path("release").path("version").asInt(0), _ -> new ArrayList<>())
          .add(dyno.path("state").asString("unknown"));
    }
    return states;
  }

  /// Whether Heroku serves its maintenance page instead of the app.
  boolean maintenance() throws PlatformUnreachable {
    JsonNode on = api.json(api.read(Ask.get(Ask.path("apps", app)))).path("maintenance");
    if (!on.isBoolean()) {
      throw api.strange("nobody knows whether maintenance is on");
    }
    return on.asBoolean();
  }

  Reply maintain(boolean on) {
    return api.change(Ask.send("PATCH", Ask.path("apps", app), Map.of("maintenance", on)));
  }

  Reply rollback(String id) {
    return api.change(Ask.send("POST", Ask.path("apps", app, "releases"), Map.of("release", id)));
  }
}
