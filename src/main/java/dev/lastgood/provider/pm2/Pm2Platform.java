package dev.lastgood.provider.pm2;

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
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Some apps of one PM2, and the folders they may run out of.
final class Pm2Platform implements Platform, Capturable {
  static final String START = "start-apps";
  static final String SAVE = "save-list";

  /// PM2 gives up by itself only after 16; three restarts are no accident.
  private static final int LOOP = 3;

  private static final int NEWEST = 64 * 1024;
  private static final Duration STARTING = Duration.ofSeconds(5);

  private final String component;
  private final List<String> apps;
  private final Folders folders;
  private final Pm2 pm2;
  private final Duration steady;
  private final InstantSource clock;
  private final OneAtATime turn;

  Pm2Platform(
      String component,
      List<String> apps,
      Folders folders,
      Pm2 pm2,
      Duration steady,
      Surroundings here) {
    this.component = component;
    this.apps = apps;
    this.folders = folders;
    this.pm2 = pm2;
    this.steady = steady;
    this.clock = here.clock();
    this.turn =
        new OneAtATime(
            component, here.state().resolve("pm2-" + component + ".lock"), pm2.timeout());
  }

  private List<Pm2.Running> mine() throws PlatformUnreachable {
    return pm2.list().stream().filter(r -> apps.contains(r.app())).toList();
  }

  /// The one release all of the apps run out of; empty when there is no such.
  private Optional<String> live(List<Pm2.Running> running) {
    var releases = new TreeSet<String>();
    for (Pm2.Running each : running) {
      releases.add(folders.of(each.code()).orElse(""));
    }
    boolean all = apps.stream().allMatch(a -> running.stream().anyMatch(r -> r.app().equals(a)));
    return all && releases.size() == 1 && !releases.first().isEmpty()
        ? Optional.of(releases.first())
        : Optional.empty();
  }

  private static String shown(List<Pm2.Running> running) {
    return running.isEmpty()
        ? "none of the apps is known to PM2"
        : String.join(
            ", ",
            running.stream()
                .map(r ->
                    r.app()
                        + " "
                        + r.status()
                        + " out of "
                        + r.code()
                        + ", "
                        + r.restarts()
                        + " restarts")
                .toList());
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    List<Inventory.Excluded> excluded = new ArrayList<>();
    List<Release> releases = folders.releases(excluded);
    List<Pm2.Running> running = mine();
    Optional<String> live = live(running);
    List<String> notes = new ArrayList<>();
    if (live.isEmpty() || running.stream().anyMatch(r -> !r.online() || r.restarts() >= LOOP)) {
      notes.add(shown(running));
    }
    return new Inventory(
        live.flatMap(id -> releases.stream().filter(r -> r.id().equals(id)).findFirst()),
        releases,
        excluded,
        notes);
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    inventory().known(to);
    Optional<String> unfit = folders.unfit(to.id(), apps);
    if (unfit.isPresent()) {
      return List.of();
    }
    String file = folders.file(to.id()).toString();
    String only = String.join(",", apps);
    String cd = "cd " + Argv.quoted(folders.dir(to.id()).toString());
    Duration expected = STARTING.plus(steady);
    Act start =
        act(
            START,
            from,
            to,
            "start " + only + " out of " + folders.dir(to.id()),
            cd
                + " && "
                + words("pm2", "delete", String.join(" ", apps)).replace("'", "")
                + " && "
                + words("pm2", "start", file, "--only", only),
            expected,
            STARTING);
    Act save =
        act(
            SAVE,
            from,
            to,
            "save the list, so that a reboot starts " + to.id(),
            words("pm2", "save"),
            Duration.ofSeconds(1),
            Duration.ZERO);
    return List.of(
        new Method(
            "start-anew",
            "delete and start exactly these apps; PM2 keeps the old code at a reload",
            List.of(start, save),
            List.of("users are without the apps from the delete until they have started")));
  }

  private static String words(String... words) {
    return Argv.of(Duration.ofSeconds(1), words).shown();
  }

