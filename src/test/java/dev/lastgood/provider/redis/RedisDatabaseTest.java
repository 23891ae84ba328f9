package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RedisDatabaseTest extends RedisContract {
  @Override
  RedisScope scope() {
    return new RedisScope.DatabaseRedisScope(0);
  }

  @Test
  void one_database_goes_and_the_others_stay() throws Exception {
    try (Cache cache = untouched()) {
      cache.walk("generation-1", "generation-2");

      assertThat(cache.redis.ask(0, "KEYS", "*").toString()).doesNotContain(",");
      assertThat(cache.redis.ask(0, "DBSIZE")).isEqualTo(1L);
      assertThat(cache.redis.ask(3, "GET", "cache:a")).isEqualTo("of another database");
    }
  }
}
