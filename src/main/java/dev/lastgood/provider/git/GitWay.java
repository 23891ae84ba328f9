package dev.lastgood.provider.git;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.forge.ForgeSettings;
import java.nio.file.Path;
import java.util.Optional;

/// How a repository is deployed.
public sealed interface GitWay {
  /// What is pushed to a branch goes live.
  ///
  /// @param repository anything `git clone` takes, without a password in it
  public record BranchGitWay(
      @Doc("Address or path of the repository.") String repository,
      @Doc("Branch whose head is live; default main.") Optional<String> branch,
      @Doc("How many commits back are offered; default 30.") Optional<Integer> history,
      @Doc("How many single commits are offered for reverting; default 5.")
          Optional<Integer> single,
      @Doc("Who makes the commit, as `Name <address>`.") Optional<String> author,
      @Doc(
              "Where the repository is hosted: for a pull request where the branch is protected, and to follow the deploy.")
          Optional<ForgeSettings> forge)
      implements GitWay {}

  /// A working tree is what runs.
  public record CheckoutGitWay(
      @Doc("Folder of the working tree.") Path path,
      @Doc("Tags that are releases, as a pattern; default *.") Optional<String> tags)
      implements GitWay {}
}
