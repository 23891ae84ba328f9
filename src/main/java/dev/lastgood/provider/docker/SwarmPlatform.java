package dev.lastgood.provider.docker;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
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
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// One service of a swarm and the digests it can run.
final class SwarmPlatform implements Platform, Capturable {
  static final String KEEP = "keep-images";
  static final String UPDATE = "update-service";

  private static final int MOST = 1 << 20;
  private static final Duration QUICK = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofMinutes(20);
  private static final Duration USUAL = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofMinutes(1);

  private final String component;
  private final Swarm swarm;
  private final Images images;
  private final Duration steady;
  private final Duration timeout;
  private final Path asked;
  private final Path seen;
  private final InstantSource clock;
  private final OneAtATime turn;

  SwarmPlatform(
      String component, SwarmSettings settings, Swarm swarm, Images images, Surroundings here) {
    this.component = component;
    this.swarm = swarm;
    this.images = images;
    this.steady = settings.steady().orElse(Duration.ofSeconds(5));
    this.timeout = settings.timeout().orElse(Duration.ofMinutes(10));
    this.asked = here.state().resolve("swarm-" + component + ".asked").toAbsolutePath();
    this.seen = here.state().resolve("swarm-" + component + ".seen").toAbsolutePath();
    this.clock = here.clock();
    this.turn =
        new OneAtATime(component, here.state().resolve("swarm-" + component + ".lock"), TURN);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Swarm.Service service = swarm.service();
    Optional<String> live = Swarm.pinned(service.image());
    List<String> notes = new ArrayList<>();
    if (live.isEmpty()) {
      notes.add(
          swarm.name()
              + " runs "
              + service.image()
              + ", a tag without a digest, which may be another image tomorrow: deploy it out of a"
              + " registry");
    }
    if (!service.state().isEmpty() && !service.state().equals("completed")) {
      notes.add(swarm.name() + " is " + service.state() + ": " + service.message());
    }
    Set<String> ids = new LinkedHashSet<>();
    live.ifPresent(ids::add);
    Swarm.pinned(service.previous()).ifPresent(ids::add);
    swarm.taskImages().forEach(i -> Swarm.pinned(i).ifPresent(ids::add));
    ids.addAll(remembered());
    for (String repository : ids.stream().map(Swarm::repository).distinct().toList()) {
      ids.addAll(swarm.local(repository));
    }
    List<Release> releases = ids.stream().map(this::release).toList();
    return new Inventory(live.map(this::release), releases, List.of(), notes);
  }

  private Release release(String id) {
    return new Release(component, id, Origin.UNKNOWN, Optional.empty());
  }

