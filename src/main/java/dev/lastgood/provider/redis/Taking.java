package dev.lastgood.provider.redis;

import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Keeps the keys as they are now as a generation to come back to; what is there from then on is
/// the next one.
final class Taking {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String component;
  private final Server server;
  private final Kept kept;
  private final Marks marks;
  private final Path lock;

  Taking(String component, Server server, Kept kept, Marks marks, Path lock) {
    this.component = component;
    this.server = server;
    this.kept = kept;
    this.marks = marks;
    this.lock = lock;
  }

  Taken take() throws PlatformUnreachable {
    try (SlotLock turn = SlotLock.take(lock, PATIENCE).orElse(null)) {
      if (turn == null) {
        throw new PlatformUnreachable(
            "another snapshot or a rollback of it is under way; try again after it");
      }
      return taken();
    } catch (IOException e) {
      throw new PlatformUnreachable(
          "nothing was kept. " + server.name() + ": " + Why.plain(Why.of(e), 300), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  private Taken taken() throws PlatformUnreachable, IOException {
    Optional<String> unfit = server.unfit();
    if (unfit.isPresent()) {
      throw new PlatformUnreachable("nothing was kept: " + unfit.get());
    }
    Marks.Now now = marks.now();
    if (now.restoring().isPresent()) {
      throw new PlatformUnreachable(
          "nothing was kept: putting "
              + now.restoring().get()
              + " back was cut off in the middle; finish it first: lastgood resume");
    }
    String live = Generation.id(now.live());
    String next = Generation.id(now.fresh());
    server.markFirst(marks.marked(live));
    kept.keep(live, server);
    kept.reached(now.fresh());
    server.mark(marks.marked(next));
    return new Taken(
        Release.of(component, live),
        Release.of(component, next),
        List.of("what was written while it was taken may be in it or not"));
  }
}
