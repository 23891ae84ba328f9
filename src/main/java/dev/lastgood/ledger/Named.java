package dev.lastgood.ledger;

import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.ledger.Aim.Unheard;
import dev.lastgood.ledger.Aim.WhyNot;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Names;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A target that a person named, release by release.
final class Named {
  /// As git abbreviates commits.
  private static final int SHORTEST_COMMIT = 7;

  private static final int SHOWN = 10;

  private final Ground ground;
  private final List<KnownGood> proven;

  Named(Ground ground, List<KnownGood> proven) {
    this.ground = ground;
    this.proven = proven;
  }

  /// All that is wrong is said at once.
  Aim to(Map<String, String> named) {
    List<String> unheard = new ArrayList<>();
    new TreeMap<>(named)
        .forEach((component, id) -> {
          Reach there = ground.reach().get(component);
          if (there != null && !heardOf(Release.of(component, id), there)) {
            unheard.add(
                component
                    + " has no release `"
                    + id
                    + "`"
                    + hint(id, there.releases())
                    + noTargets(there));
          }
        });
    if (!unheard.isEmpty()) {
      return new Unheard(String.join("; ", unheard));
    }
    List<String> wrong = new ArrayList<>();
    Constellation result = ground.live();
    boolean moves = false;
    for (var one : new TreeMap<>(named).entrySet()) {
      Optional<String> obstacle = obstacle(one.getKey(), one.getValue());
      if (obstacle.isPresent()) {
        wrong.add(obstacle.get());
      } else {
        Release to = Release.of(one.getKey(), one.getValue());
        moves |= !ground.isLive(to);
        result = result.with(ground.found(to));
      }
    }
    Constellation asked =
        Constellation.of(
            named.entrySet().stream()
                .map(e -> Release.of(e.getKey(), e.getValue()))
                .toArray(Release[]::new));
    if (wrong.isEmpty() && !moves) {
      wrong.add(Ground.names(asked) + (named.size() == 1 ? " is" : " are") + " live already");
    }
    return wrong.isEmpty()
        ? new Target(
            result,
            "asked for by name: " + Ground.names(asked),
            warnings(result),
            List.of(),
            List.of())
        : new NoTarget(
            "cannot go to " + Ground.names(asked) + ": " + wrong.getFirst(),
            wrong.stream().map(w -> new WhyNot(asked, w)).toList(),
            whatNow(asked));
  }

  /// People know a release by its version or commit, where platforms call it by a number of theirs.
  private static String hint(String typed, List<Release> known) {
    List<String> meant =
        known.stream()
            .filter(r ->
                r.origin().version().filter(typed::equals).isPresent()
                    || r.origin().commit().filter(c -> isShort(typed, c)).isPresent())
            .map(Release::id)
            .toList();
    return meant.isEmpty()
        ? Names.hint(typed, known.stream().map(Release::id).toList())
        : "; that is what " + String.join(" and ", meant) + " is made of: use that name";
  }

  private static boolean isShort(String typed, String commit) {
    return typed.length() >= SHORTEST_COMMIT && commit.startsWith(typed);
  }

  /// What somebody may have meant and cannot have, each with its reason.
  private static String noTargets(Reach there) {
    return there.excluded().isEmpty()
        ? ""
        : ". No target: "
            + there.excluded().entrySet().stream()
                .limit(SHOWN)
                .map(e -> "`" + e.getKey() + "` (" + e.getValue() + ")")
                .collect(Collectors.joining(", "));
  }

  private Optional<String> obstacle(String component, String id) {
    Reach there = ground.reach().get(component);
    if (there == null) {
      return Optional.of(Ground.unknownComponent(component, ground.reach()));
    }
    Release to = Release.of(component, id);
    return ground.obstacle(to).or(() -> ground.copyOfLive(to));
  }

  private boolean heardOf(Release to, Reach there) {
    return there.find(to.id()).isPresent()
        || there.excluded().containsKey(to.id())
        || there.unreachable().isPresent()
        || ground.isLive(to)
        || ground.history().releases(to.component()).stream().anyMatch(to::is);
  }

  private List<String> warnings(Constellation result) {
    List<String> warnings = new ArrayList<>();
    Optional<KnownGood> good =
        proven.stream().filter(g -> g.constellation().sameReleases(result)).findFirst();
    if (good.isEmpty()) {
      warnings.add("it is not known good: no soak and no mark speaks for " + Ground.names(result));
    }
    ground.lastWordOn(result).ifPresent(warnings::add);
    warnings.addAll(ground.warnings(result));
    return warnings;
  }

  private List<String> whatNow(Constellation asked) {
    List<String> lines = new ArrayList<>();
    for (Release wanted : asked.releases().values()) {
      if (ground.badItself(wanted)) {
        lines.add(
            "if "
                + Ground.name(wanted)
                + " is good after all, say so: `lastgood mark good "
                + Text.shellWord(wanted.component())
                + " "
                + Text.shellWord(wanted.id())
                + " --reason \"…\"`");
      }
    }
    lines.addAll(choices(asked));
    return lines;
  }

  private List<String> choices(Constellation asked) {
    return asked.releases().keySet().stream()
        .filter(c -> !ground.choices(c).isEmpty())
        .map(c ->
            c
                + " can go to "
                + ground.choices(c).stream()
                    .limit(10)
                    .map(Release::id)
                    .collect(Collectors.joining(", ")))
        .toList();
  }
}
