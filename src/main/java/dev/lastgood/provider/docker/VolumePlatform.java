package dev.lastgood.provider.docker;

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
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// The generations of one volume. Going to one: who uses it stops, what is in it is copied, the
/// content of the wanted copy takes its place and is proven, who used it starts.
final class VolumePlatform implements Platform, Snapshotting {
  static final String STOP = "stop-users";
  static final String KEEP = "keep-volume";
  static final String RESTORE = "restore-volume";
  static final String START = "start-users";

  /// A copy is of now when it is younger than this, and than the stop of who wrote.
  private static final Duration FRESH = Duration.ofMinutes(30);

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Duration USUAL = Duration.ofSeconds(5);

  private final String component;
  private final Volumes volumes;
  private final Book book;
  private final InstantSource clock;
  private final OneAtATime turn;

  VolumePlatform(String component, Volumes volumes, Book book, Surroundings here) {
    this.component = component;
    this.volumes = volumes;
    this.book = book;
    this.clock = here.clock();
    this.turn =
        new OneAtATime(
            component,
            here.state().resolve("docker-volume-" + component + ".lock"),
            volumes.timeout().plus(DEADLINE));
  }

  private Book.Page page() throws PlatformUnreachable {
    try {
      return book.read();
    } catch (IOException e) {
      throw new PlatformUnreachable(component + ": " + Why.of(e), e);
    }
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    volumes.mustExist();
    Book.Page page = page();
    List<String> there = volumes.copies();
    var numbers = new TreeSet<Integer>(List.of(page.live()));
    List<Inventory.Excluded> excluded = new ArrayList<>();
    for (Book.Copy copy : page.copies()) {
      if (there.contains(copy.volume())) {
        numbers.add(copy.generation());
      } else {
        excluded.add(new Inventory.Excluded(copy.volume(), "the volume is not there any more"));
      }
    }
    List<String> known = page.copies().stream().map(Book.Copy::volume).toList();
    there.stream()
        .filter(v -> !known.contains(v))
        .forEach(v ->
            excluded.add(new Inventory.Excluded(v, "a copy that was never proven to be whole")));
    List<String> notes =
        page.restoring() > 0
            ? List.of(
                "putting " + Book.id(page.restoring()) + " back was cut off, and may be half done")
            : List.of();
    List<Release> releases = numbers.descendingSet().stream().map(n -> release(n, page)).toList();
    return new Inventory(
        page.restoring() > 0 ? Optional.empty() : Optional.of(release(page.live(), page)),
        releases,
        excluded,
        notes);
  }

  private Release release(int generation, Book.Page page) {
    return new Release(
        component,
        Book.id(generation),
        Origin.UNKNOWN,
        generation == page.live() && page.since().isAfter(Instant.EPOCH)
            ? Optional.of(page.since())
            : Optional.empty());
  }

  /// @throws PlatformUnreachable if somebody writes meanwhile; then nothing is left of it
  @Override
  public Taken snapshot() throws PlatformUnreachable {
    volumes.mustExist();
    var taken = new AtomicReference<Taken>();
    Outcome outcome =
        turn.act(() -> {
          try {
            Book.Page page = book.read();
            if (page.restoring() > 0) {
              return new Refused(component + ": a restore was cut off; finish it first");
            }
            Book.Page kept = kept(page);
            Book.Page now = new Book.Page(kept.next(), 0, clock.instant(), kept.copies());
            book.write(now);
            taken.set(new Taken(release(page.live(), page), release(now.live(), now), List.of()));
            return new Done("kept");
          } catch (IOException e) {
            return new Refused(component + ": " + Why.of(e));
          } catch (PlatformUnreachable e) {
            return new Refused(String.valueOf(e.getMessage()));
          }
        });
    if (taken.get() == null) {
      throw new PlatformUnreachable(
          switch (outcome) {
            case Refused(String reason) -> reason;
            case Unknown(String reason) -> reason;
            case Done(String receipt) -> receipt;
          });
    }
    return taken.get();
  }

