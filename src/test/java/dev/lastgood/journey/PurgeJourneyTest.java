package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.http.Trouble;
import dev.lastgood.rehearsal.PlayedCloudflare;
import dev.lastgood.rehearsal.PlayedVercel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a CDN keeps of the failed release goes with it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PurgeJourneyTest {
  @TempDir Path dir;

  private static void configure(SmallSystem system, PlayedCloudflare cloudflare)
      throws IOException {
    system.environment("CLOUDFLARE_TOKEN", "cf-hunter2");
    system.configure(
        "purge:\n  - component: backend\n    cloudflare: { zone: zone-1, token:"
            + " \"${env:CLOUDFLARE_TOKEN}\", tags: [pages], base-url: \""
            + cloudflare.url()
            + "\" }\n");
  }

  @Test
  void it_is_purged_once_when_its_component_has_moved_and_again_by_the_undo() throws Exception {
    try (SmallSystem system = SmallSystem.inPlace(dir);
        var cloudflare = new PlayedCloudflare("cf-hunter2", "zone-1")) {
      configure(system, cloudflare);
      assertThat(system.does("plan", "backend").out())
          .contains("throw away what Cloudflare keeps of backend: 1 tags");
      assertThat(cloudflare.asked()).as("a plan asks nothing").isEmpty();

      system.does("rollback", "--yes", "backend");

      assertThat(cloudflare.purged()).containsExactly("tags 1");
      assertThat(system.lastgood("show").out()).doesNotContain("hunter2");

      system.does("undo", "--yes");

      assertThat(cloudflare.purged()).containsExactly("tags 1", "tags 1");
    }
  }

  @Test
  void a_purge_that_is_refused_asks_a_person_and_can_be_tried_again() throws Exception {
    try (SmallSystem system = SmallSystem.inPlace(dir);
        var cloudflare = new PlayedCloudflare("cf-hunter2", "zone-1")) {
      configure(system, cloudflare);
      cloudflare.trap(1, Trouble.ANY, Trouble.TOO_MANY_FOR_LONG);

      Said said = system.lastgood("rollback", "--yes", "backend");

      assertThat(said.exit()).as("%s", said).isNotZero();
      assertThat(said.out() + said.err()).contains("too many requests");
      assertThat(cloudflare.purged()).isEmpty();

      system.does("resume", "--choose", "retry");

      assertThat(cloudflare.purged()).containsExactly("tags 1");
    }
  }

  @Test
  void what_vercel_keeps_goes_too() throws Exception {
    try (SmallSystem system = SmallSystem.inPlace(dir);
        var vercel =
            new PlayedVercel(
                "vc-hunter2", "acme", "shop", List.of("shop.example"), InstantSource.system())) {
      system.environment("VERCEL_TOKEN", "vc-hunter2");
      system.configure(
          "purge:\n  - component: backend\n    vercel: { project: shop, team: acme, token:"
              + " \"${env:VERCEL_TOKEN}\", everything: true, base-url: \""
              + vercel.url()
              + "\" }\n");

      system.does("rollback", "--yes", "backend");

      assertThat(vercel.purged())
          .containsExactly("everything of the CDN", "everything of the data cache");
      assertThat(system.lastgood("show").out())
          .contains("throw away what Vercel keeps of backend: its CDN and data cache: done")
          .doesNotContain("hunter2");
    }
  }
}
