package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.ApiFaults;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What goes wrong with Atlas while it is asked to restore: the request that must not be sent
/// twice, since every one of them erases the cluster. Each world is an account of its own.
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class AtlasFaultsTest implements ApiFaults {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  /// Whether Lastgood has an API key there, and not a service account.
  boolean digest() {
    return false;
  }

  @Override
  public Restore world() throws Exception {
    Path own = Files.createDirectory(dir.resolve("w" + worlds.incrementAndGet()));
    return new Restore(new AtlasPlatformTest.Account(own), digest());
  }

  /// The new cluster is there as soon as somebody wants to restore into it.
  static final class Restore implements ApiFaults.ApiWorld {
    private final AtlasPlatformTest.Account account;
    private boolean ready;

    Restore(AtlasPlatformTest.Account account, boolean digest) {
      this.account = account;
      account.digest = digest;
    }

    @Override
    public PlayedApi api() {
      return account.atlas;
    }

    @Override
    public String token() {
      return AtlasPlatformTest.SECRET;
    }

    @Override
    public String tokenName() {
      return "${env:ATLAS_SECRET}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return account.platform(token, "shop", patience);
    }

    @Override
    public Platform elsewhere() {
      return account.platform(token(), "nowhere", PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("no cluster nowhere");
    }

    @Override
    public Act change() throws PlatformUnreachable {
      if (!ready) {
        ready = true;
        account.atlas.cluster("shop-00000001", account.started("shop-00000001"));
      }
      return account.acts().get(1);
    }

    @Override
    public boolean serves() {
      return false;
    }

    @Override
    public Predicate<Asked> request() {
      return asked -> asked.is("POST", ".*/restoreJobs");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"error\":404,\"errorCode\":\"SNAPSHOT_NOT_FOUND\"}");
    }

    @Override
    public String live() {
      return account.live();
    }

    @Override
    public String older() {
      return account.older();
    }

    @Override
    public String snapshot() throws IOException {
      return account.snapshot();
    }

    @Override
    public void remove(String id) {
      account.remove(id);
    }

    @Override
    public List<String> secrets() {
      return account.secrets();
    }

    @Override
    public void close() {
      account.close();
    }
  }
}
