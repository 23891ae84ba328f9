package dev.lastgood.config;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.decision.Policy;
import dev.lastgood.evidence.Check;
import dev.lastgood.model.Scope;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything `lastgood.yaml` says, checked.
///
/// @param file the file it was read from
/// @param state where state is kept; empty: the default folder of this person and system
/// @param soak how long a constellation must pass its checks to become known good by itself
/// @param components by name

public record SystemConfig(
    Path file,
    Scope scope,
    Optional<StateAt> state,
    Duration soak,
    SortedMap<String, ComponentConfig<?>> components,
    List<Check> checks,
    Policy decide,
    ApprovalPolicy approvals,
    After after,
    List<Teller> tell) {
  public SystemConfig {
    components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    checks = List.copyOf(checks);
    tell = List.copyOf(tell);
  }

  /// What happens when the rollback is proven.
  ///
  /// @param hold how long the bad release stays held
  /// @param watch how long to go on looking; zero: not at all
  /// @param every how often while watching
  /// @param passes how often in a row the checks must be healthy for the rollback to be proven
  /// @param patience how long the checks may take to become healthy after the last switch
  public record After(
      Duration hold, Duration watch, Duration every, int passes, Duration patience) {}

  /// State on another place than the default.
  public sealed interface StateAt {
    record Folder(Path folder) implements StateAt {}

    /// @param url JDBC URL of a PostgreSQL database
    record Database(Secret url) implements StateAt {}
  }

  /// Somebody who is told: a command that gets the message on its standard input.
  ///
  /// @param audience `team`, `customers`, or another word of the configuration
  public record Teller(String name, String audience, List<String> command, Duration timeout) {
    public Teller {
      command = List.copyOf(command);
    }
  }
}
