package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Supabase's Management API, as far as restoring uses it: one project. Made after Supabase's
/// published description of the API and the requests of its own tool, version 3.1.
public final class PlayedSupabase extends PlayedApi {
  private static final String PROJECT = "/v1/projects/[^/]+";

  private final String reference;
  private final InstantSource clock;
  private final List<Backup> backups = new ArrayList<>();
  private String status = "ACTIVE_HEALTHY";
  private String content = "as it grew";
  private boolean pitr = true;
  private String ending = "ACTIVE_HEALTHY";
  private int looks = 2;
  private int untouched;
  private int left;
  private int servers = 1;

  private record Backup(long id, boolean physical, String status, Instant taken) {}

  public PlayedSupabase(String token, String reference, InstantSource clock) throws IOException {
    super(token);
    this.reference = reference;
    this.clock = clock;
    open();
  }

  /// What the API allows for each token.
  public static Quota quota() {
    return new Quota(120, Duration.ofMinutes(1));
  }

  // ---- its state

  public synchronized void backup(long id, boolean physical, String status, Instant taken) {
    backups.add(new Backup(id, physical, status, taken));
  }

  public synchronized void delete(String release) {
    backups.removeIf(b -> release.equals("backup-" + b.id));
  }

  /// Whether point-in-time recovery is on.
  public synchronized void pitr(boolean on) {
    pitr = on;
  }

  public synchronized void is(String status) {
    this.status = status;
  }

  /// How the next restores end.
  public synchronized void ends(String status) {
    ending = status;
  }

  /// For so many looks the project seems untouched after a restore was accepted.
  public synchronized void seemsUntouched(int looks) {
    untouched = looks;
  }

  /// What is in the database: `as it grew`, `backup 2`, `second 1790000000`.
  public synchronized String content() {
    return content;
  }

  @Override
  public synchronized String snapshot() {
    return status + " " + content + " server " + servers + " " + backups;
  }

  private void begin(String restored) {
    content = restored;
    left = untouched + looks;
    if (untouched == 0) {
      status = "RESTORING";
    }
  }

  /// A look brings a restore one step on.
  private void step() {
    if (left > 0) {
      left--;
      status = left > looks ? status : "RESTORING";
      if (left == 0) {
        status = ending;
        servers++;
      }
    } else if (status.equals("COMING_UP")) {
      status = "ACTIVE_HEALTHY";
      servers++;
    }
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    return Map.of("message", says);
  }

  @Override
  protected boolean changes(Asked asked) {
    return change(asked);
  }

  /// A query is a POST, too, and changes nothing here.
  public static boolean change(Asked asked) {
    return asked.changes() && !asked.path().endsWith("/database/query");
  }

  @Override
  protected Told lie(Asked asked) {
    return Told.empty(201);
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.is("GET", "/v1/projects")) {
      return Told.json(200, List.of(project()));
    }
    if (!asked.path().matches(PROJECT + "(/.*)?") || !asked.part(2).equals(reference)) {
      return no(404, "Project not found");
    }
    if (asked.is("GET", PROJECT)) {
      step();
      return Told.json(200, project());
    }
    if (asked.is("GET", PROJECT + "/database/backups")) {
      return Told.json(200, listed());
    }
    if (asked.is("POST", PROJECT + "/database/query")) {
      return Told.json(201, List.of(Map.of("started", "179000000" + servers + ".5")));
    }
    if (asked.is("POST", PROJECT + "/database/backups/restore")) {
      long id = asked.json().path("id").asLong(0);
      return backups.stream()
          .filter(b -> b.id == id)
          .findFirst()
          .map(this::restore)
          .orElseGet(() -> no(404, "Backup not found"));
    }
    if (asked.is("POST", PROJECT + "/database/backups/restore-pitr")) {
      return restoreTo(asked.json());
    }
    if (asked.is("POST", PROJECT + "/pause")) {
      status = "INACTIVE";
      return Told.empty(200);
    }
    if (asked.is("POST", PROJECT + "/restore")) {
      status = status.equals("INACTIVE") ? "COMING_UP" : status;
      return Told.empty(200);
    }
    return no(404, "Cannot " + asked);
  }

  private Told restore(Backup backup) {
    if (!backup.physical || !backup.status.equals("COMPLETED")) {
      return no(400, "Backup cannot be restored");
    }
    if (status.equals("INACTIVE")) {
      return no(400, "Project is paused");
    }
    begin("backup " + backup.id);
    return Told.empty(201);
  }

  private Told restoreTo(JsonNode with) {
    if (!pitr) {
      return no(400, "PITR is not enabled for this project.");
    }
    if (!with.path("recovery_time_target_unix").isIntegralNumber()) {
      return no(400, "recovery_time_target_unix must be an integer");
    }
    begin("second " + with.path("recovery_time_target_unix").asLong());
    return Told.empty(201);
  }

  private Map<String, ?> project() {
    return Map.of(
        "id",
        reference,
        "ref",
        reference,
        "name",
        "shop",
        "region",
        "eu-central-1",
        "organization_id",
        "org",
        "organization_slug",
        "org",
        "created_at",
        "2026-01-01T00:00:00Z",
        "status",
        status,
        "database",
        Map.of(
            "host",
            "db." + reference + ".supabase.co",
            "version",
            "15.1",
            "postgres_engine",
            "15",
            "release_channel",
            "ga"));
  }

  private Map<String, ?> listed() {
    List<Map<String, ?>> shown = new ArrayList<>();
    for (Backup b : backups.reversed()) {
      shown.add(
          Map.of(
              "id",
              b.id,
              "is_physical_backup",
              b.physical,
              "status",
              b.status,
              "inserted_at",
              b.taken.toString()));
    }
    var json = new TreeMap<String, Object>();
    json.put("region", "eu-central-1");
    json.put("walg_enabled", true);
    json.put("pitr_enabled", pitr);
    json.put("backups", shown);
    json.put(
        "physical_backup_data",
        pitr
            ? Map.of(
                "earliest_physical_backup_date_unix",
                clock.instant().getEpochSecond() - 7 * 24 * 3600,
                "latest_physical_backup_date_unix",
                clock.instant().getEpochSecond())
            : Map.of());
    return json;
  }
}
