package dev.lastgood.provider.local;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ThisMachineTest implements HostContract {
  @TempDir Path dir;

  @Override
  public Host host() {
    return Host.of(dir);
  }

  @Override
  public Path folder() {
    return dir;
  }
}
