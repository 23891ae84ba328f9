package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Versions.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VersionsTest {
  @TempDir Path dir;

  @Test
  void two_who_keep_the_same_content_at_once_both_keep_it() throws Exception {
    Path live = dir.resolve("shop.env");
    for (int n = 0; n < 100; n++) {
      Files.writeString(live, "N=" + n + "\n");
      Path folder = dir.resolve("kept-" + n);
      var versions = new Versions(live, folder, List.of());
      Version now = versions.read().live().orElseThrow();
      var together = new CyclicBarrier(4);
      Callable<Path> keep =
          () -> {
            together.await();
            return versions.keep(now);
          };

      List<Path> copies = new ArrayList<>();
      try (var four = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Path> copy : four.invokeAll(List.of(keep, keep, keep, keep))) {
          copies.add(copy.get());
        }
      }

      assertThat(copies).hasSize(4).containsOnly(versions.keep(now));
      try (var all = Files.list(folder)) {
        assertThat(all).containsExactly(copies.getFirst());
      }
    }
  }
}
