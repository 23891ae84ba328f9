package dev.lastgood.provider.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.PlayedAtlas;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the played Atlas, whose clusters are servers in memory.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AtlasPlatformTest implements PlatformContract {
  static final String SECRET = "hunter2";
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final String SNAPSHOT = "65f0a1b2c3d4e5f600000001";
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Account world() throws IOException {
    return new Account(Files.createDirectory(dir.resolve("w" + worlds.incrementAndGet())));
  }

  /// An account with one cluster, its snapshots, and an application that reads an env file.
  static final class Account implements PlatformContract.World, PlayedAtlas.Servers {
    final PlayedAtlas atlas = new PlayedAtlas(SECRET, this);
    final Path env;
    boolean digest;
    private final Path dir;
    private final Map<String, MongoServer> servers = new ConcurrentHashMap<>();

    Account(Path dir) throws IOException {
      this.dir = dir;
      atlas.cluster("shop", started("shop"));
      atlas.snapshot(SNAPSHOT, "completed");
      atlas.snapshot("65f0a1b2c3d4e5f600000002", "inProgress");
      fill("shop", 7);
      env = dir.resolve(".env");
      Files.writeString(
          env,
          "# shop\nPORT=80\nexport MONGODB_URI=\""
              + url("shop")
              + "/shop?appName=hunter3\"\nLAST=1\n");
    }

    private String url(String cluster) {
      MongoServer server = servers.get(cluster);
      return server == null ? "" : "mongodb://127.0.0.1:" + server.getLocalAddress().getPort();
    }

    private void fill(String cluster, int documents) {
      try (MongoClient client = MongoClients.create(url(cluster))) {
        for (int n = 0; n < documents; n++) {
          client.getDatabase("shop").getCollection("orders").insertOne(new Document("_id", n));
        }
      }
    }

    @Override
    public String started(String cluster) {
      var server = new MongoServer(new MemoryBackend());
      server.bind();
      servers.put(cluster, server);
      return url(cluster);
    }

    @Override
    public void erased(String cluster) {
      try (MongoClient client = MongoClients.create(url(cluster))) {
        client.getDatabase("shop").drop();
      }
    }

    @Override
    public void restored(String cluster, String snapshot) {
      fill(cluster, 5);
    }

    @Override
    public Platform platform() {
      return platform(SECRET, "shop", Duration.ofSeconds(5));
    }

    Platform platform(String secret, String cluster, Duration patience) {
      return platform(secret, cluster, patience, dir);
    }

    Platform platform(String secret, String cluster, Duration patience, Path state) {
      var named = new Secret("${env:ATLAS_SECRET}", () -> secret);
      return new AtlasKind()
          .open(
              "database",
              new AtlasSettings(
                  "65f0a1b2c3d4e5f6aaaaaaaa",
                  cluster,
                  digest
                      ? Optional.empty()
                      : Optional.of(new AtlasSettings.ServiceAccount("mdb_sa_id_1", named)),
                  digest
                      ? Optional.of(new AtlasSettings.ApiKey(PlayedAtlas.PUBLIC_KEY, named))
                      : Optional.empty(),
                  new AtlasSettings.Connection(env, Optional.empty()),
                  Optional.of(atlas.url().toString()),
                  Optional.of(patience)),
              new Surroundings(dir, state, InstantSource.fixed(NOON)));
    }

    List<Act> acts() throws PlatformUnreachable {
      return acts(older());
    }

    List<Act> acts(String to) throws PlatformUnreachable {
      return platform()
          .methods(Release.of("database", live()), Release.of("database", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    /// As the engine does.
    void arrives(Act act) {
      Until.holds(
          act.says(),
          () -> {
            Sight sight = platform().look(act);
            if (sight instanceof Sight.NotYet) {
              assertThat(platform().act(act, "key")).isNotInstanceOf(Outcome.Refused.class);
            }
            return sight instanceof Sight.Holds;
          });
    }

    @Override
    public String live() {
      return "cluster-shop";
    }

    @Override
    public String older() {
      return SNAPSHOT;
    }

    @Override
    public String snapshot() throws IOException {
      return atlas.snapshot() + Files.readString(env);
    }

    @Override
    public void remove(String id) {
      atlas.expire(id);
    }

    @Override
    public List<String> secrets() {
      return List.of(SECRET, "hunter3");
    }

    @Override
    public void close() {
      atlas.close();
      servers.values().forEach(MongoServer::shutdownNow);
    }
  }

  @Test
  void the_live_cluster_is_never_restored_into() throws Exception {
    try (Account account = world()) {
      for (Act act : account.acts()) {
        account.arrives(act);
      }

      assertThat(account.atlas.jobs()).isEqualTo(1);
      assertThat(account.atlas.asked())
          .filteredOn(a -> a.is("POST", ".*/restoreJobs"))
          .allSatisfy(a ->
              assertThat(a.json().path("targetClusterName").asString()).isEqualTo("shop-00000001"));
      assertThat(Files.readString(account.env))
          .startsWith("# shop\nPORT=80\nexport MONGODB_URI='mongodb://127.0.0.1:")
          .contains(account.url("shop-00000001"))
          .endsWith("/shop?appName=hunter3'\nLAST=1\n");
      try (MongoClient client = MongoClients.create(account.url("shop"))) {
        assertThat(client.getDatabase("shop").getCollection("orders").countDocuments())
            .isEqualTo(7);
      }
    }
  }

  @Test
  void a_request_for_a_cluster_that_something_sends_twice_is_no_refusal() throws Exception {
    try (Account account = world()) {
      Act create = account.acts().getFirst();
      account.atlas.trap(1, a -> a.changes() && !a.path().endsWith("/token"), new Trap.DoesTwice());

      assertThat(account.platform().act(create, "key")).isInstanceOf(Outcome.Done.class);
      account.arrives(create);
    }
  }

  @Test
  void the_counts_of_both_clusters_are_told_when_it_is_switched() throws Exception {
    try (Account account = world()) {
      List<Act> acts = account.acts();
      account.arrives(acts.get(0));
      account.arrives(acts.get(1));

      Outcome outcome = account.platform().act(acts.get(2), "key");

      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(((Outcome.Done) outcome).receipt()).contains("orders 7 -> 5");
    }
  }

  @Test
  void nothing_is_switched_before_the_restore_has_finished() throws Exception {
    try (Account account = world()) {
      List<Act> acts = account.acts();
      account.arrives(acts.get(0));
      account.platform().act(acts.get(1), "key");
      String before = Files.readString(account.env);

      Outcome outcome = account.platform().act(acts.get(2), "key");

      assertThat(((Outcome.Refused) outcome).reason()).contains("not restored to its end");
      assertThat(Files.readString(account.env)).isEqualTo(before);
    }
  }

  @Test
  void a_restore_that_fails_is_said_and_may_be_asked_for_again() throws Exception {
    try (Account account = world()) {
      List<Act> acts = account.acts();
      account.arrives(acts.get(0));
      account.atlas.restoresFail(true);
      account.platform().act(acts.get(1), "key");
      Until.holds("it failed", () -> account.platform().look(acts.get(1)) instanceof Sight.Failed);

      account.atlas.restoresFail(false);
      assertThat(account.platform().act(acts.get(1), "key")).isInstanceOf(Outcome.Done.class);
      account.arrives(acts.get(1));

      assertThat(account.atlas.jobs()).isEqualTo(2);
    }
  }

  @Test
  void a_request_whose_answer_is_lost_is_not_sent_again_blindly() throws Exception {
    for (int leg = 0; leg < 2; leg++) {
      try (Account account = world()) {
        List<Act> acts = account.acts();
        Act act = acts.get(leg);
        if (leg == 1) {
          account.arrives(acts.get(0));
        }
        account.atlas.trap(
            1, a -> a.changes() && !a.path().endsWith("/token"), new Trap.DoesAndCuts());

        assertThat(account.platform().act(act, "key")).isInstanceOf(Outcome.Unknown.class);
        account.arrives(act);

        assertThat(account.atlas.asked())
            .filteredOn(a -> a.changes() && !a.path().endsWith("/token"))
            .as("requests of leg %d", leg)
            .hasSize(leg + 1);
      }
    }
  }

  @Test
  void who_accepts_and_does_nothing_is_not_believed() throws Exception {
    try (Account account = world()) {
      List<Act> acts = account.acts();
      account.atlas.trap(1, a -> a.changes() && !a.path().endsWith("/token"), new Trap.Lies());

      assertThat(account.platform().act(acts.getFirst(), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(account.platform().look(acts.getFirst())).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  void a_wrong_secret_is_named_and_never_shown() throws Exception {
    try (Account account = world()) {
      Platform wrong = account.platform("wrong-secret-9", "shop", Duration.ofSeconds(5));

      assertThatThrownBy(wrong::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("${env:ATLAS_SECRET}")
          .hasMessageNotContaining("wrong-secret-9");
      assertThat(wrong.act(account.acts().getFirst(), "key")).isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void an_account_that_may_only_look_is_refused() throws Exception {
    try (Account account = world()) {
      Act act = account.acts().getFirst();
      account.atlas.forbidChanges();
      String before = account.snapshot();

      assertThat(account.platform().act(act, "key")).isInstanceOf(Outcome.Refused.class);
      assertThat(account.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void trouble_and_strange_answers_are_unclear_and_nothing_is_sent() throws Exception {
    for (Trap trap :
        List.of(
            new Trap.Says(500, "{}"),
            new Trap.Says(200, "{\"odd\":1}"),
            new Trap.Says(200, "<html>"),
            new Trap.Cuts())) {
      try (Account account = world()) {
        Act act = account.acts().getFirst();
        long sent = account.atlas.changes();
        account.atlas.trap(1_000, a -> !a.path().endsWith("/token"), trap);

        Platform platform = account.platform(SECRET, "shop", Duration.ofSeconds(1));
        assertThat(platform.look(act)).isInstanceOf(Sight.Unclear.class);
        assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Refused.class);
        assertThat(account.atlas.changes()).isEqualTo(sent);
      }
    }
  }

  @Test
  void a_cluster_that_is_not_there_is_said() throws Exception {
    try (Account account = world()) {
      assertThatThrownBy(
              () -> account.platform(SECRET, "nowhere", Duration.ofSeconds(5)).inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("no cluster nowhere");
    }
  }

  @Test
  void a_snapshot_that_is_not_complete_is_no_target() throws Exception {
    try (Account account = world()) {
      assertThat(account.platform().inventory().excluded())
          .singleElement()
          .satisfies(e -> assertThat(e.reason()).contains("inProgress"));
    }
  }

  // ---- seconds

  @Test
  void a_second_that_was_kept_is_restored_into_a_new_cluster() throws Exception {
    try (Account account = world()) {
      account.atlas.keepsSeconds(true);
      Snapshotting.Taken taken = ((Snapshotting) account.platform()).snapshot();
      assertThat(taken.kept().id()).isEqualTo("pitr-1795262400");
      assertThat(taken.live().id()).isEqualTo("cluster-shop");

      List<Act> acts = account.acts("pitr-1795262400");
      assertThat(acts.get(1).says())
          .isEqualTo("restore the state of 2026-11-21T12:00:00Z into shop-95262400");
      assertThat(acts.get(1).byHand())
          .isEqualTo(
              "atlas backups restores start pointInTime --clusterName shop"
                  + " --pointInTimeUTCSeconds 1795262400 --targetClusterName shop-95262400");
      for (Act act : acts) {
        account.arrives(act);
      }

      assertThat(account.platform().inventory().live().map(Release::id))
          .contains("pitr-1795262400");
      assertThat(account.atlas.asked())
          .filteredOn(a -> a.is("POST", ".*/restoreJobs"))
          .singleElement()
          .satisfies(a -> {
            assertThat(a.json().path("deliveryType").asString()).isEqualTo("pointInTime");
            assertThat(a.json().path("pointInTimeUTCSeconds").asLong()).isEqualTo(1795262400L);
            assertThat(a.json().has("snapshotId")).isFalse();
            assertThat(a.json().path("targetClusterName").asString()).isEqualTo("shop-95262400");
          });
    }
  }

  @Test
  void a_restore_of_a_second_whose_answer_is_lost_is_not_sent_again() throws Exception {
    try (Account account = world()) {
      account.atlas.keepsSeconds(true);
      ((Snapshotting) account.platform()).snapshot();
      List<Act> acts = account.acts("pitr-1795262400");
      account.arrives(acts.get(0));
      account.atlas.trap(1, a -> a.is("POST", ".*/restoreJobs"), new Trap.DoesAndCuts());

      assertThat(account.platform().act(acts.get(1), "key")).isInstanceOf(Outcome.Unknown.class);
      account.arrives(acts.get(1));

      assertThat(account.atlas.jobs()).isEqualTo(1);
    }
  }

  @Test
  void without_a_continuous_backup_no_second_is_kept_and_none_is_a_target() throws Exception {
    try (Account account = world()) {
      assertThatThrownBy(() -> ((Snapshotting) account.platform()).snapshot())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("continuous backup of shop is off");

      account.atlas.keepsSeconds(true);
      ((Snapshotting) account.platform()).snapshot();
      List<Act> acts = account.acts("pitr-1795262400");
      account.atlas.keepsSeconds(false);

      assertThat(account.platform().inventory().excluded())
          .anySatisfy(e -> {
            assertThat(e.id()).isEqualTo("pitr-1795262400");
            assertThat(e.reason()).contains("continuous backup");
          });
      assertThat(account.platform().act(acts.getFirst(), "key"))
          .isInstanceOf(Outcome.Refused.class);
      assertThat(account.atlas.jobs()).isZero();
    }
  }

  @Test
  void one_who_asks_is_named_and_no_more_than_one() throws Exception {
    try (Account account = world()) {
      var connection = new AtlasSettings.Connection(account.env, Optional.empty());
      var here = new Surroundings(dir, dir, InstantSource.fixed(NOON));
      var nobody =
          new AtlasSettings(
              "65f0",
              "shop",
              Optional.empty(),
              Optional.empty(),
              connection,
              Optional.empty(),
              Optional.empty());

      assertThatThrownBy(() -> new AtlasKind().open("database", nobody, here))
          .isInstanceOf(BadSettings.class)
          .hasMessageContaining("a `service-account` or an `api-key`");
    }
  }
}
