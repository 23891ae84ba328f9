package dev.lastgood.provider.supabase;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The requests to Supabase's Management API about one project.
final class SupabaseApi {
  private static final String STARTED =
      "select extract(epoch from pg_postmaster_start_time())::text as started";

  private final Api api;
  private final String project;

  SupabaseApi(Api api, String project) {
    this.api = api;
    this.project = project;
  }

  String project() {
    return project;
  }

  private String path(String... more) {
    return Ask.path("projects", project) + (more.length == 0 ? "" : Ask.path(more));
  }

  String status() throws PlatformUnreachable {
    String status = api.json(api.read(Ask.get(path()))).path("status").asString("");
    if (status.isEmpty()) {
      throw api.strange("the project has no status");
    }
    return Text.plain(status);
  }

  Backups backups() throws PlatformUnreachable {
    JsonNode json = api.json(api.read(Ask.get(path("database", "backups"))));
    if (!json.path("backups").isArray() || !json.path("pitr_enabled").isBoolean()) {
      throw api.strange("backups or pitr_enabled is missing");
    }
    List<Backups.Backup> all = new ArrayList<>();
    for (JsonNode one : json.path("backups")) {
      try {
        all.add(
            new Backups.Backup(
                one.path("id").asLong(),
                one.path("is_physical_backup").asBoolean(false),
                Text.plain(one.path("status").asString("")),
                Instant.parse(one.path("inserted_at").asString(""))));
      } catch (DateTimeException e) {
        throw api.strange("a backup without its time");
      }
    }
    all.sort(Comparator.comparing(Backups.Backup::taken).reversed());
    JsonNode range = json.path("physical_backup_data");
    return new Backups(
        json.path("pitr_enabled").asBoolean(),
        moment(range.path("earliest_physical_backup_date_unix")),
        moment(range.path("latest_physical_backup_date_unix")),
        List.copyOf(all));
  }

  private static Optional<Instant> moment(JsonNode seconds) {
    return seconds.asLong(0) > 0
        ? Optional.of(Instant.ofEpochSecond(seconds.asLong()))
        : Optional.empty();
  }

  /// When the database server began, in its own words: a restore begins a new one.
  String started() throws PlatformUnreachable {
    JsonNode rows =
        api.json(api.read(Ask.send("POST", path("database", "query"), Map.of("query", STARTED))));
    String started = rows.path(0).path("started").asString("");
    if (started.isEmpty()) {
      throw api.strange("the query gave no row");
    }
    return Text.plain(started);
  }

  Outcome restore(long backup) {
    return outcome(
        api.change(Ask.send("POST", path("database", "backups", "restore"), Map.of("id", backup))));
  }

  Outcome restoreTo(long unix) {
    return outcome(
        api.change(
            Ask.send(
                "POST",
                path("database", "backups", "restore-pitr"),
                Map.of("recovery_time_target_unix", unix))));
  }

  /// What Supabase calls restore is the way out of a pause.
  Outcome resume() {
    return outcome(api.change(Ask.send("POST", path("restore"), Map.of())));
  }

  private static Outcome outcome(Reply reply) {
    return reply instanceof Reply.Answered a && a.ok()
        ? new Outcome.Done("accepted (" + a.status() + ")")
        : Api.failure(reply);
  }
}
