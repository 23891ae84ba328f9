package dev.lastgood.provider.redis;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the mark at the server and the folder of copies say together: which generation is there.
final class Marks {
  /// In the mark while keys are put back, so that a process that dies then is found out.
  static final String RESTORING = "restoring:";

  /// In the mark between what stands there and since when, in milliseconds: a copy made before that
  /// has not what was written since.
  private static final String SINCE = "@";

  private final Server server;
  private final Kept kept;
  private final InstantSource clock;

  Marks(Server server, Kept kept, InstantSource clock) {
    this.server = server;
    this.kept = kept;
    this.clock = clock;
  }

  /// @param live number of what stands there now
  /// @param fresh number of the empty one that could be gone to
  record Now(int live, int fresh, Optional<String> restoring, List<String> notes) {}

  /// What the mark says stands there; empty when there is none.
  Optional<String> standing() throws IOException {
    return server.mark().map(m -> m.contains(SINCE) ? m.substring(0, m.lastIndexOf(SINCE)) : m);
  }

  Instant since() throws IOException {
    String mark = server.mark().orElse("");
    try {
      return Instant.ofEpochMilli(Long.parseLong(mark.substring(mark.lastIndexOf(SINCE) + 1)));
    } catch (NumberFormatException e) {
      // No mark, or not ours: then no copy is one of what stands there.
      return Instant.MAX;
    }
  }

  String marked(String what) {
    return what + SINCE + clock.instant().toEpochMilli();
  }

  Now now() throws IOException {
    Optional<String> mark = standing();
    int highest = kept.highest();
    Optional<String> restoring =
        mark.filter(m -> m.startsWith(RESTORING)).map(m -> m.substring(RESTORING.length()));
    Optional<Integer> marked = mark.flatMap(Generation::number);
    List<String> notes = new ArrayList<>();
    // The first generation has no mark, and gets one when it is kept.
    int live = marked.orElse(highest + 1);
    restoring.ifPresent(r -> notes.add("putting " + r + " back was cut off in the middle"));
    if (mark.isEmpty() && highest > 0) {
      notes.add(
          "the mark is gone: somebody else erased "
              + server.scope().says()
              + ", or "
              + server.name()
              + " lost its data. What is there now is taken as a new generation");
    }
    return new Now(live, Math.max(live, highest) + 1, restoring, notes);
  }
}
