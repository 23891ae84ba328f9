package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformContract;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// A service with commands of its own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandsContractTest implements PlatformContract {
  @TempDir Path dir;

  @Override
  public World world() throws Exception {
    return new Bench(dir, Services.commands(dir), false);
  }
}