  /// What Lastgood ever moved between; the swarm itself remembers five tasks.
  private List<String> remembered() throws PlatformUnreachable {
    try {
      return Files.exists(seen)
          ? AtomicFiles.read(seen, MOST).lines().flatMap(l -> Swarm.pinned(l).stream()).toList()
          : List.of();
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": " + Why.of(e), e);
    }
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    inventory().known(to);
    long version = swarm.service().version();
    Act keep =
        act(
            KEEP,
            from,
            to,
            version,
            "prove that " + to.id() + " can be had, and keep both images on this node",
            swarm.pullByHand(to.id()),
            QUICK,
            DEADLINE);
    Act update =
        act(
            UPDATE,
            from,
            to,
            version,
            "update " + swarm.name() + " to " + to.id() + ", task by task as its settings say",
            swarm.updateByHand(to.id()),
            USUAL.plus(steady),
            USUAL.plus(steady).plus(timeout));
    return List.of(
        new Method(
            "update",
            "an ordinary update to the digest, not the one step of `service rollback`",
            List.of(keep, update),
            List.of()));
  }

  private Act act(
      String verb,
      Release from,
      Release to,
      long version,
      String says,
      String byHand,
      Duration expected,
      Duration deadline) {
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "service", swarm.name(),
                "version", String.valueOf(version)));
    return new Act(component, verb, with, says, byHand, expected, deadline, Duration.ZERO);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case KEEP -> lookKept(act);
        case UPDATE -> lookUpdated(act);
        default -> new Sight.Unclear(act.unknownTo("swarm"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(component + ": " + Why.of(e));
    }
  }

  private String keptName(String pinned) {
    return images.keptName(pinned.substring(pinned.indexOf('@') + 1));
  }

  private boolean kept(String pinned) throws PlatformUnreachable {
    return images.find(pinned).filter(i -> i.names().contains(keptName(pinned))).isPresent();
  }

  private Sight lookKept(Act act) throws PlatformUnreachable {
    boolean left = images.find(act.get("from")).isEmpty() || kept(act.get("from"));
    return left && kept(act.get("release"))
        ? new Sight.Holds("kept as " + keptName(act.get("release")))
        : new Sight.NotYet("not kept on this node yet");
  }

  private Sight lookUpdated(Act act) throws PlatformUnreachable, IOException {
    String release = act.get("release");
    Swarm.Service service = swarm.service();
    String words =
        swarm.name()
            + " wants "
            + service.image()
            + (service.state().isEmpty() ? "" : ", " + service.state() + ": " + service.message());
    if (!Swarm.pinned(service.image()).equals(Optional.of(release))) {
      // With `--update-failure-action rollback` the swarm undoes what it was asked for, and forgets
      // what that was.
      boolean undone =
          service.state().startsWith("rollback")
              && (service.previous().isEmpty()
                  || Swarm.pinned(service.previous()).equals(Optional.of(release)))
              && askedSince(act, service);
      return undone
          ? new Sight.Failed("the swarm went back by itself: " + words)
          : new Sight.NotYet(words);
    }
    return switch (service.state()) {
      case "updating", "rollback_started" -> new Sight.UnderWay(words);
      case "paused", "rollback_paused" -> new Sight.Failed("the swarm paused it: " + words);
      default -> running(service, release, words);
    };
  }

  /// Whether this goal was asked for after its plan was made, and something came of it.
  private boolean askedSince(Act act, Swarm.Service service) throws IOException {
    if (!Files.exists(asked)) {
      return false;
    }
    String[] lines = AtomicFiles.read(asked, MOST).split("\n", -1);
    return lines.length == 3
        && lines[0].equals(act.get("release"))
        && Long.parseLong(lines[1]) >= Long.parseLong(act.get("version"))
        && service.version() > Long.parseLong(lines[1]);
  }

  private Sight running(Swarm.Service service, String release, String words)
      throws PlatformUnreachable {
    List<Swarm.Task> tasks = swarm.tasks();
    long settled =
        tasks.stream()
            .filter(t -> Swarm.pinned(t.image()).equals(Optional.of(release)))
            .filter(t -> t.state().equals("running"))
            .filter(t ->
                t.since()
                    .filter(s -> Duration.between(s, clock.instant()).compareTo(steady) >= 0)
                    .isPresent())
            .count();
    int wanted = service.replicas().orElse(Math.max(1, tasks.size()));
    String seenNow = words + "; " + settled + " of " + wanted + " tasks run of it";
    return settled >= wanted && settled == tasks.size()
        ? new Sight.Holds(seenNow)
        : new Sight.UnderWay(seenNow);
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case KEEP, UPDATE -> turn.act(() -> inTurn(act));
      default -> new Refused(act.unknownTo("swarm"));
    };
  }

  private Outcome inTurn(Act act) {
    String to = act.get("release");
    if (!act.get("service").equals(swarm.name())) {
      return new Refused(component + ": the plan is for " + act.get("service") + "; plan again");
    }
    if (Swarm.pinned(to).isEmpty()) {
      return new Refused(component + ": " + to + " is no image by its digest");
    }
    try {
      Sight now = look(act);
      if (now instanceof Sight.Holds || now instanceof Sight.UnderWay) {
        return new Done(now.seen());
      }
      Swarm.Service service = swarm.service();
      Optional<String> live = Swarm.pinned(service.image());
      if (!live.equals(Optional.of(act.get("from"))) && !live.equals(Optional.of(to))) {
        return new Refused(
            component
                + " was changed after the plan was made: it wants "
                + service.image()
                + ", not "
                + act.get("from")
                + "; plan again");
      }
      return act.verb().equals(KEEP) ? keep(act) : update(act, service);
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + Why.of(e));
    }
  }

  private Outcome keep(Act act) throws PlatformUnreachable, IOException {
    String to = act.get("release");
    if (images.find(to).isEmpty()) {
      Argv.End pulled = swarm.pull(to);
      if (!Docker.ended(pulled)) {
        return new Refused(
            component + ": " + to + " cannot be had. " + Docker.said("pull", pulled));
      }
    }
    for (String pinned : List.of(to, act.get("from"))) {
      if (images.find(pinned).isPresent()) {
        Argv.End tagged = swarm.tag(pinned, keptName(pinned));
        if (!Docker.ended(tagged)) {
          return new Refused(component + ": " + Docker.said("tag", tagged));
        }
      }
    }
    Set<String> all = new LinkedHashSet<>(remembered());
    all.add(act.get("from"));
    all.add(to);
    AtomicFiles.write(seen, String.join("\n", all) + "\n");
    return new Done("kept as " + keptName(to));
  }

  private Outcome update(Act act, Swarm.Service service) throws IOException, PlatformUnreachable {
    String to = act.get("release");
    if (!kept(to)) {
      return new Refused(
          component + ": " + to + " is not kept on this node: the step " + KEEP + " comes first");
    }
    AtomicFiles.write(asked, to + "\n" + service.version() + "\n");
    Argv.End end = swarm.update(to);
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 ->
          new Done("docker service update was accepted");
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.Exited(_, String output) when output.contains("update out of sequence") ->
          new Refused(component + ": somebody else changes " + swarm.name() + " right now");
      case Argv.End.Exited _, Argv.End.CutOff _ ->
          new Unknown(component + ": " + Docker.said("service update", end));
    };
  }

  /// The tasks the swarm remembers, with their errors, and the logs of the service.
  @Override
  public List<Exhibit> capture(Release release) {
    String name = component + "-tasks.txt";
    String command = "docker service ps " + swarm.name();
    List<Exhibit> exhibits = new ArrayList<>();
    try {
      exhibits.add(new Exhibit(name, command, swarm.history() + "\n"));
    } catch (PlatformUnreachable e) {
      exhibits.add(new Exhibit(name, command, String.valueOf(e.getMessage())));
    }
    exhibits.add(
        new Exhibit(
            component + "-service.log", "docker service logs " + swarm.name(), swarm.logs()));
    return exhibits;
  }
}