  /// Copies what is there now and writes that down.
  private Book.Page kept(Book.Page page) throws IOException, PlatformUnreachable {
    Instant at = clock.instant();
    String name = volumes.copyName(page.live(), at);
    String digest = volumes.copy(name);
    Book.Page with = page.with(new Book.Copy(name, page.live(), digest, at));
    book.write(with);
    return with;
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    inventory().known(to);
    Book.Page page = page();
    List<String> users = volumes.running();
    String volume = volumes.volume();
    String named = users.isEmpty() ? "nobody" : String.join(", ", users);
    Duration copying = USUAL.plus(USUAL);
    Act stop =
        act(
            STOP,
            from,
            to,
            users,
            "stop who uses " + volume + ": " + named,
            volumes.stopByHand(users),
            USUAL,
            USUAL);
    Act keep =
        act(
            KEEP,
            from,
            to,
            users,
            "copy " + volume + " as it is now into a volume of its own",
            volumes.keepByHand(volume + ".lastgood." + from.id() + ".by-hand"),
            copying,
            copying);
    Act restore =
        act(
            RESTORE,
            from,
            to,
            users,
            "put the content of " + to.id() + " into " + volume,
            volumes.restoreByHand(
                Book.number(to.id())
                    .flatMap(page::copy)
                    .map(Book.Copy::volume)
                    .orElse(volume + ".lastgood." + to.id() + ".by-hand")),
            copying,
            copying);
    Act start =
        act(START, from, to, users, "start " + named, volumes.startByHand(users), USUAL, USUAL);
    long files = volumes.count();
    return List.of(
        new Method(
            "restore",
            "stop who uses it, keep what is there, put the kept content back",
            List.of(stop, keep, restore, start),
            users.isEmpty()
                ? List.of()
                : List.of("users are without " + named + " while files are copied"),
            files == 0
                ? List.of()
                : List.of(
                    String.format(Locale.ROOT, "%,d", files)
                        + (files == 1 ? " file of " : " files of ")
                        + volume
                        + " as they are when it stops, with what was written since "
                        + to.id()
                        + " was kept")));
  }

