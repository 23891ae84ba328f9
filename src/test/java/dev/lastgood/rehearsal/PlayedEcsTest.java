package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Amazon's own command line tool takes the played ECS for the real one.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlayedEcsTest {
  @TempDir Path dir;
  private final Peer aws = Peer.installed("aws", "pip install awscli");

  private String run(PlayedEcs played, String... words) throws Exception {
    var all = new ArrayList<>(List.of("ecs"));
    all.addAll(List.of(words));
    return aws.run(
        dir,
        Map.of(
            "AWS_ENDPOINT_URL_ECS", played.url().toString(),
            "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "s0",
            "AWS_DEFAULT_REGION", "eu-central-1",
            "AWS_MAX_ATTEMPTS", "1",
            "AWS_PAGER", ""),
        all.toArray(String[]::new));
  }

  private static PlayedEcs played() throws Exception {
    var played = new PlayedEcs("AKIDEXAMPLE", "prod", "web", InstantSource.system());
    played.deployed("web:1");
    played.deployed("web:2");
    return played;
  }

  @Test
  void its_tool_describes_the_service_and_lists_its_deployments() throws Exception {
    try (var played = played()) {
      assertThat(run(played, "describe-services", "--cluster", "prod", "--services", "web"))
          .contains("task-definition/web:2", "\"rolloutState\": \"COMPLETED\"")
          .endsWith("exit 0");
      assertThat(run(played, "list-service-deployments", "--cluster", "prod", "--service", "web"))
          .contains("service-deployment/prod/web/2", "\"status\": \"SUCCESSFUL\"")
          .endsWith("exit 0");
    }
  }

  @Test
  void its_tool_goes_back_to_a_revision_and_waits_until_it_is_steady() throws Exception {
    try (var played = played()) {
      String said =
          run(
              played,
              "update-service",
              "--cluster",
              "prod",
              "--service",
              "web",
              "--task-definition",
              "web:1");

      assertThat(said).contains("task-definition/web:1").endsWith("exit 0");
      assertThat(played.primary()).isEqualTo("web:1");
      run(played, "describe-services", "--cluster", "prod", "--services", "web");
      assertThat(run(played, "wait", "services-stable", "--cluster", "prod", "--services", "web"))
          .endsWith("exit 0");
    }
  }

  /// The trap of a written runbook.
  @Test
  void its_tool_knows_no_previous_revision() throws Exception {
    try (var played = played()) {
      assertThat(
              run(
                  played,
                  "update-service",
                  "--cluster",
                  "prod",
                  "--service",
                  "web",
                  "--task-definition",
                  "web:previous"))
          .contains("InvalidParameterException", "Invalid revision number")
          .doesNotEndWith("exit 0");
      assertThat(played.primary()).isEqualTo("web:2");
    }
  }

  /// Another one: a service that is not there is exit 0.
  @Test
  void its_tool_is_content_with_a_service_that_is_not_there() throws Exception {
    try (var played = played()) {
      assertThat(run(played, "describe-services", "--cluster", "prod", "--services", "webb"))
          .contains("MISSING")
          .endsWith("exit 0");
    }
  }

  @Test
  void its_tool_stops_a_deployment_and_ecs_goes_back() throws Exception {
    try (var played = played()) {
      played.deploys("web:3", 1_000);

      String said =
          run(
              played,
              "stop-service-deployment",
              "--service-deployment-arn",
              "arn:aws:ecs:eu-central-1:000000000000:service-deployment/prod/web/3",
              "--stop-type",
              "ROLLBACK");

      assertThat(said).contains("service-deployment/prod/web/3").endsWith("exit 0");
      assertThat(played.primary()).isEqualTo("web:2");
    }
  }

  @Test
  void its_tool_says_why_a_key_is_not_accepted() throws Exception {
    try (var played = played()) {
      played.expireToken();

      assertThat(run(played, "list-service-deployments", "--cluster", "prod", "--service", "web"))
          .contains("UnrecognizedClientException")
          .doesNotEndWith("exit 0");
    }
  }
}
