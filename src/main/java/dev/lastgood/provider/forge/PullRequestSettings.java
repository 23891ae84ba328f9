package dev.lastgood.provider.forge;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.BadSettings;
import java.time.Duration;
import java.util.Optional;

/// How a pull request of ours comes into its branch.
public record PullRequestSettings(
    @Doc(
            "Who merges it: a person, or lastgood as soon as the rules of the branch let it; default: person.")
        Optional<Merger> merge,
    @Doc("How lastgood merges it: merge, squash or rebase; default: merge.")
        Optional<Manner> manner,
    @Doc("How long it may wait to be merged; default: 1h.") Optional<Duration> within) {
  public static final PullRequestSettings USUAL =
      new PullRequestSettings(Optional.empty(), Optional.empty(), Optional.empty());

  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  public PullRequestSettings {
    if (within.isPresent()
        && (within.get().compareTo(SHORTEST) < 0 || within.get().compareTo(LONGEST) > 0)) {
      throw new BadSettings("within", "a pull request can be waited for 10s to 24h");
    }
  }

  public enum Merger {
    PERSON,
    LASTGOOD
  }

  public enum Manner {
    MERGE,
    SQUASH,
    REBASE
  }

  boolean ours() {
    return merge.filter(m -> m == Merger.LASTGOOD).isPresent();
  }

  Manner how() {
    return manner.orElse(Manner.MERGE);
  }

  Duration atMost() {
    return within.orElse(HOUR);
  }
}
