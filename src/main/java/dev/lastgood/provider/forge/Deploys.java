package dev.lastgood.provider.forge;

import dev.lastgood.provider.PlatformUnreachable;
import java.time.Duration;

/// The deploys that pushes set off.
public interface Deploys {
  /// For people: "deploy.yml".
  String name();

  /// The deploy of that very commit.
  ///
  /// @param branch where it was pushed to
  Seen of(String commit, String branch) throws PlatformUnreachable;

  /// What a person types to see it.
  String byHand();

  /// How soon one must show up.
  Duration appears();

  /// How long one may take.
  Duration takes();

  /// How far it is.
  sealed interface Seen {
    String says();

    record None(String says) implements Seen {}

    record Going(String says) implements Seen {}

    record Good(String says) implements Seen {}

    record Bad(String says) implements Seen {}
  }
}
