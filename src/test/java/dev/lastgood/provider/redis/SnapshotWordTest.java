package dev.lastgood.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a snapshot is called, at the command line.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SnapshotWordTest {
  @TempDir Path dir;
  private final Map<String, String> environment = new TreeMap<>();

  @Test
  void it_is_not_good_by_itself_when_a_part_of_the_system_could_not_be_looked_at()
      throws Exception {
    try (RealRedis redis = RealRedis.in(dir.resolve("redis"))) {
      Files.writeString(
          dir.resolve("lastgood.yaml"),
          """
          system: shop
          components:
            cache: { platform: redis, port: %1$d, password: "${env:CACHE}", scope: { kind: database, database: 0 } }
            queue: { platform: redis, port: %1$d, password: "${env:QUEUE}", scope: { kind: database, database: 1 } }
          """
              .formatted(redis.port()));
      environment.putAll(
          Map.of(
              "LASTGOOD_STATE", dir.resolve("state").toString(),
              "HOME", dir.toString(),
              "CACHE", RealRedis.PASSWORD));
      assertThat(lastgood("record").exit()).isEqualTo(3);
      assertThat(lastgood("mark", "good", "cache").exit()).isZero();

      assertThat(lastgood("snapshot", "cache").out())
          .contains("is not known good by itself", "queue cannot be looked at", "QUEUE is not set");

      Said asJson = lastgood("snapshot", "cache", "--json");
      JsonNode taken = JsonMapper.builder().build().readTree(asJson.out());
      assertThat(taken.at("/taken/component").asString()).isEqualTo("cache");
      assertThat(taken.at("/live/id").isString()).isTrue();
      assertThat(taken.get("knownGood").asBoolean()).isFalse();
      assertThat(taken.get("says").get(0).asString()).contains("was taken");
    }
  }

  @Test
  void a_password_that_is_wrong_or_not_set_names_the_setting() throws Exception {
    try (RealRedis redis = RealRedis.in(dir.resolve("redis"))) {
      Files.writeString(
          dir.resolve("lastgood.yaml"),
          """
          system: shop
          components:
            cache: { platform: redis, port: %1$d, password: "${env:CACHE}", scope: { kind: database, database: 0 } }
            queue: { platform: redis, port: %1$d, scope: { kind: database, database: 1 } }
          """
              .formatted(redis.port()));
      environment.putAll(
          Map.of(
              "LASTGOOD_STATE", dir.resolve("state").toString(),
              "HOME", dir.toString(),
              "CACHE", "not-" + RealRedis.PASSWORD));

      Said said = lastgood("record");

      assertThat((said.out() + said.err()).replaceAll("\\s+", " "))
          .contains(
              "look at the settings `user` and `password` of the component",
              "NOAUTH",
              "set `password` of the component, and `user` if it has one")
          .doesNotContain("not-" + RealRedis.PASSWORD);
    }
  }

  private Said lastgood(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", dir.resolve("lastgood.yaml").toString()));
    return InProcess.lastgood(environment, InstantSource.system(), all.toArray(String[]::new));
  }
}
