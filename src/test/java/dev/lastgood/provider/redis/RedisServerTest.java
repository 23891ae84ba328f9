package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
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
}
