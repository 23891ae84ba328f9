package dev.lastgood.provider.redis;

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
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The generations of one scope of one Redis.
final class RedisPlatform implements Platform {
  static final String KEEP = "keep-keys";
  static final String RESTORE = "restore-keys";

  /// In the mark while keys are put back, so that a process that dies then is found out.
  private static final String RESTORING = "restoring:";

  /// In the mark between what stands there and since when, in milliseconds: a copy made before that
  /// has not what was written since.
  private static final String SINCE = "@";

  private static final Duration DEADLINE = Duration.ofMinutes(10);

  private final String component;
  private final RedisScope scope;
  private final Server server;
  private final Kept kept;
  private final OneAtATime turn;
  private final InstantSource clock;

  RedisPlatform(String component, RedisScope scope, Server server, Kept kept, Surroundings here) {
    this.component = component;
    this.scope = scope;
    this.server = server;
    this.kept = kept;
    this.clock = here.clock();
    this.turn =
        new OneAtATime(component, here.state().resolve("redis-" + component + ".lock"), DEADLINE);
  }

  /// @param live number of what stands there now
  /// @param fresh number of the empty one that could be gone to
  private record Now(int live, int fresh, Optional<String> restoring, List<String> notes) {}

  /// What the mark says stands there; empty when there is none.
  private Optional<String> standing() throws IOException {
    return server.mark().map(m -> m.contains(SINCE) ? m.substring(0, m.lastIndexOf(SINCE)) : m);
  }

  private Instant since() throws IOException {
    String mark = server.mark().orElse("");
    try {
      return Instant.ofEpochMilli(Long.parseLong(mark.substring(mark.lastIndexOf(SINCE) + 1)));
    } catch (NumberFormatException e) {
      // No mark, or not ours: then no copy is one of what stands there.
      return Instant.MAX;
    }
  }

  private String marked(String what) {
    return what + SINCE + clock.instant().toEpochMilli();
  }