  private Act act(
      String verb,
      Release from,
      Release to,
      String says,
      String byHand,
      Duration expected,
      Duration downtime) {
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "apps", String.join(",", apps),
                "home", pm2.home().toString(),
                "releases", folders.folder().toString()));
    return new Act(
        component,
        verb,
        with,
        says,
        byHand,
        expected,
        expected.plus(pm2.timeout().multipliedBy(4)),
        downtime);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case START -> lookStarted(act.get("release"), mine());
        case SAVE -> lookSaved(act.get("release"));
        default -> new Sight.Unclear(act.unknownTo("pm2"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(component + ": " + Why.of(e));
    }
  }

  private Sight lookStarted(String release, List<Pm2.Running> running) {
    String seen = shown(running);
    if (!live(running).equals(Optional.of(release))) {
      return new Sight.NotYet(seen);
    }
    Duration youngest = Duration.ofDays(1);
    for (Pm2.Running each : running) {
      Duration up = Duration.between(each.since(), clock.instant());
      youngest = up.compareTo(youngest) < 0 ? up : youngest;
      if (each.status().equals("errored") || each.status().equals("stopped")) {
        return new Sight.Failed(seen);
      }
      if (each.restarts() >= LOOP && up.compareTo(steady) < 0) {
        return new Sight.Failed("it crashes again and again: " + seen);
      }
    }
    boolean all = running.stream().allMatch(Pm2.Running::online);
    return all && youngest.compareTo(steady) >= 0
        ? new Sight.Holds(seen)
        : new Sight.UnderWay(seen + ", since " + youngest.toMillis() + " ms");
  }

  private Sight lookSaved(String release) throws IOException {
    Map<String, List<Path>> saved = pm2.saved();
    for (String app : apps) {
      List<Path> code = saved.getOrDefault(app, List.of());
      if (code.isEmpty()
          || code.stream().anyMatch(c -> !folders.of(c).equals(Optional.of(release)))) {
        return new Sight.NotYet("a reboot would start " + app + " out of " + code);
      }
    }
    return new Sight.Holds("a reboot would start " + release);
  }

  @Override
  public Outcome act(Act act, String key) {
    return act.verb().equals(START) || act.verb().equals(SAVE)
        ? turn.act(() -> inTurn(act))
        : new Refused(act.unknownTo("pm2"));
  }

  private Outcome inTurn(Act act) {
    String to = act.get("release");
    List<Pm2.Running> running;
    try {
      if (!act.get("apps").equals(String.join(",", apps))
          || !act.get("home").equals(pm2.home().toString())
          || !act.get("releases").equals(folders.folder().toString())) {
        return new Refused(component + ": the plan is for other apps or another PM2; plan again");
      }
      if (!folders.has(to)) {
        return new Refused(component + " " + to + " is not there any more; see lastgood status");
      }
      running = mine();
      Optional<String> live = live(running);
      Sight now = look(act);
      if (now instanceof Sight.Holds || now instanceof Sight.UnderWay) {
        return new Done(now.seen());
      }
      if (act.verb().equals(SAVE)) {
        return live.equals(Optional.of(to))
            ? saved()
            : new Refused(component + ": " + to + " does not run, so it is not saved");
      }
      if (live.filter(l -> !l.equals(act.get("from")) && !l.equals(to)).isPresent()) {
        return new Refused(
            component
                + " was changed after the plan was made: "
                + live.get()
                + " runs, not "
                + act.get("from")
                + "; plan again");
      }
      Optional<String> unfit = folders.unfit(to, apps);
      if (unfit.isPresent()) {
        return new Refused(component + ": nothing was stopped. " + unfit.get());
      }
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    }
    return started(to, running);
  }

  private Outcome started(String to, List<Pm2.Running> running) {
    Path dir = folders.dir(to);
    var known = new TreeSet<String>();
    running.forEach(r -> known.add(r.app()));
    if (!known.isEmpty()) {
      List<String> words = new ArrayList<>(List.of("delete"));
      words.addAll(known);
      Argv.End end = pm2.change(dir, words.toArray(String[]::new));
      if (end instanceof Argv.End.NotStarted(String reason)) {
        return new Refused(component + ": " + reason);
      }
      if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
        return new Unknown(component + ": pm2 delete: " + Pm2.said(end));
      }
    }
    // In the folder of the release: PM2 resolves relative scripts from where it is called.
    Argv.End end =
        pm2.change(dir, "start", folders.file(to).toString(), "--only", String.join(",", apps));
    return end instanceof Argv.End.Exited(int code, _) && code == 0
        ? new Done("pm2 start ended with exit 0")
        : new Unknown(component + ": pm2 start: " + Pm2.said(end));
  }

  private Outcome saved() {
    Argv.End end = pm2.change(folders.folder(), "save");
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 -> new Done("pm2 save ended with exit 0");
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.Exited _, Argv.End.CutOff _ ->
          new Unknown(component + ": pm2 save: " + Pm2.said(end));
    };
  }

  /// The logs of the apps; PM2 appends to the same files whatever release runs.
  @Override
  public List<Exhibit> capture(Release release) {
    List<Exhibit> exhibits = new ArrayList<>();
    try {
      List<Pm2.Running> running = mine();
      exhibits.add(new Exhibit(component + "-pm2.txt", "pm2 jlist", shown(running) + "\n"));
      for (Pm2.Running each : running) {
        for (Path log : each.logs()) {
          exhibits.add(exhibit(log));
        }
      }
    } catch (PlatformUnreachable e) {
      exhibits.add(
          new Exhibit(component + "-pm2.txt", "pm2 jlist", String.valueOf(e.getMessage())));
    }
    return exhibits.stream().distinct().toList();
  }

  private Exhibit exhibit(Path log) {
    String name = component + "-" + log.getFileName();
    try {
      return new Exhibit(name, log.toString(), LogFile.tail(log, 0, NEWEST));
    } catch (IOException e) {
      return new Exhibit(name, log.toString(), Why.of(e));
    }
  }
}
