package dev.lastgood.provider.unleash;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `unleash`.
public record UnleashSettings(
    @Doc("Address of the Unleash server, e.g. https://flags.example.com; http only on loopback.")
        String baseUrl,
    @Doc("Name of the flag.") String flag,
    @Doc("Project of the flag; default: default.") Optional<String> project,
    @Doc("Environment; default: production.") Optional<String> environment,
    @Doc("Personal access token or that of a service account, e.g. ${env:UNLEASH_TOKEN}.")
        Secret token,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