  private Now now() throws IOException {
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
              + scope.says()
              + ", or "
              + server.name()
              + " lost its data. What is there now is taken as a new generation");
    }
    return new Now(live, Math.max(live, highest) + 1, restoring, notes);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    try {
      Now now = now();
      var numbers = new TreeSet<Integer>(List.of(now.fresh(), now.live()));
      kept.all().forEach(c -> numbers.add(c.generation()));
      List<Release> releases = numbers.descendingSet().stream().map(this::release).toList();
      List<String> notes = new ArrayList<>(now.notes());
      notes.add(
          Generation.id(now.fresh())
              + " is the empty one: going there erases "
              + scope.says()
              + " of "
              + server.name()
              + (scope.prefixes().isEmpty() ? ", " + counted(server.count()) : "")
              + "; a restart would erase nothing");
      return new Inventory(
          now.restoring().isPresent() ? Optional.empty() : Optional.of(release(now.live())),
          releases,
          List.of(),
          notes);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private PlatformUnreachable unreachable(IOException e) {
    return new PlatformUnreachable(component + ": " + words(e), e);
  }

  private String words(IOException e) {
    return server.name() + ": " + Why.plain(Why.of(e), 300);
  }

  private static String counted(long keys) {
    return keys == 1 ? "1 key" : String.format(java.util.Locale.ROOT, "%,d keys", keys);
  }

  private Release release(int number) {
    return new Release(component, Generation.id(number), Origin.UNKNOWN, Optional.empty());
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    inventory().known(to);
    try {
      Now now = now();
      boolean fresh = to.id().equals(Generation.id(now.fresh()));
      long count = server.count();
      String erased = counted(count) + " (" + scope.says() + ") of " + server.name();
      Act keep =
          act(
              KEEP,
              from,
              to,
              "keep a copy of " + erased + " in " + kept.folder(),
              shown("redis-cli", "-h", server.host(), "-p", String.valueOf(server.port()))
                  + " --rdb "
                  + Argv.quoted(kept.folder().resolve(from.id() + ".rdb").toString()),
              Duration.ofSeconds(2));
      Act last =
          fresh
              ? act(
                  scope.verb(), from, to, "erase " + erased, erasedByHand(), Duration.ofSeconds(2))
              : act(
                  RESTORE,
                  from,
                  to,
                  "erase " + erased + ", and put the keys of " + to.id() + " back",
                  erasedByHand() + " && lastgood rollback --to " + component + "=" + to.id(),
                  Duration.ofSeconds(5));
      return List.of(
          new Method(
              fresh ? scope.verb() : RESTORE,
              fresh
                  ? "erase the scope, after all of it was kept"
                  : "put kept keys back in place of those that are there",
              List.of(keep, last),
              fresh
                  ? List.of("what is cached is made anew: the first requests are slow")
                  : List.of(),
              count == 0 ? List.of() : List.of(erased + ", with whatever is written meanwhile")));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private String erasedByHand() {
    String cli = shown("redis-cli", "-e", "-h", server.host(), "-p", String.valueOf(server.port()));
    return switch (scope) {
      case RedisScope.ServerRedisScope _ -> cli + " FLUSHALL ASYNC";
      case RedisScope.DatabaseRedisScope(int database) ->
          cli + " -n " + database + " FLUSHDB ASYNC";
      case RedisScope.PrefixRedisScope prefix ->
          String.join(
              " && ",
              prefix.prefixes().stream()
                  .map(p ->
                      cli
                          + " -n "
                          + prefix.home()
                          + " --scan --pattern "
                          + Argv.quoted(Server.literally(p) + "*")
                          + " | xargs -r -d '\\n' "
                          + cli
                          + " -n "
                          + prefix.home()
                          + " UNLINK")
                  .toList());
    };
  }

  private static String shown(String... words) {
    return Argv.of(Duration.ofSeconds(1), words).shown();
  }

  private Act act(
      String verb, Release from, Release to, String says, String byHand, Duration expected) {
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "server", server.name(),
                "scope", scope.says()));
    return new Act(
        component, verb, with, says, byHand, expected, expected.plus(DEADLINE), Duration.ZERO);
  }

  private boolean knows(Act act) {
    return act.verb().equals(KEEP) || act.verb().equals(RESTORE) || act.verb().equals(scope.verb());
  }

  @Override
  public Sight look(Act act) {
    if (!knows(act)) {
      return new Sight.Unclear(act.unknownTo("redis"));
    }
    try {
      return act.verb().equals(KEEP) ? lookKept(act) : lookMarked(act);
    } catch (IOException e) {
      return new Sight.Unclear(words(e));
    }
  }

  /// Kept is what is young enough to be this run's; and when the goal beyond is reached, it was.
  private Sight lookKept(Act act) throws IOException {
    Optional<Kept.Copy> copy = kept.newest(act.get("from"));
    if (copy.isEmpty()) {
      return new Sight.NotYet("no copy of " + act.get("from"));
    }
    String seen = "a copy of " + act.get("from") + " in " + copy.get().dir();
    boolean passed = standing().equals(Optional.of(act.get("release")));
    return fresh(copy.get()) || passed
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen + ", of " + copy.get().at() + ": too old to erase after it");
  }

  private boolean fresh(Kept.Copy copy) throws IOException {
    return kept.fresh(copy) && copy.at().isAfter(since());
  }

  private Sight lookMarked(Act act) throws IOException {
    Optional<String> mark = standing();
    String seen = server.name() + " has " + mark.orElse("no mark, so the first generation");
    return mark.equals(Optional.of(act.get("release")))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  @Override
  public Outcome act(Act act, String key) {
    return knows(act) ? turn.act(() -> inTurn(act)) : new Refused(act.unknownTo("redis"));
  }

  private Outcome inTurn(Act act) {
    String to = act.get("release");
    Optional<Kept.Copy> source;
    try {
      if (!act.get("server").equals(server.name()) || !act.get("scope").equals(scope.says())) {
        return new Refused(
            component
                + ": the plan is for "
                + act.get("scope")
                + " of "
                + act.get("server")
                + ", the configuration says "
                + scope.says()
                + " of "
                + server.name()
                + "; plan again");
      }
      if (look(act) instanceof Sight.Holds holds) {
        return new Done(holds.seen());
      }
      Optional<String> unfit = server.unfit();
      if (unfit.isPresent()) {
        return new Refused(component + ": " + unfit.get());
      }
      Now now = now();
      source = kept.newest(to);
      boolean fresh = to.equals(Generation.id(now.fresh()));
      if (source.isEmpty() && !fresh) {
        return new Refused(component + " " + to + " is not kept any more; see lastgood status");
      }
      boolean mine = now.restoring().equals(Optional.of(to));
      if (!mine && !Generation.id(now.live()).equals(act.get("from"))) {
        return new Refused(
            component
                + " was changed after the plan was made: "
                + Generation.id(now.live())
                + " is there, not "
                + act.get("from")
                + "; plan again");
      }
      if (act.verb().equals(KEEP)) {
        return keep(act);
      }
      Optional<Kept.Copy> copy = kept.newest(act.get("from"));
      if (!mine && (copy.isEmpty() || !fresh(copy.get()))) {
        return new Refused(
            component
                + ": no copy of "
                + act.get("from")
                + " of the last "
                + Kept.FRESH.toMinutes()
                + " minutes is kept, so nothing is erased: the step "
                + KEEP
                + " comes first");
      }
      if (source.isPresent()) {
        kept.proven(source.get());
      }
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + words(e));
    }
    return change(act, source);
  }

  private Outcome keep(Act act) throws IOException {
    // The first generation gets its mark now: from here on a missing one means lost data.
    server.markFirst(marked(act.get("from")));
    long count = kept.keep(act.get("from"), server);
    return new Done("kept " + counted(count) + " in " + kept.folder());
  }

  private Outcome change(Act act, Optional<Kept.Copy> source) {
    String to = act.get("release");
    try {
      if (source.isEmpty()) {
        server.erase(marked(to));
        Generation.number(to).ifPresent(kept::reached);
        return new Done("erased " + scope.says());
      }
      server.erase(marked(RESTORING + to));
      try (var keys = kept.read(source.get())) {
        return new Done("put " + counted(server.restore(keys, marked(to))) + " back");
      }
    } catch (Wire.No e) {
      return stands(act)
          ? new Refused(component + ": " + words(e))
          : new Unknown(component + ": " + words(e));
    } catch (IOException e) {
      return new Unknown(component + ": it may have been erased. " + words(e));
    }
  }

  /// Whether what stood there before does so still, with every key.
  private boolean stands(Act act) {
    try {
      return !standing().equals(Optional.of(RESTORING + act.get("release")))
          && Optional.of(server.count()).equals(kept.newest(act.get("from")).map(this::countOf));
    } catch (IOException e) {
      return false;
    }
  }

  private long countOf(Kept.Copy copy) {
    try {
      return kept.proven(copy);
    } catch (IOException e) {
      return -1;
    }
  }
}
