package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformContract;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// Folders and a link, nothing that runs.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FilesAloneContractTest implements PlatformContract {
  @TempDir Path dir;

  @Override
  public World world() throws Exception {
    return Bench.ofFiles(dir);
  }
}
