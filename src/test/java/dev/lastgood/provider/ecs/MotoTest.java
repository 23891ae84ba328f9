package dev.lastgood.provider.ecs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody else's idea of ECS understands our requests. It knows neither service deployments nor
/// tasks that start, so nothing can be followed to its end here.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class MotoTest {
  @TempDir Path dir;
  private final Peer moto = Peer.installed("moto_server", "pip install 'moto[server]'");
  private final Peer aws = Peer.installed("aws", "pip install awscli");

  @Test
  void moto_takes_the_update_and_has_the_revision_that_was_asked_for() throws Exception {
    int port = port();
    Process server = moto.start(dir, "-H", "127.0.0.1", "-p", "" + port);
    try {
      Until.holds("moto answers", () -> answers(port));
      run(port, "create-cluster", "--cluster-name", "prod");
      for (String tag : new String[] {"v1", "v2"}) {
        run(
            port,
            "register-task-definition",
            "--family",
            "web",
            "--container-definitions",
            "[{\"name\":\"app\",\"image\":\"shop/web:" + tag + "\",\"memory\":128}]");
      }
      run(
          port,
          "create-service",
          "--cluster",
          "prod",
          "--service-name",
          "web",
          "--task-definition",
          "web:2",
          "--desired-count",
          "1");
      Platform platform = platform(port);

      assertThat(platform.act(act("web:9"), "key")).isInstanceOf(Outcome.Refused.class);
      assertThat(platform.act(act("web:1"), "key")).isEqualTo(new Outcome.Done("accepted"));

      assertThat(run(port, "describe-services", "--cluster", "prod", "--services", "web"))
          .containsPattern("\"taskDefinition\": \"(arn:[^\"]*/)?web:1\"");
      assertThat(platform.look(act("web:1"))).isNotInstanceOf(Sight.Holds.class);
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static Act act(String to) {
    return new Act(
        "frontend",
        EcsPlatform.UPDATE,
        new TreeMap<>(
            Map.of("from", "web:2", "to", to, "after", Instant.EPOCH.toString(), "pins", "")),
        "deploy " + to,
        "aws ecs update-service",
        Duration.ofMinutes(3),
        Duration.ofMinutes(30),
        Duration.ZERO);
  }

  private static Platform platform(int port) {
    return new EcsKind()
        .open(
            "frontend",
            new EcsSettings(
                "prod",
                "web",
                "eu-central-1",
                Optional.of(new Secret("key", () -> "AKIDEXAMPLE")),
                Optional.of(new Secret("secret", () -> "s0")),
                Optional.empty(),
                Optional.empty(),
                Optional.of("http://127.0.0.1:" + port),
                Optional.of(Duration.ofSeconds(20))),
            new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
  }

  private String run(int port, String... words) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("ecs"));
    all.addAll(List.of(words));
    String said =
        aws.run(
            dir,
            Map.of(
                "AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:" + port,
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "s0",
                "AWS_DEFAULT_REGION", "eu-central-1",
                "AWS_PAGER", ""),
            all.toArray(String[]::new));
    assertThat(said).endsWith("exit 0");
    return said;
  }

  private static int port() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static boolean answers(int port) {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
