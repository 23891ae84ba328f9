package dev.lastgood.provider.ecs;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `ecs`.
public record EcsSettings(
    @Doc("Name or ARN of the cluster.") String cluster,
    @Doc("Name of the service.") String service,
    @Doc("Region, e.g. eu-central-1.") String region,
    @Doc("Access key, e.g. ${env:AWS_ACCESS_KEY_ID}; default: what AWS tools find by themselves.")
        Optional<Secret> accessKeyId,
    @Doc("Its secret, e.g. ${env:AWS_SECRET_ACCESS_KEY}.") Optional<Secret> secretAccessKey,
    @Doc("Session token, where the access key is a temporary one.") Optional<Secret> sessionToken,
    @Doc("How many deployments to look back; default: 50.") Optional<Integer> depth,
    @Doc("Address of the API; default: the one of the region.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
