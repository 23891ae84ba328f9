package dev.lastgood.flow;

import dev.lastgood.ledger.Hold;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is live, is it healthy, is it known good, and where could we go back to.
///
/// @param checks by name: `healthy: …`; empty when nothing was measured
/// @param knownGood why what is live is known good; empty when it is not, and when a component
///   could not be seen
/// @param target where a full rollback would go now, in words; or why nowhere
public record Status(
    Instant at,
    String system,
    String environment,
    List<Line> components,
    SortedMap<String, Seen> checks,
    Optional<String> knownGood,
    Target target,
    List<Hold> holds,
    Optional<Busy> run) {
  public Status {
    components = List.copyOf(components);
    checks = Collections.unmodifiableSortedMap(new TreeMap<>(checks));
    holds = List.copyOf(holds);
  }

  /// Components whose platform could not say what is live.
  public List<String> unseen() {
    return components.stream()
        .filter(line -> line.trouble().isPresent())
        .map(Line::component)
        .toList();
  }

  /// @param live the release that serves; empty: none, or its platform is unreachable
  /// @param trouble why the platform could not say; empty when it could
  /// @param recorded whether the ledger knows that this release went live
  public record Line(
      String component,
      String platform,
      Optional<String> live,
      Optional<String> version,
      Optional<Instant> since,
      Optional<String> bad,
      boolean recorded,
      Optional<String> trouble,
      List<String> notes) {
    public Line {
      notes = List.copyOf(notes);
    }
  }

  public record Seen(String word, String says) {}

  /// @param releases by component; empty when there is no target
  public record Target(SortedMap<String, String> releases, String why) {
    public Target {
      releases = Collections.unmodifiableSortedMap(new TreeMap<>(releases));
    }
  }

  /// @param says what it is doing or waiting for, and what to type
  public record Busy(String run, String purpose, String says) {}
}
