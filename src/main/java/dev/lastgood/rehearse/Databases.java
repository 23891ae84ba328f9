package dev.lastgood.rehearse;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.mongodb.AtlasSettings;
import dev.lastgood.provider.supabase.SupabaseSettings;
import dev.lastgood.rehearsal.PlayedAtlas;
import dev.lastgood.rehearsal.PlayedMongo;
import dev.lastgood.rehearsal.PlayedSupabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Databases that go back to a backup. A failing deploy writes into them and gives them no new
/// release, and a backup was never live; so the rehearsal names the backup to go back to, as a
/// person would with `--to`.
final class Databases {
  private static final Secret TOKEN = Stages.TOKEN;

  private Databases() {}

  static Staged<SupabaseSettings> supabase(
      SupabaseSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    var played = new PlayedSupabase(TOKEN.reveal(), real.project(), clock);
    played.limit(PlayedSupabase.quota());
    long backup = number(seed.good()).orElse(1L);
    played.backup(backup, true, "COMPLETED", clock.instant().minus(Duration.ofHours(9)));
    var settings =
        new SupabaseSettings(
            real.project(),
            TOKEN,
            Optional.of(Stages.shorter(real.grace().orElse(Duration.ofMinutes(3)))),
            Optional.of(played.url() + "/v1"),
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> {},
        Optional.of("backup-" + backup),
        List.of(
            "what is in the backup, and that its project has point-in-time recovery",
            "that the applications find the database again after it was down"));
  }

  private static Optional<Long> number(String release) {
    String digits = release.startsWith("backup-") ? release.substring("backup-".length()) : "";
    return !digits.isEmpty() && digits.length() < 18 && digits.chars().allMatch(Character::isDigit)
        ? Optional.of(Long.parseLong(digits))
        : Optional.empty();
  }

  static Staged<AtlasSettings> atlas(
      AtlasSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    String snapshot = seed.isMadeUp() ? "65f0a1b2c3d4e5f600000001" : seed.good();
    var servers = new Servers();
    var played = new PlayedAtlas(TOKEN.reveal(), servers);
    String url = servers.started(real.cluster());
    servers.restored(real.cluster(), snapshot);
    played.cluster(real.cluster(), url);
    played.snapshot(snapshot, "completed");
    Path file = folder.resolve("connection");
    String variable = real.connection().variable().orElse("MONGODB_URI");
    Files.writeString(file, variable + "=" + url + "/rehearsed\n");
    var settings =
        new AtlasSettings(
            real.project(),
            real.cluster(),
            real.serviceAccount().map(a -> new AtlasSettings.ServiceAccount(a.id(), TOKEN)),
            real.apiKey().map(_ -> new AtlasSettings.ApiKey(PlayedAtlas.PUBLIC_KEY, TOKEN)),
            new AtlasSettings.Connection(file, Optional.of(variable)),
            Optional.of(played.url().toString()),
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> servers.grows(real.cluster()),
        Optional.of(snapshot),
        List.of(
            "what is in the snapshot, and that such a cluster can be made",
            "that the applications read the new connection string"));
  }

  /// Behind the clusters: servers that hold numbers, no documents.
  private static final class Servers implements PlayedAtlas.Servers {
    private final Map<String, PlayedMongo> all = new ConcurrentHashMap<>();

    @Override
    public String started(String cluster) {
      return all.computeIfAbsent(cluster, _ -> server()).url();
    }

    private static PlayedMongo server() {
      try {
        return new PlayedMongo();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void erased(String cluster) {
      on(cluster, Map.of());
    }

    @Override
    public void restored(String cluster, String snapshot) {
      on(cluster, Map.of("rehearsed", 100));
    }

    void grows(String cluster) {
      on(cluster, Map.of("rehearsed", 107));
    }

    private void on(String cluster, Map<String, Integer> documents) {
      Optional.ofNullable(all.get(cluster)).ifPresent(s -> s.holds(documents));
    }

    @Override
    public void ended() {
      all.values().forEach(PlayedMongo::close);
    }
  }
}
