package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.plan.Work;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a promise of a plan is kept.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class ProofsTest {
  private static Work.Prove prove(int passes, String address, String... checks) {
    return new Work.Prove(
        "backend", List.of(checks), Optional.of(address), Optional.of("v1"), passes);
  }

  private static Proofs proofs() {
    var check = Some.check(Some.version(Some.http("http://shop.invalid/health"), "version"));
    return new Proofs(new Checks(Some.checker()), Map.of("health", check));
  }

  private static void say(OutputStream out, String version) throws IOException {
    String answer = "HTTP/1.1 200 OK\r\n\r\n{\"version\":\"" + version + "\"}";
    out.write(answer.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void it_holds_after_enough_healthy_rounds_in_a_row_at_the_address() {
    var version = new AtomicReference<>("v1");
    try (var server = new RudeServer((_, out) -> say(out, version.get()))) {
      var work = prove(2, server.url(""), "health");
      var first = proofs().once(work, ProofRounds.none(2));
      assertThat(first.sight())
          .isEqualTo(new Sight.UnderWay("1 of 1 checks healthy, 1 of 2 times in a row"));

      version.set("v2");
      var second = proofs().once(work, first.rounds());
      assertThat(second.sight())
          .isEqualTo(
              new Sight.UnderWay("health is unhealthy: it says version \"v2\", expected \"v1\""));
      assertThat(second.rounds()).isEqualTo(ProofRounds.none(2));

      version.set("v1");
      var third = proofs().once(work, second.rounds());
      var fourth = proofs().once(work, third.rounds());
      assertThat(third.sight()).isInstanceOf(Sight.UnderWay.class);
      assertThat(fourth.sight())
          .isEqualTo(new Sight.Holds("1 of 1 checks healthy, 2 of 2 times in a row"));
    }
  }

  @Test
  void without_checks_nothing_is_proven() {
    var round = proofs().once(prove(1, "http://127.0.0.1:1"), ProofRounds.none(1));
    assertThat(round.sight()).isInstanceOf(Sight.Failed.class);
    assertThat(round.rounds().proven()).isFalse();
  }

  @Test
  void a_check_that_is_gone_from_the_configuration_proves_nothing() {
    var round = proofs().once(prove(1, "http://127.0.0.1:1", "healht"), ProofRounds.none(1));
    assertThat(round.sight())
        .isEqualTo(
            new Sight.Failed(
                "the plan wants checks that are not configured any more: healht. Known: health"));
  }

  @Test
  void a_proof_of_no_rounds_is_none() {
    assertThatThrownBy(() -> ProofRounds.none(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
