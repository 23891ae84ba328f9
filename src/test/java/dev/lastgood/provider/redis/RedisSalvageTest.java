package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A restore point before a deploy, and the way back to it that loses nothing users wrote since.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RedisSalvageTest extends RedisContract {
  @Override
  RedisScope scope() {
    return new RedisScope.PrefixRedisScope(List.of("cache:", "cart:"), Optional.empty());
  }

  /// The restore point is generation-1, what is there is generation-2, and every way of having been
  /// written since is in both prefixes.
  private Cache deployed(RedisSalvage policy) throws Exception {
    Cache cache = untouched();
    cache.salvage = Optional.of(policy);
    for (String prefix : List.of("cache:", "cart:")) {
      cache.redis.ask(0, "SET", prefix + "same", "same");
      cache.redis.ask(0, "SET", prefix + "changed", "good");
      cache.redis.ask(0, "SET", prefix + "removed", "good");
    }
    snapshot(cache);
    for (String prefix : List.of("cache:", "cart:")) {
      cache.redis.ask(0, "SET", prefix + "changed", "of users");
      cache.redis.ask(0, "SET", prefix + "written", "of users");
      cache.redis.ask(0, "DEL", prefix + "removed");
    }
    return cache;
  }

  private static Snapshotting.Taken snapshot(Cache cache) throws Exception {
    return ((Snapshotting) cache.platform()).snapshot();
  }

  private static RedisSalvage policy() {
    return new RedisSalvage(List.of("cart:"), List.of(), Optional.empty());
  }

  private static String said(Outcome outcome) {
    return outcome instanceof Outcome.Done(String receipt) ? receipt : "not done: " + outcome;
  }

  private List<JsonNode> leftOut(Cache cache) throws IOException {
    Path folder = cache.kept.resolveSibling("state").resolve("left-out").resolve("redis-cache");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      var lines = new java.util.ArrayList<JsonNode>();
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(JsonMapper.shared().readTree(line));
        }
      }
      return lines;
    }
  }

  @Test
  void a_snapshot_is_a_generation_to_come_back_to_and_users_go_on() throws Exception {
    try (Cache cache = untouched()) {
      Snapshotting.Taken taken = snapshot(cache);

      assertThat(taken.kept().id()).isEqualTo("generation-1");
      assertThat(taken.live().id()).isEqualTo("generation-2");
      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("1");
      assertThat(cache.platform().inventory().live().map(Release::id)).contains("generation-2");
      assertThat(cache.platform().inventory().releases())
          .extracting(Release::id)
          .containsExactly("generation-3", "generation-2", "generation-1");
    }
  }

  @Test
  void keys_become_what_they_were_except_where_the_live_state_counts() throws Exception {
    try (Cache cache = deployed(policy())) {
      assertThat(said(cache.walk("generation-2", "generation-1")))
          .startsWith(
              "keys of the prefixes: 5 as they were, 3 made so again, 3 left as they are; 4 values"
                  + " left out, with the reasons, in ");

      assertThat(cache.redis.ask(0, "MGET", "cache:changed", "cache:removed").toString())
          .isNotEmpty();
      assertThat(cache.redis.ask(0, "GET", "cache:changed")).isEqualTo("good");
      assertThat(cache.redis.ask(0, "GET", "cache:removed")).isEqualTo("good");
      assertThat(cache.redis.ask(0, "EXISTS", "cache:written")).isEqualTo(0L);
      assertThat(cache.redis.ask(0, "GET", "cart:changed")).isEqualTo("of users");
      assertThat(cache.redis.ask(0, "GET", "cart:written")).isEqualTo("of users");
      assertThat(cache.redis.ask(0, "EXISTS", "cart:removed")).isEqualTo(0L);
      assertThat(cache.redis.ask(0, "GET", "session:1")).isEqualTo("somebody is logged in");
      assertThat(cache.platform().inventory().live().map(Release::id)).contains("generation-1");
    }
  }

  @Test
  void the_plan_counts_by_prefix_what_will_happen_and_changes_nothing() throws Exception {
    try (Cache cache = deployed(policy())) {
      String before = cache.snapshot();

      Method way =
          cache
              .platform()
              .methods(Release.of("cache", "generation-2"), Release.of("cache", "generation-1"))
              .getFirst();

      assertThat(way.name()).isEqualTo("salvage-keys");
      assertThat(way.costs())
          .containsExactly(
              "keys that differ from generation-1 go by the policy: cart:* keep-live, others ask",
              "since generation-1: cache:*: 1 written, 1 changed, 1 removed; they become what they"
                  + " were",
              "since generation-1: cart:*: 1 written, 1 changed, 1 removed; they stay as they are");
      assertThat(way.losses())
          .containsExactly(
              "2 values written since generation-1, as of now; each goes into a file before it"
                  + " makes room");
      assertThat(cache.snapshot()).isEqualTo(before);
      assertThat(leftOut(cache)).isEmpty();
    }
  }

  @Test
  void where_everything_stays_nothing_is_lost_and_nobody_is_asked_about_losses() throws Exception {
    try (Cache cache =
        deployed(new RedisSalvage(List.of(), List.of(), Optional.of(Ambiguous.KEEP_LIVE)))) {
      assertThat(
              cache
                  .platform()
                  .methods(Release.of("cache", "generation-2"), Release.of("cache", "generation-1"))
                  .getFirst()
                  .losses())
          .isEmpty();
    }
  }

  @Test
  void every_value_that_was_not_taken_is_in_the_file_with_the_reason() throws Exception {
    try (Cache cache = deployed(policy())) {
      cache.walk("generation-2", "generation-1");

      assertThat(leftOut(cache))
          .extracting(l ->
              l.path("key").asString()
                  + " "
                  + l.path("what").asString()
                  + " "
                  + l.path("value-of").asString()
                  + " "
                  + l.path("kind").asString())
          .containsExactlyInAnyOrder(
              "cache:written written live string",
              "cache:changed changed live string",
              "cart:changed changed kept string",
              "cart:removed removed kept string");
      assertThat(leftOut(cache))
          .extracting(l -> l.path("why").asString())
          .contains(
              "changed since generation-1, and nobody decided: the kept state counts (ask)",
              "changed since generation-1: the live state counts (keep-live)");
    }
  }

  @Test
  void a_line_of_the_file_can_be_put_back_by_hand() throws Exception {
    try (Cache cache = deployed(policy());
        Wire wire = cache.redis.wire()) {
      cache.walk("generation-2", "generation-1");
      JsonNode line =
          leftOut(cache).stream()
              .filter(l -> l.path("key").asString().equals("cache:written"))
              .findFirst()
              .orElseThrow();

      wire.send(
          Wire.bytes("RESTORE"),
          Base64.getDecoder().decode(line.path("key-base64").asString()),
          Wire.bytes("0"),
          Base64.getDecoder().decode(line.path("dump-base64").asString()));
      wire.answer();

      assertThat(cache.redis.ask(0, "GET", "cache:written")).isEqualTo("of users");
    }
  }

  @Test
  void undo_brings_back_what_made_room_and_keeps_what_users_wrote_meanwhile() throws Exception {
    try (Cache cache = deployed(policy())) {
      cache.walk("generation-2", "generation-1");
      cache.redis.ask(0, "SET", "cart:late", "after the rollback");
      cache.redis.ask(0, "SET", "cache:late", "after the rollback");

      cache.walk("generation-1", "generation-2");

      assertThat(cache.redis.ask(0, "GET", "cache:written")).isEqualTo("of users");
      assertThat(cache.redis.ask(0, "GET", "cache:changed")).isEqualTo("of users");
      assertThat(cache.redis.ask(0, "EXISTS", "cache:removed")).isEqualTo(0L);
      assertThat(cache.redis.ask(0, "GET", "cart:written")).isEqualTo("of users");
      assertThat(cache.redis.ask(0, "GET", "cart:late")).isEqualTo("after the rollback");
      assertThat(cache.redis.ask(0, "EXISTS", "cache:late")).isEqualTo(0L);
      assertThat(leftOut(cache))
          .anySatisfy(l -> assertThat(l.path("key").asString()).isEqualTo("cache:late"));
    }
  }

  @Test
  void after_lastgood_erased_all_of_it_nothing_counts_as_removed_by_users() throws Exception {
    try (Cache cache = untouched()) {
      cache.salvage = Optional.of(policy());
      cache.redis.ask(0, "SET", "cart:1", "of a user");
      cache.walk("generation-1", "generation-2");
      cache.redis.ask(0, "SET", "cart:2", "of a user, after the erasing");

      cache.walk("generation-2", "generation-1");

      assertThat(cache.redis.ask(0, "GET", "cart:1")).isEqualTo("of a user");
      assertThat(cache.redis.ask(0, "GET", "cart:2")).isEqualTo("of a user, after the erasing");
      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("1");
    }
  }

  @Test
  void another_kind_of_value_and_another_expiry_are_changes() throws Exception {
    try (Cache cache = untouched()) {
      cache.redis.ask(0, "SET", "cache:kind", "x");
      snapshot(cache);
      cache.redis.ask(0, "DEL", "cache:kind");
      cache.redis.ask(0, "SADD", "cache:kind", "x");
      cache.redis.ask(0, "EXPIRE", "cache:a", "500");
      cache.redis.ask(0, "PERSIST", "cache:soon");

      cache.walk("generation-2", "generation-1");

      assertThat(cache.redis.ask(0, "GET", "cache:kind")).isEqualTo("x");
      assertThat(cache.redis.ask(0, "TTL", "cache:a")).isEqualTo(-1L);
      assertThat((Long) cache.redis.ask(0, "TTL", "cache:soon")).isBetween(1L, 100_000L);
      assertThat(leftOut(cache)).extracting(l -> l.path("kind").asString()).contains("set");
    }
  }

  @Test
  void keys_whose_time_ran_out_meanwhile_do_not_come_back() throws Exception {
    try (Cache cache = untouched()) {
      cache.redis.ask(0, "SET", "cache:brief", "x", "PX", "300");
      snapshot(cache);
      Until.holds(
          "it ran out",
          () -> {
            try {
              return cache.redis.ask(0, "EXISTS", "cache:brief").equals(0L);
            } catch (IOException e) {
              return false;
            }
          });

      assertThat(said(cache.walk("generation-2", "generation-1")))
          .contains("0 made so again", "1 ran out meanwhile");
      assertThat(cache.redis.ask(0, "EXISTS", "cache:brief")).isEqualTo(0L);
    }
  }

  @Test
  void keys_and_values_are_bytes_and_large_ones_pass() throws Exception {
    try (Cache cache = untouched();
        Wire wire = cache.redis.wire()) {
      byte[] key = {'c', 'a', 'c', 'h', 'e', ':', 0, '\n', '\r', (byte) 0xff, '*', ' '};
      byte[] good = new byte[10 << 20];
      new java.util.Random(7).nextBytes(good);
      byte[] bad = good.clone();
      bad[bad.length - 1] ^= 1;
      set(wire, key, good);
      snapshot(cache);
      set(wire, key, bad);

      cache.walk("generation-2", "generation-1");

      wire.send(Wire.bytes("GET"), key);
      assertThat(Arrays.equals((byte[]) wire.answer(), good)).isTrue();
      JsonNode line = leftOut(cache).getFirst();
      assertThat(line.path("key").asString()).isEqualTo("cache:\\x00\\x0a\\x0d\\xff* ");
      assertThat(Base64.getDecoder().decode(line.path("key-base64").asString())).isEqualTo(key);
    }
  }

  private static void set(Wire wire, byte[] key, byte[] value) throws IOException {
    wire.send(Wire.bytes("SET"), key, value);
    wire.answer();
  }

  @Test
  void many_keys_are_compared_in_passes_and_each_is_accounted_for() throws Exception {
    try (Cache cache = untouched()) {
      try (Wire wire = cache.redis.wire()) {
        for (int i = 0; i < 3000; i++) {
          wire.ask("SET", "cache:n" + i, "v" + i);
        }
        snapshot(cache);
        for (int i = 0; i < 3000; i += 3) {
          wire.ask("SET", "cache:n" + i, "changed");
          wire.ask("SET", "cache:new" + i, "written");
        }
      }
      var settings = cache.settings(scope());
      var server = new Server("cache", settings);
      var kept = new Kept(cache.kept, () -> java.time.Instant.EPOCH, 1 << 30, true, scope().says());

      Tally tally =
          new Salvaging(
                  server, kept, kept.newest("generation-1").orElseThrow(), policy(), false, 700)
              .count();

      assertThat(tally.lines())
          .containsExactly(
              "cache:*: 1000 written, 1000 changed, 0 removed; they become what they were");
      assertThat(tally.same).isEqualTo(2003);
    }
  }

  @Test
  void a_key_that_is_written_in_the_moment_of_its_exchange_is_read_again() throws Exception {
    try (Cache cache = untouched();
        Wire wire = cache.redis.wire()) {
      cache.redis.ask(0, "SET", "cache:hot", "1");
      var seen = new java.util.ArrayList<Integer>();
      var exchange =
          new Exchange(
              wire,
              (_, _, payload) -> {
                seen.add(payload.length);
                if (seen.size() == 1) {
                  cache.redis.ask(0, "SET", "cache:hot", "a longer value of a user");
                }
              });

      assertThat(exchange.of(Wire.bytes("cache:hot"), Optional.empty()))
          .isEqualTo(Exchange.End.DONE);
      assertThat(seen).hasSize(2);
      assertThat(seen.get(1)).isGreaterThan(seen.get(0));
    }
  }

  @Test
  void a_key_that_is_written_all_the_time_is_never_taken_away() throws Exception {
    try (Cache cache = untouched();
        Wire wire = cache.redis.wire()) {
      cache.redis.ask(0, "SET", "cache:hot", "0");
      var exchange = new Exchange(wire, (_, _, _) -> cache.redis.ask(0, "INCR", "cache:hot"));

      assertThat(exchange.of(Wire.bytes("cache:hot"), Optional.empty()))
          .isEqualTo(Exchange.End.BUSY);
      assertThat(cache.redis.ask(0, "EXISTS", "cache:hot")).isEqualTo(1L);
    }
  }

  @Test
  void what_a_process_that_died_began_is_finished_and_its_file_stays() throws Exception {
    try (Cache cache = deployed(policy())) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.platform().act(acts.getFirst(), "key");
      cache.platform().act(acts.getLast(), "key");
      cache.redis.ask(0, "SET", Server.markOf("cache"), "restoring:generation-1@1");
      cache.redis.ask(0, "SET", "cache:changed", "again of users");

      assertThat(cache.platform().look(acts.getLast())).isInstanceOf(Sight.NotYet.class);
      assertThat(cache.platform().inventory().live()).isEmpty();
      assertThat(cache.platform().act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(cache.redis.ask(0, "GET", "cache:changed")).isEqualTo("good");
      assertThat(leftOut(cache))
          .filteredOn(l -> l.path("key").asString().equals("cache:changed"))
          .hasSize(2);
    }
  }

  @Test
  void a_user_without_the_right_to_restore_is_refused_and_the_mark_is_as_before() throws Exception {
    try (Cache cache = deployed(policy())) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.platform().act(acts.getFirst(), "key");
      cache.redis.ask(0, "ACL", "SETUSER", "default", "-restore", "-unlink");
      String before = cache.snapshot();

      Outcome outcome = cache.platform().act(acts.getLast(), "key");

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason()).contains("nothing was changed", "NOPERM");
      assertThat(cache.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void a_policy_that_was_changed_after_the_plan_was_approved_is_refused() throws Exception {
    try (Cache cache = deployed(policy())) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.salvage = Optional.of(RedisSalvage.usual());

      assertThat(cache.platform().act(acts.getLast(), "key"))
          .isEqualTo(
              new Outcome.Refused(
                  "cache: the plan is for the policy cart:* keep-live, others ask, the"
                      + " configuration says others ask; plan again"));
    }
  }

  @Test
  void no_snapshot_of_a_replica_or_of_one_node_of_a_cluster() throws Exception {
    try (Cache primary = untouched();
        Cache cache = untouched();
        RealRedis node = RealRedis.in(dir.resolve("node"), "--cluster-enabled", "yes")) {
      cache.redis.ask(0, "REPLICAOF", "127.0.0.1", String.valueOf(primary.redis.port()));
      assertThatThrownBy(() -> snapshot(cache))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("is a replica; name the primary");

      assertThatThrownBy(() -> ((Snapshotting) cache.platform(scope(), node.port())).snapshot())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("is one node of a cluster");
    }
  }

  @Test
  void no_more_copies_than_wanted_are_kept_and_the_good_ones_stay() throws Exception {
    try (Cache cache = untouched()) {
      cache.keep = Optional.of(2);
      for (int n = 0; n < 4; n++) {
        snapshot(cache);
      }

      assertThat(((Retention) cache.platform()).prune(Set.of("generation-1")))
          .containsExactly("generation-2");
      assertThat(cache.platform().inventory().releases())
          .extracting(Release::id)
          .containsExactly(
              "generation-6", "generation-5", "generation-4", "generation-3", "generation-1");
    }
  }

  @Test
  void a_policy_for_keys_that_are_none_of_the_component_is_a_mistake() throws Exception {
    try (Cache cache = untouched()) {
      cache.salvage =
          Optional.of(new RedisSalvage(List.of("session:"), List.of(), Optional.empty()));
      assertThatThrownBy(cache::platform)
          .isInstanceOf(BadSettings.class)
          .hasMessageContaining("no key of the scope begins with session:");

      cache.salvage = Optional.of(RedisSalvage.usual());
      assertThatThrownBy(() -> cache.platform(new RedisScope.ServerRedisScope()))
          .isInstanceOf(BadSettings.class);
    }
  }
}
