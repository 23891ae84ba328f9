package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformContract;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// A process of Lastgood's own, on one port, without a proxy.
@DisplayNameGeneration(ReplaceUnderscores.class)
class InPlaceContractTest implements PlatformContract {
  @TempDir Path dir;

  @Override
  public World world() throws Exception {
    return new Bench(dir, Services.tinyServer(1), false);
  }
}
