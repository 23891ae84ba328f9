package dev.lastgood.provider.vercel;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `vercel`.
public record VercelSettings(
    @Doc("Name or id (prj_…) of the project.") String project,
    @Doc("Slug or id (team_…) of the team; default: the account of the token.")
        Optional<String> team,
    @Doc("Access token, e.g. ${env:VERCEL_TOKEN}.") Secret token,
    @Doc("Production domain that must serve the deployment too, e.g. app.example.com.")
        Optional<String> domain,
    @Doc("Key in a deployment's meta that holds the version it reports; default: githubCommitSha.")
        Optional<String> versionFrom,
    @Doc("How many deployments to look back; default: 60.") Optional<Integer> depth,
    @Doc("Address of the API; default: https://api.vercel.com.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout,
    @Doc("Time until the production domains have moved; default: 3m.")
        Optional<Duration> deadline) {}
