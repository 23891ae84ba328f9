package dev.lastgood.provider.vercel;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static dev.lastgood.provider.http.Trouble.ANY;
import static dev.lastgood.provider.http.Trouble.BROKEN;
import static dev.lastgood.provider.http.Trouble.TOO_MANY;
import static dev.lastgood.provider.http.Trouble.TOO_MANY_FOR_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.rehearsal.PlayedVercel;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played Vercel.
@DisplayNameGeneration(ReplaceUnderscores.class)
class VercelPurgeTest {
  private static final String TOKEN = "vc-hunter2";
  private PlayedVercel vercel;

  @BeforeEach
  void open() throws IOException {
    vercel =
        new PlayedVercel(TOKEN, "acme", "shop", List.of("shop.example"), InstantSource.system());
  }

  @AfterEach
  void close() {
    vercel.close();
  }

  private VercelPurge purge(List<String> tags, boolean stale) {
    return purge("shop", "acme", tags, stale, TOKEN);
  }

  private VercelPurge purge(
      String project, String team, List<String> tags, boolean stale, String token) {
    return new VercelPurge(
        "frontend",
        project,
        Optional.of(team),
        tags,
        stale,
        new Secret("${env:VERCEL_TOKEN}", () -> token),
        Optional.of(vercel.url().toString()));
  }

  private static String did(VercelPurge purge) {
    return reason(purge.purge(purge.act()));
  }

  @Test
  void everything_is_the_cdn_and_the_data_cache() {
    assertThat(did(purge(List.of(), false)))
        .isEqualTo(
            "done: purged the CDN and data cache of shop: 2 of 2 requests answered with success");
    assertThat(vercel.purged())
        .containsExactly("everything of the CDN", "everything of the data cache");
    assertThat(purge(List.of(), false).act().says())
        .isEqualTo("throw away what Vercel keeps of frontend: its CDN and data cache");
    assertThat(purge(List.of(), false).act().byHand())
        .isEqualTo("vercel cache purge --type all --yes --scope acme");
  }

  @Test
  void tags_are_thrown_away_or_marked_sixteen_with_each_request() {
    List<String> tags = IntStream.range(0, 17).mapToObj(i -> "page-" + i).toList();

    assertThat(did(purge(tags, false)))
        .isEqualTo("done: purged 17 tags: 2 of 2 requests answered with success");
    assertThat(did(purge(List.of("news"), true))).startsWith("done: purged 1 tag as stale: ");
    assertThat(vercel.purged())
        .containsExactly("deleted 16 tags", "deleted 1 tags", "marked 1 tags");
    assertThat(vercel.asked())
        .allSatisfy(a -> {
          assertThat(a.query())
              .containsEntry("projectIdOrName", "shop")
              .containsEntry("slug", "acme");
          assertThat(a.json().path("target").asString()).isEqualTo("production");
        });
  }

  @Test
  void what_looks_transient_is_asked_again_since_a_second_purge_does_no_harm() {
    for (Trap trap : List.of(BROKEN, new Trap.DoesAndCuts(), new Trap.Cuts(), TOO_MANY)) {
      vercel.trap(1, ANY, trap);

      assertThat(purge(List.of("a"), false).purge(purge(List.of("a"), false).act()))
          .as("%s", trap)
          .isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void a_data_cache_that_cannot_be_purged_after_the_cdn_was_is_no_refusal() {
    vercel.trap(1, a -> a.method().equals("DELETE"), new Trap.Says(403, "{}"));

    assertThat(did(purge(List.of(), false)))
        .startsWith("unknown: 1 of 2 requests were answered, then: ");
  }

  @Test
  void trouble_that_stays_is_unknown_and_a_no_is_refused() {
    vercel.trap(4, ANY, BROKEN);
    assertThat(did(purge(List.of("a"), false))).startsWith("unknown: ");
    vercel.trap(1, ANY, TOO_MANY_FOR_LONG);
    assertThat(did(purge(List.of("a"), false))).startsWith("refused: ").contains("too many");
    assertThat(did(purge("other", "acme", List.of("a"), false, TOKEN)))
        .startsWith("refused: ")
        .contains("Project not found");
    assertThat(did(purge("shop", "others", List.of("a"), false, TOKEN)))
        .startsWith("refused: ")
        .contains("another scope");
    assertThat(did(purge("shop", "acme", List.of("a"), false, "wrong-token-9")))
        .startsWith("refused: ")
        .contains("${env:VERCEL_TOKEN}")
        .doesNotContain("wrong-token-9");
    assertThat(vercel.purged()).isEmpty();
  }

  @Test
  void a_plan_that_purges_something_else_than_is_configured_is_refused() {
    assertThat(reason(purge(List.of("a"), true).purge(purge(List.of("a"), false).act())))
        .startsWith("refused: ")
        .contains("plan again");
    assertThat(vercel.asked()).isEmpty();
  }

  @Test
  void the_token_travels_readable_nowhere_but_on_loopback() {
    assertThatThrownBy(() ->
            new VercelPurge(
                "frontend",
                "shop",
                Optional.empty(),
                List.of(),
                false,
                new Secret("t", () -> TOKEN),
                Optional.of("http://api.example")))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("https");
  }
}
