package dev.lastgood.provider.docker;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One service of a Compose project and the images it can run.
final class ComposePlatform implements Platform, Capturable {
  static final String KEEP = "keep-images";
  static final String PIN = "pin-image";
  static final String UP = "up-service";

  /// Three restarts are no accident.
  private static final int LOOP = 3;

  private static final Duration QUICK = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Duration STARTING = Duration.ofSeconds(10);

  private final String component;
  private final Optional<String> repository;
  private final Project project;
  private final Images images;
  private final Pin pin;
  private final Duration steady;
  private final InstantSource clock;
  private final OneAtATime turn;

  ComposePlatform(
      String component,
      ComposeSettings settings,
      Project project,
      Images images,
      Pin pin,
      Surroundings here) {
    this.component = component;
    this.repository = settings.repository();
    this.project = project;
    this.images = images;
    this.pin = pin;
    this.steady = settings.steady().orElse(Duration.ofSeconds(5));
    this.clock = here.clock();
    this.turn =
        new OneAtATime(
            component,
            here.state().resolve("compose-" + component + ".lock"),
            project.timeout().plus(DEADLINE));
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    List<Project.Container> containers = project.containers();
    Optional<String> live = live(containers);
    List<String> notes = new ArrayList<>();
    if (live.isEmpty() || containers.stream().anyMatch(c -> !well(c))) {
      notes.add(shown(containers));
    }
    Set<String> ids = new LinkedHashSet<>();
    containers.forEach(c -> ids.add(c.image()));
    Set<String> pinned = pinned(live, notes);
    ids.addAll(pinned);
    ids.addAll(images.candidates(repository, project.labels()));
    List<Images.Image> known = images.known(ids);
    List<Inventory.Excluded> excluded = new ArrayList<>();
    for (String id : pinned) {
      if (known.stream().noneMatch(i -> i.id().equals(id))) {
        excluded.add(new Inventory.Excluded(id, "the image is not on this machine any more"));
      }
    }
    List<Release> releases = new ArrayList<>();
    known.stream()
        .filter(i -> live.equals(Optional.of(i.id())))
        .forEach(i -> releases.add(release(i, containers)));
    known.stream()
        .filter(i -> !live.equals(Optional.of(i.id())))
        .forEach(i -> releases.add(release(i, containers)));
    return new Inventory(
        releases.stream().filter(r -> live.equals(Optional.of(r.id()))).findFirst(),
        releases,
        excluded,
        notes);
  }

