package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import dev.lastgood.provider.local.ContentId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The revisions of a release, read where helm keeps them: one Secret each, of its type
/// `helm.sh/release.v1`. A look lists their names and labels, and reads one only when it is new or
/// has changed. What is read holds values of the chart, and is never shown.
final class HelmHistory {
  private static final String TYPE = "owner=helm,name=";
  private static final int LONGEST = 64 << 20;

  private final Cluster cluster;
  private final HelmRelease release;
  private final Optional<Named> main;
  private final Map<String, Optional<HelmRevision>> known = new ConcurrentHashMap<>();

  /// @param main the workload whose version the release has
  HelmHistory(Cluster cluster, HelmRelease release, Optional<Named> main) {
    this.cluster = cluster;
    this.release = release;
    this.main = main;
  }

  /// @param newest by number, highest first
  /// @param damaged what cannot be read
  record Kept(List<HelmRevision> newest, List<Inventory.Excluded> damaged) {
    HelmRevision last() {
      return newest.getFirst();
    }

    /// The newest one of that content that was deployed whole.
    Optional<HelmRevision> find(String id) {
      return newest.stream().filter(r -> r.unfit().isEmpty() && r.content().equals(id)).findFirst();
    }

    /// Number of the oldest one of that id; higher than all when there is none.
    int since(String id) {
      return newest.stream()
          .filter(r -> r.id().equals(id))
          .mapToInt(HelmRevision::number)
          .min()
          .orElse(Integer.MAX_VALUE);
    }
  }

  /// @throws PlatformUnreachable if it cannot be read, or there is no such release
  Kept read(String component) throws PlatformUnreachable {
    List<HelmRevision> all = new ArrayList<>();
    List<Inventory.Excluded> damaged = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode secret : cluster.names(release.secrets(), TYPE + release.name())) {
      JsonNode meta = secret.path("metadata");
      String name = meta.path("name").asString("");
      if (!Owners.plain(name)) {
        continue;
      }
      String key = meta.path("uid").asString("") + "/" + meta.path("resourceVersion").asString("");
      seen.add(key);
      Optional<HelmRevision> one = known.get(key);
      if (one == null) {
        Optional<JsonNode> whole = cluster.find(release.secrets() + "/" + name);
        if (whole.isEmpty()) {
          // Removed by helm since it was listed: it keeps a limited number.
          continue;
        }
        one = decoded(whole.get());
        known.put(key, one);
      }
      one.ifPresentOrElse(
          all::add,
          () -> damaged.add(new Inventory.Excluded(name, "its Secret is no release of helm 3")));
    }
    known.keySet().retainAll(seen);
    if (all.isEmpty()) {
      throw new PlatformUnreachable(
          component
              + ": there is no "
              + release.words()
              + " at "
              + cluster.access().words()
              + "; correct `release`, `namespace` or the context (only what helm keeps in Secrets"
              + " is seen)");
    }
    all.sort(Comparator.comparingInt(HelmRevision::number).reversed());
    return new Kept(List.copyOf(all), List.copyOf(damaged));
  }

  private Optional<HelmRevision> decoded(JsonNode secret) {
    JsonNode json;
    try {
      String inner =
          new String(
              bytes(secret.path("data").path("release").asString("")), StandardCharsets.UTF_8);
      json = JsonMapper.shared().readTree(unzipped(bytes(inner)));
    } catch (IllegalArgumentException | IOException | JacksonException e) {
      return Optional.empty();
    }
    Optional<Manifest> manifest =
        Manifest.of(release.namespace(), json.path("manifest").asString(""));
    return json.path("version").asInt(0) > 0 && manifest.isPresent()
        ? Optional.of(revision(json, manifest.get()))
        : Optional.empty();
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static byte[] unzipped(byte[] zipped) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      byte[] all = in.readNBytes(LONGEST + 1);
      if (all.length > LONGEST) {
        throw new IOException("longer than " + LONGEST + " bytes");
      }
      return all;
    }
  }

  private HelmRevision revision(JsonNode json, Manifest manifest) {
    JsonNode info = json.path("info");
    JsonNode meta = json.path("chart").path("metadata");
    String chart =
        Text.plain(meta.path("name").asString("chart") + "-" + meta.path("version").asString("0"));
    return new HelmRevision(
        json.path("version").asInt(),
        Text.plain(info.path("status").asString("unknown")),
        chart.replaceAll("[^A-Za-z0-9.-]", "-") + "-" + digest(chart, json),
        chart,
        version(manifest, meta),
        time(info.path("last_deployed").asString("")),
        info.path("description").asString(""),
        manifest,
        hooks(json));
  }

  /// Of what goes to the cluster. Times and results of hooks that ran are not part of it.
  private static String digest(String chart, JsonNode json) {
    List<String> parts = new ArrayList<>(List.of(chart, json.path("manifest").asString("")));
    json.path("hooks")
        .forEach(h -> parts.add(h.path("path").asString("") + h.path("manifest").asString("")));
    return ContentId.of(String.join("\0", parts).getBytes(StandardCharsets.UTF_8))
        .replaceFirst("^sha256-", "");
  }

  private Optional<String> version(Manifest manifest, JsonNode chart) {
    List<Manifest.Part> parts = manifest.workloads();
    Optional<Manifest.Part> one =
        main.isEmpty() && parts.size() == 1
            ? Optional.of(parts.getFirst())
            : parts.stream().filter(p -> main.equals(Optional.of(p.named()))).findFirst();
    return one.flatMap(p -> Templates.version(p.template()))
        .or(() -> Optional.of(chart.path("appVersion").asString("")).filter(v -> !v.isEmpty()));
  }

  private static List<String> hooks(JsonNode json) {
    List<String> hooks = new ArrayList<>();
    for (JsonNode hook : json.path("hooks")) {
      for (JsonNode event : hook.path("events")) {
        if (event.asString("").endsWith("-rollback")) {
          hooks.add(
              Text.plain(hook.path("kind").asString("") + " " + hook.path("name").asString(""))
                  + " ("
                  + Text.plain(event.asString(""))
                  + ")");
        }
      }
    }
    return hooks;
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
