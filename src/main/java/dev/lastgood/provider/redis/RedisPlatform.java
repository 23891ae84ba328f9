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
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The generations of one scope of one Redis.
final class RedisPlatform implements Platform, Snapshotting, Retention {
  static final String KEEP = "keep-keys";
  static final String RESTORE = "restore-keys";

  private static final Duration DEADLINE = Duration.ofMinutes(10);

  private final String component;
  private final RedisScope scope;
  private final Server server;
  private final Kept kept;
  private final OneAtATime turn;
  private final Marks marks;
  private final SalvageWay salvage;
  private final Taking taking;
  private final Optional<Integer> keep;

  RedisPlatform(
      String component, RedisSettings settings, Server server, Kept kept, Surroundings here) {
    Path lock = here.state().resolve("redis-" + component + ".lock");
    this.component = component;
    this.scope = settings.scope();
    this.server = server;
    this.kept = kept;
    this.marks = new Marks(server, kept, here.clock());
    this.turn = new OneAtATime(component, lock, DEADLINE);
    this.salvage =
        new SalvageWay(
            component,
            server,
            kept,
            marks,
            settings.salvage().orElseGet(RedisSalvage::usual),
            here.state().resolve("left-out").resolve("redis-" + component).toAbsolutePath());
    this.taking = new Taking(component, server, kept, marks, lock);
    this.keep = settings.keep();
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    try {
      Marks.Now now = marks.now();
      var numbers = new TreeSet<Integer>(List.of(now.fresh(), now.live()));
      List<Kept.Copy> copies = kept.all();
      copies.stream().filter(kept::fits).forEach(c -> numbers.add(c.generation()));
      List<Release> releases = numbers.descendingSet().stream().map(this::release).toList();
      String erases =
          Generation.id(now.fresh())
              + " is the empty one: going there erases "
              + scope.says()
              + " of "
              + server.name()
              + (scope.prefixes().isEmpty() ? ", " + counted(server.count()) : "")
              + "; a restart would erase nothing";
      return new Inventory(
          now.restoring().isPresent() ? Optional.empty() : Optional.of(release(now.live())),
          releases,
          ofAnotherScope(copies, numbers),
          now.notes(),
          Map.of(Generation.id(now.fresh()), erases));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private List<Inventory.Excluded> ofAnotherScope(List<Kept.Copy> copies, Set<Integer> offered) {
    var why = new TreeMap<Integer, String>();
    for (Kept.Copy copy : copies) {
      if (!offered.contains(copy.generation())) {
        why.putIfAbsent(
            copy.generation(),
            "was kept of "
                + copy.scope()
                + ", and `scope` is now "
                + scope.says()
                + ": what it does not have would be erased for good. Set the scope it was kept of to"
                + " go there");
      }
    }
    return why.descendingMap().entrySet().stream()
        .map(e -> new Inventory.Excluded(Generation.id(e.getKey()), e.getValue()))
        .toList();
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
      Marks.Now now = marks.now();
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
      if (!fresh && salvage.fits()) {
        return List.of(salvaging(from, to, keep, from.id().equals(Generation.id(now.live()))));
      }
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

  private Method salvaging(Release from, Release to, Act keep, boolean live) throws IOException {
    SalvageWay.Forecast forecast = salvage.forecast(to.id(), live);
    Act last =
        act(
            SalvageWay.VERB,
            from,
            to,
            "make " + scope.says() + " again what they were in " + to.id() + ", key by key",
            salvage.byHand(to.id()),
            Duration.ofSeconds(5));
    return new Method(
        SalvageWay.VERB,
        "compare the keys with the kept ones, and put those back that differ",
        List.of(keep, last),
        forecast.costs(),
        forecast.losses());
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
    if (verb.equals(SalvageWay.VERB)) {
      with.put("policy", salvage.policy());
    }
    return new Act(
        component, verb, with, says, byHand, expected, expected.plus(DEADLINE), Duration.ZERO);
  }

  private boolean knows(Act act) {
    return act.verb().equals(KEEP)
        || act.verb().equals(RESTORE)
        || (act.verb().equals(SalvageWay.VERB) && salvage.fits())
        || act.verb().equals(scope.verb());
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
    boolean passed = marks.standing().equals(Optional.of(act.get("release")));
    return fresh(copy.get()) || passed
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen + ", of " + copy.get().at() + ": too old to erase after it");
  }

  private boolean fresh(Kept.Copy copy) throws IOException {
    return kept.fresh(copy) && copy.at().isAfter(marks.since());
  }

  private Sight lookMarked(Act act) throws IOException {
    Optional<String> mark = marks.standing();
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
      if (!act.get("server").equals(server.name())
          || !RedisScope.same(act.get("scope"), scope.says())) {
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
      if (act.verb().equals(SalvageWay.VERB) && !act.get("policy").equals(salvage.policy())) {
        return new Refused(
            component
                + ": the plan is for the policy "
                + act.get("policy")
                + ", the configuration says "
                + salvage.policy()
                + "; plan again");
      }
      if (look(act) instanceof Sight.Holds holds) {
        return new Done(holds.seen());
      }
      Optional<String> unfit = server.unfit();
      if (unfit.isPresent()) {
        return new Refused(component + ": " + unfit.get());
      }
      Marks.Now now = marks.now();
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
      } else {
        kept.erasing();
      }
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + words(e));
    }
    return change(act, source);
  }

  private Outcome keep(Act act) throws IOException {
    // The first generation gets its mark now: from here on a missing one means lost data.
    server.markFirst(marks.marked(act.get("from")));
    long count = kept.keep(act.get("from"), server);
    return new Done("kept " + counted(count) + " in " + kept.folder());
  }

  private Outcome change(Act act, Optional<Kept.Copy> source) {
    String to = act.get("release");
    if (act.verb().equals(SalvageWay.VERB)) {
      return source
          .map(copy -> salvage.go(act.get("from"), copy))
          .orElseGet(() -> new Refused(component + " " + to + " is not kept any more"));
    }
    try {
      if (source.isEmpty()) {
        server.erase(marks.marked(to));
        Generation.number(to).ifPresent(kept::reached);
        return new Done("erased " + scope.says());
      }
      server.erase(marks.marked(Marks.RESTORING + to));
      try (var keys = kept.read(source.get())) {
        return new Done("put " + counted(server.restore(keys, marks.marked(to))) + " back");
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
      return !marks.standing().equals(Optional.of(Marks.RESTORING + act.get("release")))
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

  @Override
  public Taken snapshot() throws PlatformUnreachable {
    return taking.take();
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    if (keep.isEmpty()) {
      return List.of();
    }
    List<String> removed = new ArrayList<>();
    try {
      String live = Generation.id(marks.now().live());
      List<Kept.Copy> copies = kept.all();
      for (Kept.Copy copy : copies.subList(Math.min(keep.get(), copies.size()), copies.size())) {
        if (!stay.contains(copy.id()) && !copy.id().equals(live)) {
          kept.remove(copy);
          removed.add(copy.id());
        }
      }
      return removed;
    } catch (IOException e) {
      throw unreachable(e);
    }
  }
}
