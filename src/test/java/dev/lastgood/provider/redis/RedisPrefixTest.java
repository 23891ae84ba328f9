package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RedisPrefixTest extends RedisContract {
  @Override
  RedisScope scope() {
    return new RedisScope.PrefixRedisScope(List.of("cache:"), Optional.empty());
  }

  @Test
  void only_the_keys_of_the_prefix_go() throws Exception {
    try (Cache cache = untouched()) {
      assertThat(cache.walk("generation-1", "generation-2"))
          .isEqualTo(new Outcome.Done("erased keys cache:* of database 0"));

      assertThat(cache.redis.ask(0, "EXISTS", "cache:a", "cache:soon", "cache:list")).isEqualTo(0L);
      assertThat(cache.redis.ask(0, "GET", "session:1")).isEqualTo("somebody is logged in");
      assertThat(cache.redis.ask(0, "GET", "cache*literally")).isEqualTo("no pattern");
      assertThat(cache.redis.ask(3, "GET", "cache:a")).isEqualTo("of another database");
    }
  }

  @Test
  void what_would_be_erased_is_counted_before_anybody_approves() throws Exception {
    try (Cache cache = untouched()) {
      Method way =
          cache
              .platform()
              .methods(Release.of("cache", "generation-1"), Release.of("cache", "generation-2"))
              .getFirst();

      assertThat(way.name()).isEqualTo("erase-prefix");
      assertThat(way.losses())
          .containsExactly(
              "3 keys (keys cache:* of database 0) of 127.0.0.1:"
                  + cache.redis.port()
                  + ", with whatever is written meanwhile");
    }
  }

  @Test
  void undo_brings_values_and_their_expiry_back_and_nothing_of_the_time_between() throws Exception {
    try (Cache cache = untouched()) {
      cache.walk("generation-1", "generation-2");
      cache.redis.ask(0, "SET", "cache:new", "written meanwhile");

      cache.walk("generation-2", "generation-1");

      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("1");
      assertThat(cache.redis.ask(0, "LRANGE", "cache:list", "0", "-1").toString()).isNotEmpty();
      assertThat((Long) cache.redis.ask(0, "TTL", "cache:soon")).isBetween(1L, 100_000L);
      assertThat(cache.redis.ask(0, "TTL", "cache:a")).isEqualTo(-1L);
      assertThat(cache.redis.ask(0, "EXISTS", "cache:new")).isEqualTo(0L);
    }
  }

  @Test
  void what_was_written_after_an_undo_is_kept_anew() throws Exception {
    try (Cache cache = untouched()) {
      cache.walk("generation-1", "generation-2");
      cache.walk("generation-2", "generation-1");
      cache.redis.ask(0, "SET", "cache:late", "written after the undo");

      cache.walk("generation-1", "generation-3");
      cache.walk("generation-3", "generation-1");

      assertThat(cache.redis.ask(0, "GET", "cache:late")).isEqualTo("written after the undo");
    }
  }

  @Test
  void the_rdb_of_the_whole_server_is_kept_and_a_server_starts_from_it() throws Exception {
    try (Cache cache = untouched()) {
      cache.walk("generation-1", "generation-2");
      Path copy = cache.copy("generation-1");
      Path other = Files.createDirectories(dir.resolve("from-rdb"));
      Files.copy(copy.resolve("dump.rdb"), other.resolve("dump.rdb"));

      try (RealRedis restored = RealRedis.in(other)) {
        assertThat(restored.ask(0, "GET", "cache:a")).isEqualTo("1");
        assertThat(restored.ask(0, "GET", "session:1")).isEqualTo("somebody is logged in");
        assertThat(restored.ask(3, "GET", "cache:a")).isEqualTo("of another database");
      }
    }
  }

  @Test
  void a_copy_that_is_too_old_is_none() throws Exception {
    try (Cache cache = untouched()) {
      List<Act> acts = cache.acts("generation-1", "generation-2");
      cache.platform().act(acts.getFirst(), "key");
      cache.time.addAndGet(Duration.ofMinutes(16).toMillis());
      String before = cache.snapshot();

      assertThat(cache.platform().look(acts.getFirst())).isInstanceOf(Sight.NotYet.class);
      assertThat(cache.platform().act(acts.getLast(), "key"))
          .isEqualTo(
              new Outcome.Refused(
                  "cache: no copy of generation-1 of the last 15 minutes is kept, so nothing is"
                      + " erased: the step keep-keys comes first"));
      assertThat(cache.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void a_damaged_copy_is_found_before_anything_is_erased() throws Exception {
    try (Cache cache = world()) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.platform().act(acts.getFirst(), "key");
      Path keys = cache.copy("generation-1").resolve("keys");
      byte[] bytes = Files.readAllBytes(keys);
      bytes[bytes.length / 2] ^= 1;
      Files.write(keys, bytes);

      Outcome outcome = cache.platform().act(acts.getLast(), "key");

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason()).contains("nothing was changed", "keys is");
      assertThatThrownBy(() -> cache.acts("generation-2", "generation-1"))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("keys is");
      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("2");
    }
  }

  @Test
  void a_keep_that_was_killed_at_any_moment_is_in_nobodys_way() throws Exception {
    try (Cache cache = world()) {
      Path unfinished = Files.createDirectory(cache.kept.resolve(".unfinished"));
      Files.writeString(unfinished.resolve(".scope.1234.new"), "half");

      assertThat(cache.walk("generation-2", "generation-1")).isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void a_scope_that_cannot_be_read_excludes_that_copy_and_no_other() throws Exception {
    try (Cache cache = world()) {
      cache.walk("generation-2", "generation-1");
      Path scope = cache.copy("generation-2").resolve("scope");
      Files.delete(scope);
      Files.createDirectory(scope);

      Inventory seen = cache.platform().inventory();

      assertThat(seen.live().map(Release::id)).contains("generation-1");
      assertThat(seen.excluded())
          .singleElement()
          .asString()
          .contains("generation-2", "a scope that cannot be read");
    }
  }

  @Test
  void the_same_prefixes_in_another_order_are_the_same_scope() throws Exception {
    try (Cache cache = world()) {
      cache.walk("generation-2", "generation-1");
      Files.writeString(
          cache.copy("generation-2").resolve("scope"), "keys page*, cache:* of database 0");
      var same = new RedisScope.PrefixRedisScope(List.of("cache:", "page"), Optional.empty());
      var other = new RedisScope.PrefixRedisScope(List.of("cache:", "p"), Optional.empty());

      assertThat(cache.platform(same).inventory().find("generation-2")).isPresent();
      assertThat(cache.platform(other).inventory().find("generation-2")).isEmpty();
    }
  }

  @Test
  void a_restart_is_no_reset() throws Exception {
    try (Cache cache = world()) {
      cache.redis.restart();

      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("2");
      assertThat(cache.platform().inventory().live().map(Release::id)).contains("generation-2");
    }
  }

  @Test
  void a_restore_that_was_cut_off_is_seen_and_done_again() throws Exception {
    try (Cache cache = world()) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.platform().act(acts.getFirst(), "key");
      cache.redis.ask(0, "DEL", "cache:a");
      cache.redis.ask(0, "SET", Server.markOf("cache"), "restoring:generation-1@1");

      assertThat(cache.platform().look(acts.getLast())).isInstanceOf(Sight.NotYet.class);
      assertThat(cache.platform().inventory().live()).isEmpty();
      assertThat(cache.platform().act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);
      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("1");
    }
  }

  @Test
  void data_that_somebody_else_erased_is_said_and_not_taken_for_the_old_generation()
      throws Exception {
    try (Cache cache = world()) {
      List<Act> acts = cache.acts("generation-2", "generation-1");
      cache.redis.ask(0, "FLUSHALL");

      assertThat(cache.platform().inventory().notes().getFirst()).startsWith("the mark is gone");
      assertThat(cache.platform().inventory().live().map(Release::id)).contains("generation-3");
      assertThat(cache.platform().look(acts.getLast())).isInstanceOf(Sight.NotYet.class);
      assertThat(cache.platform().act(acts.getFirst(), "key"))
          .isEqualTo(
              new Outcome.Refused(
                  "cache was changed after the plan was made: generation-3 is there, not"
                      + " generation-2; plan again"));
    }
  }

  @Test
  void a_user_who_may_not_erase_is_refused_and_nothing_is_lost() throws Exception {
    try (Cache cache = untouched()) {
      List<Act> acts = cache.acts("generation-1", "generation-2");
      cache.platform().act(acts.getFirst(), "key");
      cache.redis.ask(0, "ACL", "SETUSER", "default", "-unlink");

      Outcome outcome = cache.platform().act(acts.getLast(), "key");

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason()).contains("NOPERM");
      assertThat(cache.redis.ask(0, "GET", "cache:a")).isEqualTo("1");
    }
  }

  @Test
  void a_replica_is_refused() throws Exception {
    try (Cache cache = untouched();
        Cache primary = untouched()) {
      List<Act> acts = cache.acts("generation-1", "generation-2");
      cache.redis.ask(0, "REPLICAOF", "127.0.0.1", String.valueOf(primary.redis.port()));

      assertThat(cache.platform().act(acts.getFirst(), "key").toString())
          .contains("is a replica; name the primary");
    }
  }

  @Test
  void a_server_that_is_gone_is_unclear_and_refuses() throws Exception {
    Cache cache = untouched();
    List<Act> acts = cache.acts("generation-1", "generation-2");
    cache.close();

    assertThat(cache.platform().look(acts.getLast())).isInstanceOf(Sight.Unclear.class);
    assertThat(cache.platform().act(acts.getLast(), "key")).isInstanceOf(Outcome.Refused.class);
  }
}