  private Set<String> pinned(Optional<String> live, List<String> notes) throws PlatformUnreachable {
    try {
      pin.image()
          .filter(now -> !live.equals(Optional.of(now)))
          .ifPresent(now ->
              notes.add(
                  pin.file()
                      + " pins "
                      + now
                      + ", which does not run: is it among the Compose files of your deploy?"));
      return pin.all();
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": " + Why.of(e), e);
    }
  }

  private Release release(Images.Image image, List<Project.Container> containers) {
    Optional<Instant> since =
        containers.stream()
            .filter(c -> c.image().equals(image.id()))
            .flatMap(c -> c.created().stream())
            .min(Instant::compareTo);
    return new Release(component, image.id(), image.origin(), since);
  }

  /// The one image all containers are of that run; when none runs, that all dead ones are of.
  private static Optional<String> live(List<Project.Container> containers) {
    List<Project.Container> running =
        containers.stream().filter(c -> c.status().equals("running")).toList();
    Set<String> of =
        (running.isEmpty() ? containers : running)
            .stream().map(Project.Container::image).collect(Collectors.toSet());
    return of.size() == 1 ? of.stream().findFirst() : Optional.empty();
  }

  private static boolean well(Project.Container container) {
    return container.status().equals("running")
        && !container.health().equals("unhealthy")
        && container.restarts() < LOOP;
  }

  private String shown(List<Project.Container> containers) {
    return containers.isEmpty()
        ? project.says() + " has no container"
        : containers.stream().map(Project.Container::inWords).collect(Collectors.joining("; "));
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    inventory().known(to);
    Duration expected = STARTING.plus(steady);
    String name = from.label() + " and " + to.id();
    Act keep =
        act(
            KEEP,
            from,
            to,
            "keep the images of " + name + " under names of their own",
            images.keptByHand(from.id()) + " && " + images.keptByHand(to.id()),
            QUICK,
            DEADLINE,
            Duration.ZERO);
    Act pinned =
        act(
            PIN,
            from,
            to,
            "pin " + project.says() + " to " + to.id() + " in " + pin.file(),
            "printf %s "
                + Argv.quoted(pin.text(to.id()))
                + " > "
                + Argv.quoted(pin.file().toString()),
            QUICK,
            DEADLINE,
            Duration.ZERO);
    Act up =
        act(
            UP,
            from,
            to,
            "bring " + project.says() + " up as pinned, and wait until it is healthy",
            project.upByHand(),
            expected,
            expected.plus(project.timeout().multipliedBy(2)).plus(DEADLINE),
            STARTING);
    return List.of(
        new Method(
            "pin",
            "pin the image by its digest and bring this one service up",
            List.of(keep, pinned, up),
            List.of("users are without a container of the service while it is replaced")));
  }

  private Act act(
      String verb,
      Release from,
      Release to,
      String says,
      String byHand,
      Duration expected,
      Duration deadline,
      Duration downtime) {
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "service", project.says(),
                "override", pin.file().toString()));
    return new Act(component, verb, with, says, byHand, expected, deadline, downtime);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case KEEP -> lookKept(act);
        case PIN -> lookPinned(act);
        case UP -> lookUp(act.get("release"), project.containers());
        default -> new Sight.Unclear(act.unknownTo("compose"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(component + ": " + Why.of(e));
    }
  }

  /// Those of both ends that are there and bear no name of ours.
  private List<String> unkept(Act act) throws PlatformUnreachable {
    return images.known(List.of(act.get("from"), act.get("release"))).stream()
        .filter(i -> !i.names().contains(images.keptName(i.id())))
        .map(Images.Image::id)
        .toList();
  }

  private Sight lookKept(Act act) throws PlatformUnreachable {
    List<String> unkept = unkept(act);
    return unkept.isEmpty() && images.find(act.get("release")).isPresent()
        ? new Sight.Holds("both images have names of their own")
        : new Sight.NotYet("not kept yet: " + String.join(", ", unkept));
  }

  private Sight lookPinned(Act act) throws IOException {
    Optional<String> image = pin.image();
    String seen = pin.file() + image.map(i -> " pins " + i).orElse(" is not there");
    return image.equals(Optional.of(act.get("release")))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  private Sight lookUp(String release, List<Project.Container> containers) {
    String seen = shown(containers);
    if (containers.isEmpty() || containers.stream().anyMatch(c -> !c.image().equals(release))) {
      return new Sight.NotYet(seen);
    }
    boolean all = true;
    for (Project.Container each : containers) {
      Duration up =
          each.started().map(s -> Duration.between(s, clock.instant())).orElse(Duration.ZERO);
      boolean settled = up.compareTo(steady) >= 0;
      switch (each.status()) {
        case "running" -> {
          if (each.health().equals("unhealthy")) {
            return new Sight.Failed(seen);
          }
          if (each.restarts() >= LOOP && !settled) {
            return new Sight.Failed("it crashes again and again: " + seen);
          }
          all &= settled && !each.health().equals("starting");
        }
        case "restarting" -> {
          if (each.restarts() >= LOOP) {
            return new Sight.Failed("it crashes again and again: " + seen);
          }
          all = false;
        }
        case "created" -> {
          // Whoever made it was cut off before the start.
          return new Sight.NotYet(seen);
        }
        default -> {
          return new Sight.Failed(seen);
        }
      }
    }
    return all ? new Sight.Holds(seen) : new Sight.UnderWay(seen);
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case KEEP, PIN, UP -> turn.act(() -> inTurn(act));
      default -> new Refused(act.unknownTo("compose"));
    };
  }

  private Outcome inTurn(Act act) {
    String to = act.get("release");
    if (!act.get("service").equals(project.says())
        || !act.get("override").equals(pin.file().toString())) {
      return new Refused(
          component
              + ": the plan is for "
              + act.get("service")
              + ", pinned in "
              + act.get("override")
              + "; the configuration says otherwise; plan again");
    }
    try {
      if (images.find(to).isEmpty()) {
        return new Refused(
            component + " " + to + " is not on this machine any more; see lastgood status");
      }
      Sight now = look(act);
      if (now instanceof Sight.Holds || now instanceof Sight.UnderWay) {
        return new Done(now.seen());
      }
      Optional<String> live = live(project.containers());
      if (live.filter(l -> !l.equals(act.get("from")) && !l.equals(to)).isPresent()) {
        return new Refused(
            component
                + " was changed after the plan was made: "
                + live.get()
                + " runs, not "
                + act.get("from")
                + "; plan again");
      }
      return switch (act.verb()) {
        case KEEP -> keep(act);
        case PIN -> pin(act);
        default -> up(act);
      };
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + Why.of(e));
    }
  }

  private Outcome keep(Act act) throws PlatformUnreachable {
    for (String id : unkept(act)) {
      Argv.End end = images.keep(id);
      if (!Docker.ended(end)) {
        return end instanceof Argv.End.CutOff
            ? new Outcome.Unknown(component + ": " + Docker.said("tag", end))
            : new Refused(component + ": " + Docker.said("tag", end));
      }
    }
    return new Done("both images have names of their own");
  }

  private Outcome pin(Act act) throws IOException, PlatformUnreachable {
    if (!unkept(act).isEmpty()) {
      return new Refused(
          component + ": the images are not kept: the step " + KEEP + " comes first");
    }
    pin.write(act.get("release"));
    return new Done(pin.file() + " pins " + act.get("release"));
  }

  private Outcome up(Act act) throws IOException {
    if (!pin.image().equals(Optional.of(act.get("release")))) {
      return new Refused(
          component
              + ": "
              + pin.file()
              + " does not pin "
              + act.get("release")
              + ": the step "
              + PIN
              + " comes first");
    }
    Argv.End end = project.bringUp();
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 ->
          new Done("docker compose up ended with exit 0");
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.Exited _, Argv.End.CutOff _ ->
          new Outcome.Unknown(component + ": " + Docker.said("compose up", end));
    };
  }

  /// Names, states and logs of the containers of a release; their environment is never asked for.
  @Override
  public List<Exhibit> capture(Release release) {
    List<Exhibit> exhibits = new ArrayList<>();
    String name = component + "-containers.txt";
    try {
      List<Project.Container> containers = project.containers();
      exhibits.add(new Exhibit(name, "docker inspect", shown(containers) + "\n"));
      containers.stream()
          .filter(c -> c.image().equals(release.id()))
          .forEach(c ->
              exhibits.add(
                  new Exhibit(
                      component + "-" + c.name() + ".log",
                      "docker logs " + c.id(),
                      project.logs(c))));
    } catch (PlatformUnreachable e) {
      exhibits.add(new Exhibit(name, "docker inspect", String.valueOf(e.getMessage())));
    }
    return exhibits;
  }
}
