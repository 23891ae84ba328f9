package dev.lastgood.provider.systemd;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Versions;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// One service and the versions of its files.
final class SystemdPlatform implements Platform, Capturable, Keeping, Retention {
  static final String KEEP = "keep-units";
  static final String REPLACE = "replace-units";
  static final String RESTART = "restart-unit";

  /// Three restarts are no accident.
  private static final int LOOP = 3;

  private static final Duration QUICK = Duration.ofMillis(50);
  private static final Duration FILES = Duration.ofSeconds(15);
  private static final Duration STARTING = Duration.ofSeconds(2);

  private final String component;
  private final UnitFiles files;
  private final Systemctl systemctl;
  private final Started started;
  private final Duration steady;
  private final Optional<Integer> keep;
  private final InstantSource clock;
  private final OneAtATime turn;

  SystemdPlatform(
      String component,
      SystemdSettings settings,
      UnitFiles files,
      Systemctl systemctl,
      Surroundings here) {
    this.component = component;
    this.files = files;
    this.systemctl = systemctl;
    this.started = new Started(here.state().resolve("systemd-" + component + ".started"), files);
    this.steady = settings.steady().orElse(Duration.ofSeconds(5));
    this.keep = settings.keep();
    this.clock = here.clock();
    this.turn =
        new OneAtATime(
            component,
            here.state().resolve("systemd-" + component + ".lock"),
            systemctl.timeout().plus(FILES));
  }

