package dev.lastgood.provider.cloudflare;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static dev.lastgood.provider.http.Trouble.ANY;
import static dev.lastgood.provider.http.Trouble.BROKEN;
import static dev.lastgood.provider.http.Trouble.HTML;
import static dev.lastgood.provider.http.Trouble.STRANGE;
import static dev.lastgood.provider.http.Trouble.TOO_MANY;
import static dev.lastgood.provider.http.Trouble.TOO_MANY_FOR_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Outcome;
import dev.lastgood.rehearsal.PlayedCloudflare;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played Cloudflare.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CloudflarePurgeTest {
  private static final String TOKEN = "cf-hunter2";
  private PlayedCloudflare cloudflare;

  @BeforeEach
  void open() throws IOException {
    cloudflare = new PlayedCloudflare(TOKEN, "zone-1");
  }

  @AfterEach
  void close() {
    cloudflare.close();
  }

  private CloudflarePurge purge(Map<String, List<String>> what) {
    return purge("zone-1", new TreeMap<>(what), TOKEN);
  }

  private CloudflarePurge purge(String zone, SortedMap<String, List<String>> what, String token) {
    return new CloudflarePurge(
        "frontend",
        zone,
        what,
        new Secret("${env:CLOUDFLARE_TOKEN}", () -> token),
        Optional.of(cloudflare.url().toString()));
  }

  private static List<String> urls(int many) {
    return IntStream.range(0, many).mapToObj(i -> "https://shop.example/" + i + ".js").toList();
  }

  private static String did(CloudflarePurge purge) {
    return reason(purge.purge(purge.act()));
  }

  @Test
  void everything_is_one_request() {
    assertThat(did(purge(Map.of())))
        .isEqualTo("done: purged everything: 1 of 1 request answered with success");
    assertThat(cloudflare.purged()).containsExactly("everything");
    assertThat(purge(Map.of()).act().says())
        .isEqualTo("throw away what Cloudflare keeps of frontend: everything");
  }

  @Test
  void more_than_a_hundred_items_are_several_requests_and_all_answers_are_counted() {
    assertThat(did(purge(Map.of("files", urls(201), "tags", List.of("page")))))
        .isEqualTo("done: purged 202 items: 4 of 4 requests answered with success");
    assertThat(cloudflare.purged()).containsExactly("files 100", "files 100", "files 1", "tags 1");
  }

  @Test
  void a_second_request_that_fails_is_not_a_refusal() {
    cloudflare.trap(1, asked -> asked.json().path("files").size() == 1, new Trap.Says(400, "{}"));

    assertThat(did(purge(Map.of("files", urls(101)))))
        .startsWith("unknown: 1 of 2 requests were answered, then: ");
  }

  @Test
  void what_looks_transient_is_asked_again_since_a_second_purge_does_no_harm() {
    for (Trap trap : List.of(BROKEN, new Trap.DoesAndCuts(), new Trap.Cuts(), TOO_MANY)) {
      cloudflare.trap(1, ANY, trap);

      assertThat(purge(Map.of()).purge(purge(Map.of()).act()))
          .as("%s", trap)
          .isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void trouble_that_stays_is_unknown_and_a_no_is_refused() {
    cloudflare.trap(4, ANY, BROKEN);
    assertThat(did(purge(Map.of()))).startsWith("unknown: ");
    cloudflare.trap(1, ANY, TOO_MANY_FOR_LONG);
    assertThat(did(purge(Map.of()))).startsWith("refused: ").contains("too many requests");
    assertThat(did(purge("zone-2", new TreeMap<>(), TOKEN)))
        .startsWith("refused: ")
        .contains("Could not route");
    assertThat(did(purge("zone-1", new TreeMap<>(), "wrong-token-9")))
        .startsWith("refused: ")
        .contains("${env:CLOUDFLARE_TOKEN}")
        .doesNotContain("wrong-token-9");
    assertThat(cloudflare.purged()).isEmpty();
  }

  @Test
  void only_a_clear_yes_counts() {
    cloudflare.trap(
        1, ANY, new Trap.Says(200, "{\"success\":false,\"errors\":[{\"message\":\"busy\"}]}"));
    assertThat(did(purge(Map.of()))).startsWith("refused: ").contains("\"busy\"", "did not purge");
    cloudflare.trap(1, ANY, STRANGE);
    assertThat(did(purge(Map.of()))).startsWith("unknown: ");
    cloudflare.trap(1, ANY, HTML);
    assertThat(did(purge(Map.of()))).startsWith("unknown: ");
  }

  @Test
  void a_token_that_may_only_look_or_is_no_longer_valid_is_refused_by_its_name() {
    cloudflare.forbidChanges();
    assertThat(did(purge(Map.of())))
        .startsWith("refused: ")
        .contains("${env:CLOUDFLARE_TOKEN} may not do this");
    cloudflare.expireToken();
    assertThat(did(purge(Map.of())))
        .startsWith("refused: ")
        .contains("${env:CLOUDFLARE_TOKEN} is wrong, expired or revoked");
    assertThat(cloudflare.purged()).isEmpty();
  }

  @Test
  void an_answer_that_never_comes_is_unknown_and_too_many_requests_are_told_with_the_wait() {
    cloudflare.trap(4, ANY, new Trap.Cuts());
    assertThat(did(purge(Map.of()))).startsWith("unknown: ").contains("it may have been done");
    cloudflare.trap(1, ANY, TOO_MANY_FOR_LONG);
    assertThat(did(purge(Map.of()))).startsWith("refused: ").contains("wait 3600 s");
  }

  @Test
  void nobody_there_is_refused_since_nothing_was_sent() {
    CloudflarePurge purge = purge(Map.of());
    cloudflare.close();

    assertThat(reason(purge.purge(purge.act()))).startsWith("refused: ");
  }

  @Test
  void a_plan_that_purges_something_else_than_is_configured_is_refused() {
    assertThat(reason(purge(Map.of()).purge(purge(Map.of("tags", List.of("a"))).act())))
        .startsWith("refused: ")
        .contains("plan again");
    assertThat(cloudflare.asked()).isEmpty();
  }
}
