package dev.lastgood.provider.vercel;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The requests to Vercel, as its published client and its own command line tool make them.
final class VercelApi {
  private static final int PAGE = 20;
  private static final int REASON = 250;
  private static final int EVENTS = 500;
  private static final Duration LISTENED = Duration.ofSeconds(1);

  private final Api api;
  private final String project;
  private final Optional<String> team;

  VercelApi(Api api, String project, Optional<String> team) {
    this.api = api;
    this.project = project;
    this.team = team;
  }

  String name() {
    return project;
  }

  /// ` --scope TEAM`, for commands a person types.
  String scope() {
    return team.map(t -> " --scope " + Text.shellWord(t)).orElse("");
  }

  private Ask scoped(Ask ask) {
    return scoped(ask, team);
  }

  /// Every request names the team, where there is one.
  static Ask scoped(Ask ask, Optional<String> team) {
    return team.map(t -> ask.with(t.startsWith("team_") ? "teamId" : "slug", t)).orElse(ask);
  }

  Project project() throws PlatformUnreachable {
    Ask ask = scoped(Ask.get(Ask.path("v9", "projects", project)).with("rollbackInfo", "true"));
    return Project.of(api.json(api.read(ask)))
        .orElseThrow(() -> api.strange("the project has no id"));
  }

  /// Production deployments, newest first, the live one always among them.
  List<Build> builds(Project of, int depth) throws PlatformUnreachable {
    List<Build> builds = new ArrayList<>();
    Optional<String> until = Optional.empty();
    do {
      Ask ask =
          scoped(
              Ask.get("/v6/deployments")
                  .with("projectId", of.id())
                  .with("target", "production")
                  .with("limit", "" + Math.min(PAGE, depth)));
      JsonNode json = api.json(api.read(until.isPresent() ? ask.with("until", until.get()) : ask));
      if (!json.path("deployments").isArray()) {
        throw api.strange("the list of deployments is none");
      }
      int before = builds.size();
      for (JsonNode one : json.path("deployments")) {
        builds.add(
            Build.of(one).orElseThrow(() -> api.strange("a deployment in the list has no uid")));
      }
      until =
          Optional.of(json.path("pagination").path("next").asString(""))
              .filter(n -> !n.isEmpty() && !n.equals("0"));
      if (builds.size() == before) {
        until = Optional.empty();
      }
    } while (until.isPresent() && builds.size() < depth);
    if (of.live().isPresent() && builds.stream().noneMatch(b -> of.serves(b.id()))) {
      build(of.live().get()).ifPresent(builds::add);
    }
    return builds.stream().sorted(Comparator.comparingLong(Build::created).reversed()).toList();
  }

  /// @param idOrHost a host tells what it serves now
  /// @return empty when Vercel says that there is none
  Optional<Build> build(String idOrHost) throws PlatformUnreachable {
    Reply reply = api.read(scoped(Ask.get(Ask.path("v13", "deployments", idOrHost))));
    if (reply instanceof Reply.Answered no && (no.status() == 404 || no.status() == 410)) {
      return Optional.empty();
    }
    return Optional.of(
        Build.of(api.json(reply)).orElseThrow(() -> api.strange("the deployment has no id")));
  }

  /// @param type `rollback` or `promote`, as in [Project.Move]
  Reply move(String type, Project of, String to, String reason) {
    Ask ask =
        type.equals("rollback")
            ? Ask.send("POST", Ask.path("v1", "projects", of.id(), "rollback", to), Map.of())
                .with("description", Text.clip(reason, REASON))
            : Ask.send("POST", Ask.path("v10", "projects", of.id(), "promote", to), Map.of());
    return api.change(scoped(ask));
  }

  /// Domains that the last move could not move; an answer that cannot be had says nothing.
  List<String> stuck(Project of, String type) throws PlatformUnreachable {
    Ask ask =
        Ask.get(Ask.path("v9", "projects", of.id(), type, "aliases"))
            .with("failedOnly", "true")
            .with("limit", "" + PAGE);
    List<String> stuck = new ArrayList<>();
    for (JsonNode one : api.json(api.read(scoped(ask))).path("aliases")) {
      if (one.path("status").asString("").equals("failed")) {
        JsonNode alias = one.path("alias");
        stuck.add(
            Text.plain(alias.isObject() ? alias.path("alias").asString("") : alias.asString("")));
      }
    }
    return stuck;
  }

  Reply autoAssign(Project of, boolean on) {
    return api.change(
        scoped(
            Ask.send(
                "PATCH",
                Ask.path("v9", "projects", of.id()),
                Map.of("autoAssignCustomDomains", on))));
  }

  Reply pause(Project of, boolean on) {
    return api.change(
        scoped(
            Ask.send(
                "POST", Ask.path("v1", "projects", of.id(), on ? "pause" : "unpause"), Map.of())));
  }

  /// What its functions say while one listens for a moment: the endpoint tells what happens from
  /// now on, and does not end.
  List<String> runtimeLog(String id) throws PlatformUnreachable, InterruptedException {
    Ask ask =
        scoped(
            Ask.get(Ask.path("v1", "projects", project().id(), "deployments", id, "runtime-logs")));
    List<String> lines = new ArrayList<>();
    for (String line : api.listen(ask, LISTENED).lines().toList()) {
      RuntimeLine.of(line).ifPresent(lines::add);
    }
    return lines;
  }

  /// Lines of the build's log.
  List<String> log(String id) throws PlatformUnreachable {
    Ask ask =
        Ask.get(Ask.path("v3", "deployments", id, "events"))
            .with("limit", "" + EVENTS)
            .with("direction", "backward");
    List<String> lines = new ArrayList<>();
    for (JsonNode event : api.json(api.read(scoped(ask)))) {
      JsonNode payload = event.path("payload");
      lines.add(Text.plain((payload.isObject() ? payload : event).path("text").asString("")));
    }
    return lines;
  }
}
