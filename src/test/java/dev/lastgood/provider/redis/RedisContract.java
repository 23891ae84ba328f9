package dev.lastgood.provider.redis;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;

/// The contract on a real Redis that was erased once: the first generation is kept, the second is
/// there.
abstract class RedisContract implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  abstract RedisScope scope();

  @Override
  public Cache world() throws Exception {
    return new Cache(dir.resolve("w" + worlds.incrementAndGet()), scope(), true);
  }

  Cache untouched(String... options) throws Exception {
    return new Cache(dir.resolve("w" + worlds.incrementAndGet()), scope(), false, options);
  }

  static final class Cache implements PlatformContract.World {
    final RealRedis redis;
    final Path kept;
    final AtomicLong time = new AtomicLong(Instant.parse("2026-11-21T09:00:00Z").toEpochMilli());
    Optional<RedisSalvage> salvage = Optional.empty();
    Optional<Integer> keep = Optional.empty();
    private final Path dir;
    private final RedisScope scope;

    Cache(Path dir, RedisScope scope, boolean erasedOnce, String... options) throws Exception {
      this.dir = dir;
      this.scope = scope;
      kept = dir.resolve("kept");
      Files.createDirectories(dir.resolve("state"));
      redis = RealRedis.in(dir.resolve("redis"), options);
      redis.ask(0, "SET", "cache:a", "1");
      redis.ask(0, "SET", "cache:soon", "x", "EX", "100000");
      redis.ask(0, "RPUSH", "cache:list", "l1", "l2");
      redis.ask(0, "SET", "cache*literally", "no pattern");
      redis.ask(0, "SET", "session:1", "somebody is logged in");
      redis.ask(3, "SET", "cache:a", "of another database");
      if (erasedOnce) {
        walk("generation-1", "generation-2");
        redis.ask(0, "SET", "cache:a", "2");
        redis.ask(0, "SET", "session:1", "somebody else");
      }
    }

    /// A clock that never says the same time twice.
    private InstantSource clock() {
      return () -> Instant.ofEpochMilli(time.incrementAndGet());
    }

    @Override
    public Platform platform() {
      return platform(scope);
    }

    Platform platform(RedisScope scope) {
      return platform(scope, redis.port());
    }

    Platform platform(RedisScope scope, int port) {
      return new RedisKind()
          .open(
              "cache", settings(scope, port), new Surroundings(dir, dir.resolve("state"), clock()));
    }

    RedisSettings settings(RedisScope scope) {
      return settings(scope, redis.port());
    }

    private RedisSettings settings(RedisScope scope, int port) {
      return new RedisSettings(
          Optional.empty(),
          Optional.of(port),
          Optional.empty(),
          Optional.empty(),
          Optional.of(new Secret("${env:REDIS}", () -> RealRedis.PASSWORD)),
          scope,
          salvage,
          Optional.of(kept),
          Optional.empty(),
          keep,
          Optional.empty(),
          Optional.empty());
    }

    List<Act> acts(String from, String to) throws Exception {
      return platform()
          .methods(Release.of("cache", from), Release.of("cache", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    Outcome walk(String from, String to) throws Exception {
      Outcome last = new Outcome.Refused("no act");
      for (Leg leg : acts(from, to)) {
        last = platform().act((Act) leg, "key");
      }
      return last;
    }

    Path copy(String generation) throws IOException {
      try (var copies = Files.list(kept)) {
        return copies
            .filter(c -> c.getFileName().toString().startsWith(generation + "-"))
            .findFirst()
            .orElseThrow();
      }
    }

    @Override
    public String live() {
      return "generation-2";
    }

    @Override
    public String older() {
      return "generation-1";
    }

    @Override
    public String snapshot() throws Exception {
      var all = new StringBuilder();
      for (int database : List.of(0, 3)) {
        try (Wire wire = redis.wire()) {
          wire.ask("SELECT", String.valueOf(database));
          List<String> keys = new ArrayList<>();
          for (Object key : (List<?>) wire.ask("KEYS", "*")) {
            keys.add(new String((byte[]) key, java.nio.charset.StandardCharsets.UTF_8));
          }
          for (String key : new TreeSet<>(keys)) {
            all.append(database).append(' ').append(key).append(' ');
            all.append(HexFormat.of().formatHex((byte[]) wire.ask("DUMP", key))).append('\n');
          }
        }
      }
      if (Files.exists(kept)) {
        try (var copies = Files.list(kept)) {
          copies.sorted().forEach(c -> all.append(c.getFileName()).append('\n'));
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      try (var files = Files.walk(kept)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          if (kept.relativize(file).toString().startsWith(id + "-")) {
            Files.delete(file);
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of(RealRedis.PASSWORD);
    }

    @Override
    public void close() {
      redis.close();
    }
  }
}
