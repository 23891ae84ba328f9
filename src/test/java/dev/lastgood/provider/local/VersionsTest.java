package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Versions.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

  @Test
  void of_very_many_copies_the_newest_count_and_the_others_can_be_removed() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "LIVE=1\n");
    Path folder = Files.createDirectories(dir.resolve("kept"));
    for (int n = 0; n < 2100; n++) {
      byte[] content = ("N=" + n + "\n").getBytes(StandardCharsets.UTF_8);
      Path copy = folder.resolve(String.format("2026%04dT000000Z-%s", n, ContentId.of(content)));
      Files.write(copy, content);
      Files.setLastModifiedTime(copy, FileTime.fromMillis(n * 1000L));
    }
    var versions = new Versions(live, folder, List.of());

    assertThat(versions.read().all()).hasSize(1001);
    assertThat(versions.read().find(id("N=2099\n"))).isPresent();
    assertThat(versions.read().excluded()).singleElement().asString().contains("more than 1000");

    assertThat(versions.prune(3, Set.of(id("N=5\n")))).hasSize(2096);
    assertThat(versions.read().all())
        .extracting(Version::id)
        .containsExactly(
            id("LIVE=1\n"), id("N=2099\n"), id("N=2098\n"), id("N=2097\n"), id("N=5\n"));
  }

  @Test
  void a_damaged_copy_is_kept_anew() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "A=1\n");
    var versions = new Versions(live, dir.resolve("kept"), List.of());
    Path copy = versions.keep(versions.read().live().orElseThrow());
    Files.writeString(copy, "A=");
    Version again = versions.read().find(id("A=1\n")).orElseThrow();
    assertThat(again.kept()).isFalse();

    versions.keep(again);

    assertThat(versions.read().find(id("A=1\n")))
        .hasValueSatisfying(v -> assertThat(v.kept()).isTrue());
    assertThat(copy).hasContent("A=1\n");
  }

  private static String id(String content) {
    return ContentId.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
