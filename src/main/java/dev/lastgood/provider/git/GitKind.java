package dev.lastgood.provider.git;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.forge.ForgeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `platform: git`.
public final class GitKind implements PlatformKind<GitSettings> {
  @Override
  public String name() {
    return "git";
  }

  @Override
  public Class<GitSettings> settings() {
    return GitSettings.class;
  }

  @Override
  public Platform open(String component, GitSettings settings, Surroundings here) {
    Duration timeout = settings.timeout().orElse(Duration.ofSeconds(60));
    Path lock = here.state().toAbsolutePath().resolve("git-" + component + ".lock");
    return switch (settings.way()) {
      case GitWay.CheckoutGitWay way -> {
        Path tree = here.base().resolve(way.path()).toAbsolutePath().normalize();
        String tags = way.tags().orElse("*");
        plain("way.tags", tags);
        yield new CheckoutPlatform(
            component, new Git(Git.at(tree), Optional.of(tree), timeout), tree, tags, lock);
      }
      case GitWay.BranchGitWay way -> {
        String branch = way.branch().orElse("main");
        plain("way.branch", branch);
        if (way.repository().startsWith("-") || way.repository().isBlank()) {
          throw new BadSettings("way.repository", "`" + way.repository() + "` is no repository");
        }
        if (way.repository().matches("[a-z+]+://[^/@]*:[^/@]*@.*")) {
          throw new BadSettings(
              "way.repository",
              "a password in an address is seen by everybody; use a key or a credential helper");
        }
        Path own = here.state().toAbsolutePath().resolve("git").resolve(component + ".git");
        var git = new Git(own, Optional.empty(), timeout);
        yield new BranchPlatform(
            component,
            new Branch(component, git, way, branch, here.base()),
            way.forge().map(f -> hosted(component, f, here)),
            settings.expected().orElse(Duration.ofMinutes(1)),
            lock);
      }
    };
  }

  private static Hosted hosted(String component, ForgeSettings forge, Surroundings here) {
    try {
      return Hosted.open(component, forge, here.clock());
    } catch (BadSettings e) {
      throw new BadSettings("way.forge." + e.key(), String.valueOf(e.getMessage()));
    }
  }

  private static void plain(String key, String name) {
    boolean fine =
        !name.isBlank()
            && !name.startsWith("-")
            && !name.contains("..")
            && name.chars().allMatch(c -> c > ' ' && c < 127 && "~^:\\".indexOf(c) < 0);
    if (!fine) {
      throw new BadSettings(key, "`" + name + "` is no name git would take");
    }
  }
}
