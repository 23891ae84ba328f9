package dev.lastgood.provider.launchdarkly;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `launchdarkly`.
public record LaunchDarklySettings(
    @Doc("Key of the flag.") String flag,
    @Doc("Key of its project; default: default.") Optional<String> project,
    @Doc("Key of the environment; default: production.") Optional<String> environment,
    @Doc(
            "Variation that off shall serve, by name or value, e.g. false; turning the flag off makes"
                + " it the off variation in the same request. Default: the off variation it has.")
        Optional<String> offServes,
    @Doc("API access token, e.g. ${env:LAUNCHDARKLY_TOKEN}; an SDK key cannot turn flags.")
        Secret token,
    @Doc(
            "Turn it even when a scheduled change or an approval request for the flag waits; default:"
                + " false.")
        Optional<Boolean> ignoreConflicts,
    @Doc("Address of the API; default: https://app.launchdarkly.com.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