  private UnitFiles.Shelf shelf() throws PlatformUnreachable {
    try {
      return files.shelf();
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": its files cannot be read: " + Why.of(e), e);
    }
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    UnitFiles.Shelf shelf = shelf();
    Systemctl.Unit unit = systemctl.show();
    Optional<FileSet> standing = shelf.standing();
    List<String> notes = new ArrayList<>(notes(unit));
    Optional<String> live = Optional.empty();
    if (standing.isEmpty()) {
      notes.add("none of the files of " + files.unit() + " is there");
    } else if (unit.running() && !runs(standing.get(), unit)) {
      notes.add(
          files.unit()
              + " was started before its files were changed to "
              + standing.get().id()
              + ", so what runs is not known: restart it");
    } else {
      live = standing.map(FileSet::id);
    }
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>(shelf.excluded());
    for (FileSet set : shelf.all()) {
      Optional<String> why =
          standing.equals(Optional.of(set)) ? Optional.empty() : files.unfit(set);
      why.ifPresentOrElse(
          w -> excluded.add(new Inventory.Excluded(set.id(), w)), () -> releases.add(release(set)));
    }
    Optional<String> id = live;
    return new Inventory(
        releases.stream().filter(r -> id.equals(Optional.of(r.id()))).findFirst(),
        releases,
        excluded,
        notes);
  }

  private Release release(FileSet set) {
    return new Release(component, set.id(), Origin.UNKNOWN, Optional.of(set.since()));
  }

  private boolean runs(FileSet standing, Systemctl.Unit unit) throws PlatformUnreachable {
    try {
      return !unit.stale() && started.perhaps(standing.id(), unit);
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": " + Why.of(e), e);
    }
  }

  private List<String> notes(Systemctl.Unit unit) {
    List<String> notes = new ArrayList<>();
    if (!unit.running() || unit.restarts() >= LOOP) {
      notes.add(files.unit() + " " + unit.inWords());
    }
    if (unit.stale()) {
      notes.add("systemd has not loaded the files as they stand: daemon-reload");
    }
    elsewhere(unit).ifPresent(notes::add);
    unit.dropIns().stream()
        .filter(d -> !files.has(d))
        .limit(5)
        .forEach(d ->
            notes.add(
                d + " is part of the service and not named under `files`: it stays as it is"));
    return notes;
  }

  /// A unit of the same name in a folder that goes before ours makes our file mean nothing.
  private Optional<String> elsewhere(Systemctl.Unit unit) {
    boolean ours = files.paths().stream().anyMatch(p -> p.toString().endsWith(".service"));
    return unit.fragment()
        .filter(f -> ours && !files.has(f))
        .map(f -> "systemd reads " + f + ", which is not one of `files`");
  }

  /// Files that somebody edited without a restart are neither what ran nor what is wanted: the way
  /// begins at what stands there, and that is kept.
  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    UnitFiles.Shelf shelf = shelf();
    Release standing =
        shelf
            .standing()
            .filter(s -> !s.id().equals(from.id()) && !s.id().equals(to.id()))
            .map(s -> Release.of(from.component(), s.id()))
            .orElse(from);
    return ways(shelf, standing, to);
  }

  private List<Method> ways(UnitFiles.Shelf shelf, Release from, Release to)
      throws PlatformUnreachable {
    FileSet target = shelf.find(to.id()).orElse(null);
    if (target == null) {
      inventory().known(to);
      return List.of();
    }
    if (files.unfit(target).isPresent()) {
      return List.of();
    }
    Optional<FileSet> left = shelf.find(from.id());
    Duration expected = STARTING.plus(steady);
    Act keepBoth =
        act(
            KEEP,
            from,
            to,
            "keep a copy of " + from.id() + " and of " + to.id() + " in " + files.folder(),
            keptByHand(left, target),
            QUICK,
            FILES,
            Duration.ZERO);
    Act replace =
        act(
            REPLACE,
            from,
            to,
            "make the files of " + files.unit() + " those of " + to.id() + difference(left, target),
            replacedByHand(left, target),
            QUICK,
            FILES,
            Duration.ZERO);
    Act restart =
        act(
            RESTART,
            from,
            to,
            "load them and restart " + files.unit(),
            systemctl.shown("daemon-reload")
                + " && "
                + systemctl.shown("restart", files.unit())
                + " && "
                + systemctl.shown("status", files.unit()),
            expected,
            expected.plus(systemctl.timeout().multipliedBy(2)),
            STARTING);
    return List.of(
        new Method(
            "restart",
            "replace the files, load them, restart the service",
            List.of(keepBoth, replace, restart),
            List.of("users are without the service while it restarts")));
  }

  private static String difference(Optional<FileSet> from, FileSet to) throws PlatformUnreachable {
    if (from.isEmpty()) {
      return "";
    }
    var paths = new TreeSet<>(from.get().at().keySet());
    paths.addAll(to.at().keySet());
    List<String> changes = new ArrayList<>();
    try {
      for (Path path : paths) {
        Optional<String> before = from.get().content(path);
        Optional<String> after = to.content(path);
        if (!before.equals(after)) {
          changes.add(
              (before.isEmpty() ? "adds " : after.isEmpty() ? "removes " : "changes ") + path);
        }
      }
    } catch (IOException e) {
      throw new PlatformUnreachable(Why.of(e), e);
    }
    return changes.isEmpty() ? "" : ": " + String.join(", ", changes);
  }

  private String keptByHand(Optional<FileSet> from, FileSet to) {
    List<String> typed = new ArrayList<>();
    for (FileSet set : from.isPresent() ? List.of(from.get(), to) : List.of(to)) {
      if (set.kept().isEmpty()) {
        set.at()
            .forEach((path, at) ->
                typed.add(
                    shown(
                        "install", "-D", "-p", at.toString(), files.copyOf(set, path).toString())));
      }
    }
    return typed.isEmpty() ? shown("ls", "-lR", files.copyOf(to).toString()) : all(typed);
  }

  private String replacedByHand(Optional<FileSet> from, FileSet to) {
    List<String> typed = new ArrayList<>();
    to.at()
        .keySet()
        .forEach(
            path -> typed.add(shown("cp", files.copyOf(to, path).toString(), path.toString())));
    from.ifPresent(f ->
        f.at().keySet().stream()
            .filter(path -> !to.at().containsKey(path))
            .forEach(path -> typed.add(shown("rm", path.toString()))));
    return all(typed);
  }

  private static String all(List<String> typed) {
    return String.join(" && ", typed);
  }

  private static String shown(String... words) {
    return Argv.of(FILES, words).shown();
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
            Map.of("from", from.id(), "release", to.id(), "unit", files.unit(), "files", named()));
    return new Act(component, verb, with, says, byHand, expected, deadline, downtime);
  }

  private String named() {
    return String.join(" ", files.paths().stream().map(Path::toString).toList());
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case KEEP -> lookKept(act, files.shelf());
        case REPLACE -> lookReplaced(act);
        case RESTART -> lookRestarted(act);
        default -> new Sight.Unclear(act.unknownTo("systemd"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(component + ": " + Why.of(e));
    }
  }

  private static List<String> missing(Act act, UnitFiles.Shelf shelf) {
    List<String> ids = new ArrayList<>();
    // Where no file is, none can be lost.
    if (shelf.standing().isPresent()) {
      ids.add(act.get("from"));
    }
    ids.add(act.get("release"));
    return ids.stream().filter(id -> shelf.kept(id).isEmpty()).toList();
  }

  private static Sight lookKept(Act act, UnitFiles.Shelf shelf) {
    List<String> missing = missing(act, shelf);
    return missing.isEmpty()
        ? new Sight.Holds("kept: " + act.get("from") + " and " + act.get("release"))
        : new Sight.NotYet("not kept yet: " + String.join(", ", missing));
  }

  private Sight lookReplaced(Act act) throws IOException {
    Optional<String> standing = files.standing().map(FileSet::id);
    String seen = "the files of " + files.unit() + " are " + standing.orElse("not there");
    return standing.equals(Optional.of(act.get("release")))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  private Sight lookRestarted(Act act) throws IOException, PlatformUnreachable {
    String release = act.get("release");
    Systemctl.Unit unit = systemctl.show();
    Optional<String> standing = files.standing().map(FileSet::id);
    String seen = files.unit() + " " + unit.inWords();
    if (!standing.equals(Optional.of(release))) {
      return new Sight.NotYet(seen + "; its files are " + standing.orElse("not there"));
    }
    if (unit.stale()) {
      return new Sight.NotYet(seen + "; the files are not loaded");
    }
    if (!started.surely(release, unit)) {
      return new Sight.NotYet(seen + "; it was not started since its files were replaced");
    }
    return judged(unit, seen + ", invocation " + unit.invocation() + " of " + release);
  }

  private Sight judged(Systemctl.Unit unit, String seen) {
    Duration up =
        unit.steadySince().map(s -> Duration.between(s, clock.instant())).orElse(Duration.ZERO);
    return switch (unit.active()) {
      case "active" -> {
        if (up.compareTo(steady) >= 0) {
          yield new Sight.Holds(seen);
        }
        yield unit.restarts() >= LOOP
            ? new Sight.Failed("it crashes again and again: " + seen)
            : new Sight.UnderWay(seen);
      }
      case "activating", "reloading", "deactivating", "refreshing" ->
          unit.restarts() >= LOOP
              ? new Sight.Failed("it crashes again and again: " + seen)
              : new Sight.UnderWay(seen);
      case "failed", "inactive", "maintenance" -> new Sight.Failed(seen);
      default -> new Sight.Unclear(seen);
    };
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case KEEP, REPLACE, RESTART -> turn.act(() -> inTurn(act));
      default -> new Refused(act.unknownTo("systemd"));
    };
  }

  private Outcome inTurn(Act act) {
    if (!act.get("unit").equals(files.unit()) || !act.get("files").equals(named())) {
      return new Refused(
          component
              + ": the plan is for "
              + act.get("unit")
              + " ("
              + act.get("files")
              + "), the configuration says "
              + files.unit()
              + " ("
              + named()
              + "); plan again");
    }
    try {
      UnitFiles.Shelf shelf = files.shelf();
      if (shelf.find(act.get("release")).isEmpty()) {
        return new Refused(
            component + " " + act.get("release") + " is not there any more; see lastgood status");
      }
      return switch (act.verb()) {
        case KEEP -> kept(act, shelf);
        case REPLACE -> replaced(act, shelf);
        default -> restarted(act);
      };
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + Why.of(e));
    }
  }

  private Outcome kept(Act act, UnitFiles.Shelf shelf) throws IOException {
    for (String id : missing(act, shelf)) {
      Optional<FileSet> set = shelf.find(id);
      if (set.isEmpty()) {
        return new Refused(changed(shelf, act));
      }
      files.keep(set.get());
    }
    return new Done("kept " + act.get("from") + " and " + act.get("release"));
  }

  private String changed(UnitFiles.Shelf shelf, Act act) {
    return component
        + " was changed after the plan was made: its files are "
        + shelf.standing().map(FileSet::id).orElse("not there")
        + ", not "
        + act.get("from")
        + "; plan again";
  }

  private Outcome replaced(Act act, UnitFiles.Shelf shelf) throws IOException {
    if (lookReplaced(act) instanceof Sight.Holds holds) {
      return new Done(holds.seen());
    }
    List<String> missing = missing(act, shelf);
    if (!missing.isEmpty()) {
      return new Refused(
          component
              + ": no copy of "
              + String.join(", ", missing)
              + " is kept, so nothing is replaced: the step "
              + KEEP
              + " comes first");
    }
    FileSet to = shelf.kept(act.get("release")).orElseThrow();
    // An attempt that died in the middle left some files of each.
    Optional<Path> stranger =
        files.stranger(shelf.standing(), shelf.kept(act.get("from")).orElse(to), to);
    if (stranger.isPresent()) {
      return new Refused(changed(shelf, act) + " (" + stranger.get() + " is of neither)");
    }
    try {
      files.write(to);
      return new Done("the files of " + files.unit() + " are " + to.id());
    } catch (IOException e) {
      return files.standing().equals(shelf.standing())
          ? new Refused(component + ": the files are as they were. " + Why.of(e))
          : new Outcome.Unknown(
              component
                  + ": some of the files may be replaced, nothing was restarted. "
                  + Why.of(e));
    }
  }

  private Outcome restarted(Act act) throws IOException {
    String release = act.get("release");
    Sight now = look(act);
    if (now instanceof Sight.Holds || now instanceof Sight.UnderWay) {
      return new Done(now.seen());
    }
    if (!files.standing().map(FileSet::id).equals(Optional.of(release))) {
      return new Refused(
          component
              + ": "
              + files.unit()
              + " is not restarted, its files are not "
              + release
              + ": the step "
              + REPLACE
              + " comes first");
    }
    Argv.End reloaded = systemctl.change("daemon-reload");
    if (!ended(reloaded)) {
      return reloaded instanceof Argv.End.CutOff cut
          ? new Outcome.Unknown(component + ": nothing was restarted. " + cut.reason())
          : new Refused(component + ": nothing was restarted. " + said("daemon-reload", reloaded));
    }
    Systemctl.Unit unit;
    try {
      unit = systemctl.show();
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was restarted: " + e.getMessage());
    }
    Optional<String> unloaded = unloaded(unit);
    if (unloaded.isPresent()) {
      return new Refused(
          component + ": nothing was restarted, what ran runs on. " + unloaded.get());
    }
    started.about(release, unit.invocation());
    // Else a service that crashed too often may not be started: start-limit-hit.
    systemctl.change("reset-failed", "--", files.unit());
    Argv.End end = systemctl.change("restart", "--", files.unit());
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 -> new Done("restart ended with exit 0");
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.Exited _, Argv.End.CutOff _ ->
          new Outcome.Unknown(component + ": " + said("restart", end));
    };
  }

  /// Why what systemd has loaded is not what stands there.
  private Optional<String> unloaded(Systemctl.Unit unit) {
    if (!unit.load().equals("loaded")) {
      return Optional.of(
          "systemd cannot load " + files.unit() + " as it stands: it is " + unit.load());
    }
    return unit.stale()
        ? Optional.of("daemon-reload ended with 0, and systemd has not loaded the files")
        : elsewhere(unit);
  }

  private static boolean ended(Argv.End end) {
    return end instanceof Argv.End.Exited(int code, _) && code == 0;
  }

  private static String said(String verb, Argv.End end) {
    return switch (end) {
      case Argv.End.Exited(int code, _) ->
          "systemctl " + verb + " ended with " + code + ": " + Why.plain(end.lastLine(), 200);
      case Argv.End.CutOff(String reason, _) -> reason;
      case Argv.End.NotStarted(String reason) -> reason;
    };
  }

  /// What systemd says, the journal, and the files without the values of variables.
  @Override
  public List<Exhibit> capture(Release release) {
    List<Exhibit> exhibits = new ArrayList<>();
    String show = systemctl.shown("show", files.unit());
    try {
      Systemctl.Unit unit = systemctl.show();
      exhibits.add(
          new Exhibit(
              component + "-systemd.txt",
              show,
              files.unit() + " " + unit.inWords() + "\ninvocation " + unit.invocation() + "\n"));
    } catch (PlatformUnreachable e) {
      exhibits.add(new Exhibit(component + "-systemd.txt", show, String.valueOf(e.getMessage())));
    }
    exhibits.add(
        new Exhibit(component + "-journal.log", "journal of " + files.unit(), systemctl.journal()));
    exhibits.add(filesOf(release));
    return exhibits;
  }

  private Exhibit filesOf(Release release) {
    String name = component + "-" + release.id() + "-files.txt";
    var text = new StringBuilder();
    try {
      Optional<FileSet> set = files.shelf().find(release.id());
      if (set.isEmpty()) {
        return new Exhibit(name, files.unit(), release.id() + " is not there any more");
      }
      for (var each : set.get().at().entrySet()) {
        text.append("# ").append(each.getKey()).append('\n');
        text.append(Masked.text(each.getKey(), Versions.content(each.getValue())));
      }
    } catch (IOException e) {
      text.append(Why.of(e));
    }
    return new Exhibit(name, files.unit(), text.toString());
  }

  @Override
  public Kept keep() throws PlatformUnreachable {
    if (fresh(shelf()).isEmpty()) {
      return Kept.all(List.of());
    }
    List<String> ids = new ArrayList<>();
    return switch (turn.act(() -> keptInTurn(ids))) {
      case Done _ -> Kept.all(ids);
      case Refused(String reason) -> throw new PlatformUnreachable(reason);
      case Outcome.Unknown(String reason) -> throw new PlatformUnreachable(reason);
    };
  }

  private static Optional<FileSet> fresh(UnitFiles.Shelf shelf) {
    return shelf.standing().filter(standing -> shelf.kept(standing.id()).isEmpty());
  }

  /// The one before may have kept it, or changed the files.
  private Outcome keptInTurn(List<String> ids) {
    try {
      Optional<FileSet> fresh = fresh(files.shelf());
      if (fresh.isPresent()) {
        files.keep(fresh.get());
        ids.add(fresh.get().id());
      }
      return new Done("kept");
    } catch (IOException e) {
      return new Refused(
          component + ": the files of " + files.unit() + " cannot be kept: " + Why.of(e));
    }
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    try {
      return keep.isEmpty() ? List.of() : files.prune(keep.get(), stay);
    } catch (IOException e) {
      throw new PlatformUnreachable(
          component + ": old versions cannot be removed: " + Why.of(e), e);
    }
  }
}
