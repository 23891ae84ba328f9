package dev.lastgood.provider.git;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A working tree whose releases are the commits of its tags. A tag may be moved; a commit cannot.
final class CheckoutPlatform implements Platform {
  static final String CHECK_OUT = "check-out";
  private static final int MOST = 50;
  private static final int NAMED = 10;
  private static final Duration USUAL = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final String component;
  private final Git git;
  private final Path tree;
  private final String tags;
  private final OneAtATime turn;

  CheckoutPlatform(String component, Git git, Path tree, String tags, Path lock) {
    this.component = component;
    this.git = git;
    this.tree = tree;
    this.tags = tags;
    this.turn = new OneAtATime(component, lock, DEADLINE);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Map<String, Release> releases = new LinkedHashMap<>();
    String head = head();
    String refs =
        said(
            "for-each-ref",
            "--sort=-creatordate",
            "--sort=-version:refname",
            "--count=" + MOST,
            "--format=%(objectname) %(*objectname) %(creatordate:unix) %(refname:strip=2)",
            "refs/tags/" + tags);
    for (String line : refs.lines().filter(l -> !l.isBlank()).toList()) {
      String[] parts = line.split(" ", 4);
      if (parts.length < 4) {
        throw new PlatformUnreachable(component + ": git answered in an unknown way");
      }
      // An annotated tag is an object of its own; the second is the commit it points at.
      String commit = parts[1].isEmpty() ? parts[0] : parts[1];
      releases.putIfAbsent(
          commit, release(commit, Optional.of(parts[3]), Long.parseLong(parts[2])));
    }
    List<String> notes = new ArrayList<>();
    releases.computeIfAbsent(
        head,
        h -> {
          notes.add("what is checked out has no tag " + tags);
          return release(h, Optional.empty(), 0);
        });
    List<String> changed = changed();
    if (!changed.isEmpty()) {
      notes.add(tree + " was edited by hand, so it is not switched: " + String.join(", ", changed));
    }
    return new Inventory(
        Optional.ofNullable(releases.get(head)), List.copyOf(releases.values()), List.of(), notes);
  }

  private Release release(String commit, Optional<String> tag, long at) {
    return new Release(
        component,
        commit,
        new Origin(tag, Optional.of(commit), Optional.empty(), Optional.empty()),
        at > 0 ? Optional.of(Instant.ofEpochSecond(at)) : Optional.empty());
  }

  private String said(String... words) throws PlatformUnreachable {
    try {
      return git.said(words);
    } catch (PlatformUnreachable e) {
      throw new PlatformUnreachable(component + ": " + tree + ": " + e.getMessage(), e);
    }
  }

  private String head() throws PlatformUnreachable {
    return said("rev-parse", "--verify", "HEAD");
  }

  /// Tracked files that are not as in the commit.
  private List<String> changed() throws PlatformUnreachable {
    return said("diff", "--name-only", "HEAD").lines().limit(NAMED).toList();
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    if (!isCommit(to.id())) {
      inventory().known(to);
    }
    Act act =
        new Act(
            component,
            CHECK_OUT,
            new TreeMap<>(Map.of("from", from.id(), "release", to.id(), "path", tree.toString())),
            "check out " + to.label() + " in " + tree,
            Argv.of(DEADLINE, "git", "-C", tree.toString(), "checkout", "--detach", to.id())
                .shown(),
            USUAL,
            DEADLINE,
            Duration.ZERO);
    return List.of(
        new Method(
            "check-out",
            "check out the commit; files that git does not know stay",
            List.of(act),
            List.of(
                "files change one after the other; what runs keeps the old ones until it is started"
                    + " anew")));
  }

  private boolean isCommit(String id) throws PlatformUnreachable {
    boolean hex =
        id.length() >= 40 && id.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
    return hex && git.find(id + "^{commit}").isPresent();
  }

  @Override
  public Sight look(Act act) {
    if (!act.verb().equals(CHECK_OUT)) {
      return new Sight.Unclear(act.unknownTo("git"));
    }
    try {
      String head = head();
      if (!head.equals(act.get("release"))) {
        return new Sight.NotYet(tree + " is at " + head);
      }
      List<String> changed = changed();
      return changed.isEmpty()
          ? new Sight.Holds(tree + " is at " + head)
          : new Sight.NotYet(tree + " is at " + head + " but for " + String.join(", ", changed));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    return act.verb().equals(CHECK_OUT)
        ? turn.act(() -> inTurn(act))
        : new Refused(act.unknownTo("git"));
  }

  private Outcome inTurn(Act act) {
    try {
      if (!act.get("path").equals(tree.toString())) {
        return new Refused(component + ": the plan is for " + act.get("path") + "; plan again");
      }
      if (look(act) instanceof Sight.Holds holds) {
        return new Done(holds.seen());
      }
      if (!isCommit(act.get("release"))) {
        return new Refused(
            component + " " + act.get("release") + " is not in " + tree + " any more");
      }
      String head = head();
      if (!head.equals(act.get("from")) && !head.equals(act.get("release"))) {
        return new Refused(
            component
                + " was changed after the plan was made: it is at "
                + head
                + ", not "
                + act.get("from")
                + "; plan again");
      }
      List<String> changed = changed();
      if (!changed.isEmpty()) {
        return new Refused(
            component
                + ": "
                + tree
                + " was edited by hand, and nothing of that is thrown away: "
                + String.join(", ", changed)
                + ". Commit or remove it, then go on");
      }
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    }
    return checkedOut(act);
  }

  private Outcome checkedOut(Act act) {
    return switch (git.ask("checkout", "-q", "--detach", act.get("release"))) {
      case Argv.Reply.Answer(int code, _, _) when code == 0 ->
          new Done("checked out " + act.get("release"));
      case Argv.Reply.Answer said ->
          new Outcome.Unknown(component + ": git checkout: " + said.lastLine());
      case Argv.Reply.None(String reason, boolean ran) ->
          ran ? new Unknown(component + ": " + reason) : new Refused(component + ": " + reason);
    };
  }
}
