package dev.lastgood.rehearse;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.forge.DeploySettings;
import dev.lastgood.provider.forge.DeploySettings.WorkflowDeploySettings;
import dev.lastgood.provider.forge.ForgeSettings;
import dev.lastgood.provider.git.GitSettings;
import dev.lastgood.provider.git.GitWay;
import dev.lastgood.provider.github.GithubActionsSettings;
import dev.lastgood.rehearsal.BareRepository;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedCommits;
import dev.lastgood.rehearsal.PlayedGithub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Components that are code: a made-up repository in a folder of the stage, and its host played.
final class Repositories {
  private static final String GOOD = "c0ffee1" + "0".repeat(33);
  private static final String BAD = "badc0de" + "0".repeat(33);
  private static final String MERGED =
      "that somebody merges the pull request: it was merged at once";

  private Repositories() {}

  static Staged<GithubActionsSettings> actions(
      GithubActionsSettings real, Seed seed, InstantSource clock, Secret token) throws IOException {
    var played =
        new PlayedGithub(
            token.reveal(),
            real.repository(),
            real.workflow(),
            clock,
            new PlayedCommits(),
            real.branch().orElse("main"));
    played.mergesAtOnce("merge");
    boolean madeUp = seed.good().equals(Seed.MADE_UP.good());
    played.deployed(madeUp ? GOOD : seed.good());
    var settings =
        new GithubActionsSettings(
            real.repository(),
            real.workflow(),
            real.branch(),
            token,
            real.commitInput(),
            real.hold(),
            real.pullRequest(),
            real.depth(),
            Optional.of(played.url().toString()),
            real.timeout());
    List<String> unproven =
        new ArrayList<>(
            List.of("that " + real.workflow() + " deploys the commit it is given, and shows it"));
    real.pullRequest().ifPresent(_ -> unproven.add(MERGED));
    return new Staged<>(
        settings, Optional.of(played), () -> played.deployed(madeUp ? BAD : seed.bad()), unproven);
  }

  static Staged<GitSettings> git(GitSettings real, Path folder, InstantSource clock, Secret token)
      throws IOException {
    return switch (real.way()) {
      case GitWay.BranchGitWay way -> branch(real, way, folder, clock, token);
      case GitWay.CheckoutGitWay _ -> checkout(real, folder);
    };
  }

  private static Staged<GitSettings> branch(
      GitSettings real, GitWay.BranchGitWay way, Path folder, InstantSource clock, Secret token)
      throws IOException {
    String branch = way.branch().orElse("main");
    var repository = new BareRepository(folder.resolve("repository.git"));
    repository.write(branch, "rehearsed", "good\n", "A release of a rehearsal");
    List<String> unproven =
        new ArrayList<>(List.of("its real repository, its history, and who may push to it"));
    Optional<PlayedGithub> played = Optional.empty();
    Optional<ForgeSettings> forge = Optional.empty();
    if (way.forge().isPresent()) {
      ForgeSettings.GithubForgeSettings host = github(way.forge().get());
      played = Optional.of(protectedOn(host, repository, branch, clock, token));
      forge = Optional.of(led(host, played.get(), token));
      unproven.add("whether " + branch + " is protected: here it was");
      host.deploy().ifPresent(_ -> unproven.add("that a push really deploys: here a workflow ran"));
      unproven.add(MERGED);
    }
    var settings =
        new GitSettings(
            new GitWay.BranchGitWay(
                repository.folder().toString(),
                way.branch(),
                way.history(),
                way.single(),
                way.author(),
                forge),
            real.timeout(),
            real.expected());
    return new Staged<>(
        settings,
        played.map(PlayedApi.class::cast),
        () -> repository.write(branch, "rehearsed", "bad\n", "A failing release"),
        unproven);
  }

  private static ForgeSettings.GithubForgeSettings github(ForgeSettings forge) {
    return switch (forge) {
      case ForgeSettings.GithubForgeSettings github -> github;
    };
  }

  private static PlayedGithub protectedOn(
      ForgeSettings.GithubForgeSettings host,
      BareRepository repository,
      String branch,
      InstantSource clock,
      Secret token)
      throws IOException {
    var played =
        new PlayedGithub(
            token.reveal(), host.repository(), workflow(host), clock, repository, branch);
    repository.protect(branch);
    played.asksForPullRequests();
    played.mergesAtOnce("merge");
    return played;
  }

  /// Others report their deploys to GitHub by themselves; on the stage its own workflow stands for
  /// them.
  private static Optional<DeploySettings> deploy(ForgeSettings.GithubForgeSettings host) {
    return host.deploy()
        .map(d -> new WorkflowDeploySettings(workflow(host), d.appears(), d.takes()));
  }

  private static String workflow(ForgeSettings.GithubForgeSettings host) {
    return host.deploy()
        .map(d -> d instanceof WorkflowDeploySettings w ? w.workflow() : "deploy")
        .orElse("deploy");
  }

  private static ForgeSettings led(
      ForgeSettings.GithubForgeSettings host, PlayedGithub played, Secret token) {
    return new ForgeSettings.GithubForgeSettings(
        host.repository(),
        token,
        host.pullRequest(),
        deploy(host),
        Optional.of(played.url().toString()),
        host.timeout());
  }

  private static Staged<GitSettings> checkout(GitSettings real, Path folder) throws IOException {
    var repository = new BareRepository(folder.resolve("repository.git"));
    String good = repository.write("main", "rehearsed", "good\n", "A release of a rehearsal");
    repository.tag("v1", good);
    String bad = repository.write("main", "rehearsed", "bad\n", "A failing release");
    repository.tag("v2", bad);
    Path tree = folder.resolve("tree");
    repository.checkOut(good, tree);
    var settings =
        new GitSettings(
            new GitWay.CheckoutGitWay(tree, Optional.empty()), real.timeout(), real.expected());
    return new Staged<>(
        settings,
        Optional.empty(),
        () -> repository.checkOut(bad, tree),
        List.of("its real working tree, what was edited in it, and its tags"));
  }
}
