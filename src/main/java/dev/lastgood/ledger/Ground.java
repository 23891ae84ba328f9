package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Names;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/// What a target is looked for on: the ledger, what the platforms have, and what is live.
record Ground(
    Scope scope,
    Duration soak,
    History history,
    Soaks soaks,
    BadList badList,
    SortedMap<String, Reach> reach,
    Constellation live) {

  /// Why this release cannot, or must not, be gone to.
  Optional<String> obstacle(Release to) {
    Reach there = Objects.requireNonNull(reach.get(to.component()), "unknown component");
    if (there.unreachable().isPresent()) {
      return Optional.of(to.component() + " cannot be asked: " + there.unreachable().get());
    }
    Optional<Bad> bad = badList.bad(found(to), there::fingerprint);
    if (bad.isPresent()) {
      return Optional.of(name(to) + " " + bad.get().reason());
    }
    if (isLive(to) || there.find(to.id()).isPresent()) {
      return Optional.empty();
    }
    String excluded = there.excluded().get(to.id());
    return Optional.of(
        name(to)
            + (excluded == null
                ? " is gone: its platform does not have it any more"
                : " cannot be switched to: " + excluded));
  }

  /// The same content under another name is not another state.
  Optional<String> copyOfLive(Release to) {
    Reach there = Objects.requireNonNull(reach.get(to.component()), "unknown component");
    return live.on(to.component())
        .filter(now -> !now.is(to))
        .flatMap(now ->
            Copies.how(
                    found(to), there.fingerprint(to.id()), found(now), there.fingerprint(now.id()))
                .map(how -> name(to) + " " + how + " " + now.id() + ", which is live: it stays"));
  }

  boolean isLive(Release release) {
    return History.has(live, release);
  }

  /// The release as the ledger and its platform know it.
  Release found(Release release) {
    Reach there = reach.get(release.component());
    Release known = history.known(release);
    return there == null
        ? known
        : there
            .find(release.id())
            .map(r ->
                new Release(
                    r.component(),
                    r.id(),
                    known.origin().or(r.origin()),
                    known.since().or(r::since)))
            .orElse(known);
  }

  /// A proof is about the past; when the last sighting was not healthy, the approver should know.
  Optional<String> lastWordOn(Constellation good) {
    return soaks
        .lastOf(good)
        .map(Soaks.Seen::sighting)
        .filter(s -> !s.healthy())
        .map(s ->
            "it was not healthy when it was last seen, at "
                + BadList.shown(s.at())
                + (s.says().isBlank() ? "" : ": " + s.says()));
  }

  /// What the approver must know about ending there.
  List<String> warnings(Constellation result) {
    List<String> warnings = new ArrayList<>();
    if (!ranTogether(result)) {
      warnings.add("this combination never ran together: " + names(result));
    }
    for (Release release : result.releases().values()) {
      if (isLive(release)) {
        badList
            .bad(release, id -> fingerprint(release.component(), id))
            .ifPresent(bad -> warnings.add(name(release) + " stays as it is, but " + bad.reason()));
      } else {
        otherSchema(release).ifPresent(warnings::add);
      }
    }
    return warnings;
  }

  /// Whether it is bad itself, and not as a copy of another release: a person's word can change
  /// that.
  boolean badItself(Release release) {
    return badList.bad(release, _ -> Optional.empty()).isPresent();
  }

  private Optional<String> fingerprint(String component, String id) {
    return Optional.ofNullable(reach.get(component)).flatMap(r -> r.fingerprint(id));
  }

  private Optional<String> otherSchema(Release to) {
    return live.on(to.component())
        .map(this::found)
        .filter(now ->
            now.origin().schemaRevision().isPresent()
                && to.origin().schemaRevision().isPresent()
                && !now.origin().schemaRevision().equals(to.origin().schemaRevision()))
        .map(now ->
            name(to)
                + " was made for schema revision "
                + to.origin().schemaRevision().orElseThrow()
                + ", "
                + now.id()
                + " for "
                + now.origin().schemaRevision().orElseThrow()
                + ": make sure that the older code can work on the newer schema");
  }

  /// Components nothing was ever recorded about are left out: their silence is no news.
  private boolean ranTogether(Constellation result) {
    List<Release> recorded =
        result.releases().values().stream().filter(r -> history.knows(r.component())).toList();
    return history.stretches().stream().anyMatch(s -> hasAll(s.live(), recorded))
        || soaks.sightings().stream().anyMatch(s -> hasAll(s.live(), recorded));
  }

  private static boolean hasAll(Constellation live, List<Release> releases) {
    return releases.stream().allMatch(r -> History.has(live, r));
  }

  static String name(Release release) {
    return release.component() + " " + release.id();
  }

  static String names(Constellation live) {
    return String.join(", ", live.releases().values().stream().map(Ground::name).toList());
  }

  /// Releases of the component that could be gone to and are not live, newest first.
  List<Release> choices(String component) {
    Reach there = reach.get(component);
    return there == null
        ? List.of()
        : there.releases().stream()
            .filter(r -> !isLive(r) && obstacle(r).isEmpty() && copyOfLive(r).isEmpty())
            .toList();
  }

  /// "no component is called X; did you mean …".
  static String unknownComponent(String component, Map<String, Reach> reach) {
    return "no component is called `" + component + "`" + Names.hint(component, reach.keySet());
  }
}
