package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What happened to a system, told in a test line by line. Minutes count from noon; the soak is ten
/// minutes. Releases are written `backend=v1`.
final class Past {
  static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  static final Actor ADA = new Actor("ada", "ada@web1");
  static final Actor PIPELINE = new Actor("ci", "ci@build");
  static final Actor RUN = new Actor("run 20261120-1200-k7", "lastgood");
  static final Duration SOAK = Duration.ofMinutes(10);

  private final List<Deployment> deployments = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final List<Sighting> sightings = new ArrayList<>();
  private final List<Hold> holds = new ArrayList<>();

  static Instant minute(int minute) {
    return NOON.plus(Duration.ofMinutes(minute));
  }

  static Release release(String written) {
    String[] parts = written.split("=", 2);
    return Release.of(parts[0], parts[1]);
  }

  static Release release(String written, Origin origin) {
    Release plain = release(written);
    return new Release(plain.component(), plain.id(), origin, Optional.empty());
  }

  static Constellation constellation(String... written) {
    return Constellation.of(Arrays.stream(written).map(Past::release).toArray(Release[]::new));
  }

  static Origin commit(String commit) {
    return new Origin(Optional.empty(), Optional.of(commit), Optional.empty(), Optional.empty());
  }

  static Origin commitAndConfig(String commit, String config) {
    return new Origin(Optional.empty(), Optional.of(commit), Optional.of(config), Optional.empty());
  }

  static Origin schema(String revision) {
    return new Origin(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(revision));
  }

  Past deployed(int minute, Release... releases) {
    return entered(minute, PIPELINE, Deployment.RECORD, Deployment.State.LIVE, releases);
  }

  Past deployed(int minute, String... written) {
    return deployed(minute, releases(written));
  }

  Past discovered(int minute, String... written) {
    return entered(minute, RUN, Deployment.DISCOVERED, Deployment.State.LIVE, releases(written));
  }

  Past failed(int minute, Release release) {
    return entered(minute, PIPELINE, Deployment.RECORD, Deployment.State.FAILED, release);
  }

  /// What a run that rolled back leaves in the ledger.
  Past rolledBack(int minute, String from, String to) {
    mark(minute, Mark.Word.BAD, from, RUN, "rolled back from: errors", Optional.empty());
    return entered(minute, RUN, "run 20261120-1200-k7", Deployment.State.LIVE, release(to));
  }

  Past entered(int minute, Actor by, String source, Deployment.State state, Release... releases) {
    for (Release release : releases) {
      deployments.add(new Deployment(release, minute(minute), by, source, state));
    }
    return this;
  }

  Past good(int minute, String release) {
    return mark(minute, Mark.Word.GOOD, release, ADA, "checkout works", Optional.empty());
  }

  Past bad(int minute, String release) {
    return mark(minute, Mark.Word.BAD, release, ADA, "it leaks", Optional.empty());
  }

  Past mark(
      int minute,
      Mark.Word word,
      String written,
      Actor by,
      String reason,
      Optional<String> fingerprint) {
    Release about = release(written);
    marks.add(
        new Mark(about.component(), about.id(), word, minute(minute), by, reason, fingerprint));
    return this;
  }

  Past healthy(int minute, String... written) {
    sightings.add(new Sighting(minute(minute), constellation(written), true, ""));
    return this;
  }

  Past unhealthy(int minute, String... written) {
    sightings.add(new Sighting(minute(minute), constellation(written), false, "health: 500"));
    return this;
  }

  /// Deployed, and healthy for the soak time.
  Past proven(int minute, String... written) {
    return deployed(minute, written).healthy(minute, written).healthy(minute + 10, written);
  }

  Past held(int from, int until, Optional<String> component, Optional<String> release) {
    holds.add(
        new Hold(
            holds.size() + 1,
            component,
            release,
            ADA,
            "until the fix",
            minute(from),
            minute(until),
            Optional.empty()));
    return this;
  }

  Ledger at(int minute) {
    return new Ledger(
        new Scope("shop", "production"),
        SOAK,
        minute(minute),
        deployments,
        marks,
        sightings,
        holds);
  }

  /// Every component can go to all of these, newest first.
  static Map<String, Reach> reach(String... written) {
    var releases = new HashMap<String, List<Release>>();
    for (Release release : releases(written)) {
      releases.computeIfAbsent(release.component(), _ -> new ArrayList<>()).add(release);
    }
    var reach = new HashMap<String, Reach>();
    releases.forEach((component, all) -> reach.put(component, Reach.of(all)));
    return reach;
  }

  private static Release[] releases(String... written) {
    return Arrays.stream(written).map(Past::release).toArray(Release[]::new);
  }
}
