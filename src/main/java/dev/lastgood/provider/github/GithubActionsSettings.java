package dev.lastgood.provider.github;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.forge.PullRequestSettings;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `github-actions`.
public record GithubActionsSettings(
    @Doc("The repository, as owner/name.") String repository,
    @Doc("The workflow that deploys: its file name, e.g. deploy.yml, or its id.") String workflow,
    @Doc("The branch it deploys from; default: main.") Optional<String> branch,
    @Doc("Token that may read and write actions, e.g. ${env:GITHUB_TOKEN}.") Secret token,
    @Doc(
            "Input of the workflow that takes the commit to deploy. The workflow's run-name must show it. Default: none,"
                + " so that commits are deployed by running their own run again.")
        Optional<String> commitInput,
    @Doc("Whether the workflow is disabled after going back; default: true.")
        Optional<Boolean> hold,
    @Doc(
            "Offers a pull request that reverts as a further way, and says who merges it. Default: not offered.")
        Optional<PullRequestSettings> pullRequest,
    @Doc("How many runs to look back; default: 100.") Optional<Integer> depth,
    @Doc("Address of the API; default: https://api.github.com.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