  private Act act(
      String verb,
      Release from,
      Release to,
      List<String> users,
      String says,
      String byHand,
      Duration expected,
      Duration downtime) {
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "volume", volumes.volume(),
                "users", String.join(" ", users)));
    return new Act(
        component,
        verb,
        with,
        says,
        byHand,
        expected,
        expected.plus(volumes.timeout().multipliedBy(3)).plus(DEADLINE),
        downtime);
  }

  private static List<String> users(Act act) {
    return Arrays.stream(act.get("users").split(" ", -1)).filter(u -> !u.isEmpty()).toList();
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case STOP -> lookStopped(act);
        case KEEP -> lookKept(act, book.read());
        case RESTORE -> lookRestored(act, book.read());
        case START -> lookStarted(act, book.read());
        default -> new Sight.Unclear(act.unknownTo("docker-volume"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(component + ": " + Why.of(e));
    }
  }

  private static boolean reached(Act act, Book.Page page) {
    return page.restoring() == 0 && Book.id(page.live()).equals(act.get("release"));
  }

  private Sight lookStopped(Act act) throws PlatformUnreachable, IOException {
    List<String> running = volumes.running();
    if (!running.isEmpty() && reached(act, book.read())) {
      return new Sight.Holds(volumes.volume() + " has been changed, and is used again");
    }
    return running.isEmpty()
        ? new Sight.Holds("nobody uses " + volumes.volume())
        : new Sight.NotYet(String.join(", ", running) + " uses " + volumes.volume());
  }

  private Sight lookKept(Act act, Book.Page page) throws PlatformUnreachable {
    if (reached(act, page) || page.restoring() > 0) {
      return new Sight.Holds("what was there before has been kept");
    }
    Optional<Book.Copy> fresh = fresh(act, page);
    return fresh.isPresent()
        ? new Sight.Holds("kept as " + fresh.get().volume())
        : new Sight.NotYet("no copy of " + act.get("from") + " as it is now");
  }

  /// A whole copy of what is there, made after everybody stopped who could write.
  private Optional<Book.Copy> fresh(Act act, Book.Page page) throws PlatformUnreachable {
    Optional<Book.Copy> copy =
        Book.number(act.get("from"))
            .flatMap(page::copy)
            .filter(c -> c.generation() == page.live())
            .filter(c -> c.at().isAfter(page.since()))
            .filter(c -> c.at().plus(FRESH).isAfter(clock.instant()));
    if (copy.isEmpty()
        || !volumes.running().isEmpty()
        || !volumes.copies().contains(copy.get().volume())) {
      return Optional.empty();
    }
    Instant at = copy.get().at();
    return volumes.users(users(act)).stream()
            .allMatch(u -> u.finished().filter(f -> f.isAfter(at)).isEmpty())
        ? copy
        : Optional.empty();
  }

  private Sight lookRestored(Act act, Book.Page page) {
    String seen =
        page.restoring() > 0
            ? Book.id(page.restoring()) + " may be half there"
            : volumes.volume() + " has " + Book.id(page.live());
    return reached(act, page) ? new Sight.Holds(seen) : new Sight.NotYet(seen);
  }

  private Sight lookStarted(Act act, Book.Page page) throws PlatformUnreachable {
    List<Volumes.User> users = volumes.users(users(act));
    String seen =
        users.isEmpty()
            ? "nobody used it"
            : users.stream().map(Volumes.User::inWords).collect(Collectors.joining("; "));
    if (!reached(act, page)) {
      return new Sight.NotYet(seen + "; " + volumes.volume() + " has not " + act.get("release"));
    }
    for (Volumes.User user : users) {
      if (user.health().equals("unhealthy")) {
        return new Sight.Failed(seen);
      }
      boolean again = user.started().filter(s -> s.isAfter(page.since())).isPresent();
      if (!user.status().equals("running")) {
        return again && !user.status().equals("restarting")
            ? new Sight.Failed("it was started and has ended: " + seen)
            : new Sight.NotYet(seen);
      }
    }
    return users.stream().anyMatch(u -> u.health().equals("starting"))
        ? new Sight.UnderWay(seen)
        : new Sight.Holds(seen);
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case STOP, KEEP, RESTORE, START -> turn.act(() -> inTurn(act));
      default -> new Refused(act.unknownTo("docker-volume"));
    };
  }

  private Outcome inTurn(Act act) {
    if (!act.get("volume").equals(volumes.volume())) {
      return new Refused(
          component
              + ": the plan is for "
              + act.get("volume")
              + ", the configuration says "
              + volumes.volume()
              + "; plan again");
    }
    try {
      Book.Page page = book.read();
      Optional<Book.Copy> source = Book.number(act.get("release")).flatMap(page::copy);
      if (!reached(act, page)
          && (source.isEmpty() || !volumes.copies().contains(source.get().volume()))) {
        return new Refused(
            component + " " + act.get("release") + " is not kept any more; see lastgood status");
      }
      Sight now = look(act);
      if (now instanceof Sight.Holds || now instanceof Sight.UnderWay) {
        return new Done(now.seen());
      }
      boolean mine = Book.id(page.restoring()).equals(act.get("release"));
      if (!mine && !reached(act, page) && !Book.id(page.live()).equals(act.get("from"))) {
        return new Refused(
            component
                + " was changed after the plan was made: "
                + Book.id(page.live())
                + " is there, not "
                + act.get("from")
                + "; plan again");
      }
      return switch (act.verb()) {
        case STOP -> ended("stop", volumes.stop(volumes.running()));
        case KEEP -> keep(page);
        case RESTORE -> restore(act, page, source.orElseThrow());
        default -> start(act, page);
      };
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    } catch (IOException e) {
      return new Refused(component + ": nothing was changed. " + Why.of(e));
    }
  }

  private Outcome ended(String verb, Argv.End end) {
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 ->
          new Done("docker " + verb + " ended with exit 0");
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.Exited _, Argv.End.CutOff _ ->
          new Unknown(component + ": " + Docker.said(verb, end));
    };
  }

  private Outcome keep(Book.Page page) throws IOException, PlatformUnreachable {
    List<String> running = volumes.running();
    if (!running.isEmpty()) {
      return new Refused(used(running));
    }
    return new Done("kept as " + kept(page).copy(page.live()).orElseThrow().volume());
  }

  private String used(List<String> running) {
    return component
        + ": "
        + String.join(", ", running)
        + " uses "
        + volumes.volume()
        + ": the step "
        + STOP
        + " comes first";
  }

  private Outcome restore(Act act, Book.Page page, Book.Copy source)
      throws IOException, PlatformUnreachable {
    List<String> running = volumes.running();
    if (!running.isEmpty()) {
      return new Refused(used(running));
    }
    if (page.restoring() == 0 && fresh(act, page).isEmpty()) {
      return new Refused(
          component
              + ": what is in "
              + volumes.volume()
              + " now is not kept, so nothing is replaced: the step "
              + KEEP
              + " comes first");
    }
    if (!volumes.listing(source.volume()).equals(source.digest())) {
      return new Refused(
          component
              + ": "
              + source.volume()
              + " is not what was kept any more: somebody wrote to it; nothing was replaced");
    }
    book.write(new Book.Page(page.live(), source.generation(), page.since(), page.copies()));
    Argv.End end = volumes.restore(source.volume());
    if (!Docker.ended(end)) {
      return new Unknown(
          component
              + ": "
              + volumes.volume()
              + " may be half restored; what was there is kept. "
              + Docker.said("run", end));
    }
    return proven(page, source);
  }

  private Outcome proven(Book.Page page, Book.Copy source) throws IOException {
    try {
      if (!volumes.listing(volumes.volume()).equals(source.digest())) {
        return new Unknown(
            component
                + ": docker run ended with 0, and "
                + volumes.volume()
                + " is not what "
                + source.volume()
                + " is; what was there is kept");
      }
    } catch (PlatformUnreachable e) {
      return new Unknown("it was restored, and cannot be proven: " + e.getMessage());
    }
    book.write(new Book.Page(source.generation(), 0, clock.instant(), page.copies()));
    return new Done(
        volumes.volume() + " is " + source.volume() + ", every file proven: " + source.digest());
  }

  private Outcome start(Act act, Book.Page page) {
    if (!reached(act, page)) {
      return new Refused(
          component
              + ": nothing is started, "
              + volumes.volume()
              + " has not "
              + act.get("release")
              + ": the step "
              + RESTORE
              + " comes first");
    }
    return ended("start", volumes.start(users(act)));
  }
}
