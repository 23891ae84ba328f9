package dev.lastgood.provider.ecs;

import dev.lastgood.model.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ecs.EcsClient;

/// Opens the SDK. A class of its own, so that nothing of the SDK is loaded before.
final class Opened {
  private Opened() {}

  static EcsClient client(EcsSettings settings, Duration patience) {
    return opened(EcsClient.builder(), settings.baseUrl(), settings, patience);
  }

  static CloudWatchLogsClient logs(EcsSettings settings, Duration patience) {
    // another address of ECS, an endpoint in a private network, is none of the logs
    return opened(
        CloudWatchLogsClient.builder(),
        settings.baseUrl().filter(u -> u.startsWith("http:")),
        settings,
        patience);
  }

  private static <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C opened(
      B builder, Optional<String> address, EcsSettings settings, Duration patience) {
    builder
        .region(Region.of(settings.region()))
        .credentialsProvider(provider(settings))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(5))
                .socketTimeout(patience.plusSeconds(1)))
        .overrideConfiguration(c ->
            c.retryStrategy(AwsRetryStrategy.doNotRetry())
                .addExecutionInterceptor(new BoundedAnswers()));
    address.ifPresent(url -> builder.endpointOverride(URI.create(url)));
    return builder.build();
  }

  private static AwsCredentialsProvider provider(EcsSettings settings) {
    if (settings.accessKeyId().isEmpty() || settings.secretAccessKey().isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    Secret id = settings.accessKeyId().get();
    Secret secret = settings.secretAccessKey().get();
    return () ->
        settings.sessionToken().isPresent()
            ? AwsSessionCredentials.create(
                id.reveal(), secret.reveal(), settings.sessionToken().get().reveal())
            : AwsBasicCredentials.create(id.reveal(), secret.reveal());
  }
}
