package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RedisServerTest extends RedisContract {
  @Override
  RedisScope scope() {
    return new RedisScope.ServerRedisScope();
  }

  @Test
  void the_whole_server_goes_and_comes_back_database_by_database() throws Exception {
    try (Cache cache = untouched("--save", "3600 1")) {
      assertThat(
              cache
                  .platform()
                  .methods(Release.of("cache", "generation-1"), Release.of("cache", "generation-2"))
                  .getFirst()
                  .losses()
                  .getFirst())
          .startsWith("6 keys (all keys of all databases)");

      cache.walk("generation-1", "generation-2");
      assertThat(cache.redis.ask(3, "DBSIZE")).isEqualTo(0L);
      assertThat(cache.redis.ask(0, "DBSIZE")).isEqualTo(1L);

      cache.walk("generation-2", "generation-1");
      assertThat(cache.redis.ask(3, "GET", "cache:a")).isEqualTo("of another database");
      assertThat(cache.redis.ask(0, "GET", "session:1")).isEqualTo("somebody is logged in");
    }
  }

  @Test
  void a_yes_to_a_prefix_is_no_yes_to_the_server() throws Exception {
    try (Cache cache = untouched()) {
      Act act =
          (Act)
              cache
                  .platform(new RedisScope.PrefixRedisScope(List.of("cache:"), Optional.empty()))
                  .methods(Release.of("cache", "generation-1"), Release.of("cache", "generation-2"))
                  .getFirst()
                  .legs()
                  .getLast();

      assertThat(cache.platform().act(act, "key")).isInstanceOf(Outcome.Refused.class);
      assertThat(cache.redis.ask(0, "DBSIZE")).isEqualTo(5L);
    }
  }

  @Test
  void what_was_kept_of_a_prefix_is_never_put_in_the_place_of_the_whole_server() throws Exception {
    var prefix = new RedisScope.PrefixRedisScope(List.of("cache:"), Optional.empty());
    try (Cache cache = new Cache(dir.resolve("narrow"), prefix, true)) {
      Platform server = cache.platform(scope());

      Inventory inventory = server.inventory();
      assertThat(inventory.releases()).extracting(Release::id).doesNotContain("generation-1");
      assertThat(inventory.excluded())
          .singleElement()
          .satisfies(e -> {
            assertThat(e.id()).isEqualTo("generation-1");
            assertThat(e.reason())
                .contains("was kept of keys cache:* of database 0")
                .contains("`scope` is now all keys of all databases");
          });
      assertThatThrownBy(() ->
              server.methods(
                  Release.of("cache", "generation-2"), Release.of("cache", "generation-1")))
          .isInstanceOf(PlatformUnreachable.class);
      assertThat(cache.platform(prefix).inventory().releases())
          .extracting(Release::id)
          .contains("generation-1");
    }
  }
}
