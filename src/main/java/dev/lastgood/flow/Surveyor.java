package dev.lastgood.flow;

import dev.lastgood.config.SecretMissing;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Asks every platform what is live, side by side, and adds what the ledger knows about each
/// release.
final class Surveyor {
  private final Map<String, Platform> platforms;
  private final InstantSource clock;

  Surveyor(Map<String, Platform> platforms, InstantSource clock) {
    this.platforms = platforms;
    this.clock = clock;
  }

  Survey survey(List<Deployment> recorded) throws InterruptedException {
    var inventories = new TreeMap<String, Inventory>();
    var unreachable = new TreeMap<String, String>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new TreeMap<String, Future<Inventory>>();
      platforms.forEach((name, platform) -> asked.put(name, tasks.submit(platform::inventory)));
      for (var answer : asked.entrySet()) {
        try {
          inventories.put(answer.getKey(), known(answer.getValue().get(), recorded));
        } catch (ExecutionException e) {
          unreachable.put(answer.getKey(), why(answer.getKey(), e.getCause()));
        }
      }
    }
    return new Survey(clock.instant(), inventories, unreachable);
  }

  /// A component whose secret is missing here is like one that does not answer: the others can go
  /// back all the same.
  private static String why(String component, @Nullable Throwable cause) {
    return switch (cause) {
      case PlatformUnreachable gone -> String.valueOf(gone.getMessage());
      case SecretMissing missing -> missing.getMessage() + ". Set it here and look again";
      case null, default -> throw new IllegalStateException(component + ": " + cause, cause);
    };
  }

  private static Inventory known(Inventory seen, List<Deployment> recorded) {
    return new Inventory(
        seen.live().map(r -> known(r, recorded)),
        seen.releases().stream().map(r -> known(r, recorded)).toList(),
        seen.excluded(),
        seen.notes(),
        seen.towards());
  }

  /// The newest record of the release fills what the platform does not know.
  private static Release known(Release seen, List<Deployment> recorded) {
    Optional<Release> record =
        recorded.reversed().stream().map(Deployment::release).filter(seen::is).findFirst();
    return record
        .map(r ->
            new Release(
                seen.component(),
                seen.id(),
                r.origin().or(seen.origin()),
                r.since().or(seen::since)))
        .orElse(seen);
  }
}
