package dev.lastgood.provider.supabase;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.OneAtATime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One project.
final class SupabasePlatform implements Platform, Snapshotting {
  static final String LIVE = "as-it-grew";
  static final String RESTORE = "restore-project";
  static final String RESUME = "resume-project";
  private static final String MOMENT = "pitr-";
  private static final Duration USUAL = Duration.ofMinutes(15);
  private static final Duration LONGEST = Duration.ofHours(4);

  private final String component;
  private final SupabaseApi supabase;
  private final Memory memory;
  private final Restoring restoring;
  private final OneAtATime turn;
  private final InstantSource clock;

  SupabasePlatform(
      String component, SupabaseApi supabase, Duration grace, Surroundings surroundings) {
    this.component = component;
    this.supabase = supabase;
    this.clock = surroundings.clock();
    this.memory = new Memory(surroundings.state().resolve(component + ".supabase.json"));
    this.restoring = new Restoring(component, supabase, memory, grace, clock);
    this.turn =
        new OneAtATime(
            component,
            surroundings.state().resolve(component + ".supabase.lock"),
            Duration.ofSeconds(30));
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    String status = supabase.status();
    Backups backups = supabase.backups();
    Memory.State state = restoring.settled();
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    Release live =
        backups
            .find(state.live())
            .map(this::release)
            .orElseGet(() -> release(state.live(), Optional.empty()));
    releases.add(live);
    for (long moment : state.moments()) {
      Release release = release(MOMENT + moment, Optional.of(Instant.ofEpochSecond(moment)));
      Optional<String> unfit = backups.unfit(Instant.ofEpochSecond(moment));
      sort(release, unfit, live, releases, excluded);
    }
    backups.all().forEach(b -> sort(release(b), b.unfit(), live, releases, excluded));
    // What was given up by a restore, for as long as it can be had back.
    state
        .pending()
        .filter(p -> !p.from().equals(live.id()) && backups.find(p.from()).isEmpty())
        .filter(p -> !p.from().startsWith(MOMENT))
        .ifPresent(p ->
            sort(
                release(p.from(), Optional.of(p.asked())),
                backups.unfit(p.asked().minusSeconds(1)),
                live,
                releases,
                excluded));
    return new Inventory(Optional.of(live), releases, excluded, notes(status, backups));
  }

  private static void sort(
      Release release,
      Optional<String> unfit,
      Release live,
      List<Release> releases,
      List<Inventory.Excluded> excluded) {
    if (release.is(live)) {
      return;
    }
    if (unfit.isEmpty()) {
      releases.add(release);
    } else {
      excluded.add(new Inventory.Excluded(release.id(), unfit.get()));
    }
  }

  private Release release(Backups.Backup backup) {
    return release(backup.release(), Optional.of(backup.taken()));
  }

  private Release release(String id, Optional<Instant> since) {
    return new Release(component, id, Origin.UNKNOWN, since);
  }

  private static List<String> notes(String status, Backups backups) {
    List<String> notes = new ArrayList<>();
    notes.add("the project is " + status);
    notes.add(
        backups.pitr()
            ? "every second can be restored from "
                + backups.earliest().map(Instant::toString).orElse("?")
                + " to "
                + backups.latest().map(Instant::toString).orElse("?")
            : "point-in-time recovery is off: only daily backups, and no way back from one");
    return notes;
  }

  // ---- the ways

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Backups backups = supabase.backups();
    Optional<Backups.Backup> backup = backups.find(to.id());
    if (backup.isPresent()) {
      return backup.get().unfit().isPresent()
          ? List.of()
          : List.of(
              method(
                  backups,
                  from,
                  to,
                  backup.get().taken(),
                  Map.of(),
                  "POST /v1/projects/"
                      + supabase.project()
                      + "/database/backups/restore {\"id\":"
                      + backup.get().id()
                      + "}"));
    }
    if (to.id().startsWith(MOMENT)) {
      return at(backups, from, to, second(to.id()));
    }
    Memory.State state = memory.read();
    boolean known =
        state.live().equals(to.id())
            || state.pending().filter(p -> p.from().equals(to.id())).isPresent();
    if (!known) {
      throw new PlatformUnreachable(
          component
              + ": project "
              + supabase.project()
              + " has no backup "
              + to.id()
              + "; see `lastgood status`");
    }
    return backups.pitr() ? List.of(before(backups, from, to)) : List.of();
  }

  private long second(String id) throws PlatformUnreachable {
    try {
      return Long.parseLong(id.substring(MOMENT.length()));
    } catch (NumberFormatException e) {
      throw new PlatformUnreachable(component + ": " + id + " names no second", e);
    }
  }

  private List<Method> at(Backups backups, Release from, Release to, long second)
      throws PlatformUnreachable {
    Instant moment = Instant.ofEpochSecond(second);
    return backups.unfit(moment).isPresent()
        ? List.of()
        : List.of(
            method(
                backups,
                from,
                to,
                moment,
                Map.of("second", "" + second),
                "supabase backups restore --project-ref "
                    + supabase.project()
                    + " --timestamp "
                    + second));
  }

  /// Takes a restore back: to the last second before it was asked for.
  private Method before(Backups backups, Release from, Release to) throws PlatformUnreachable {
    return method(
        backups,
        from,
        to,
        clock.instant(),
        Map.of(),
        "supabase backups restore --project-ref "
            + supabase.project()
            + " --timestamp SECOND-BEFORE-THE-RESTORE");
  }

  private Method method(
      Backups backups,
      Release from,
      Release to,
      Instant content,
      Map<String, String> more,
      String byHand)
      throws PlatformUnreachable {
    boolean paused = Restoring.paused(supabase.status());
    var with = new TreeMap<>(Map.of("from", from.id(), "to", to.id()));
    with.putAll(more);
    List<Leg> legs = new ArrayList<>();
    if (paused) {
      legs.add(resume(to));
    }
    legs.add(
        new Act(
            component,
            RESTORE,
            with,
            "restore the whole project database in place: " + to.id(),
            byHand,
            USUAL,
            LONGEST,
            USUAL));
    long minutes = Math.max(0, ChronoUnit.MINUTES.between(content, clock.instant()));
    boolean dated = !more.isEmpty() || backups.find(to.id()).isPresent();
    return new Method(
        "restore",
        "the project goes back in place; its address stays",
        legs,
        List.of(
            "the project is down while it is restored",
            "files in storage stay as they are, only their rows go back",
            "subscriptions and replication slots must be dropped before"),
        List.of(
            (dated
                    ? "everything written since "
                        + content.truncatedTo(ChronoUnit.SECONDS)
                        + " ("
                        + age(Duration.ofMinutes(minutes))
                        + ")"
                    : "everything written since the restore that is taken back")
                + (backups.pitr()
                    ? ""
                    : "; for good, since point-in-time recovery is off: take a pg_dump first")));
  }

  /// To the minute, since each one of it is lost.
  private static String age(Duration age) {
    long hours = age.toHours();
    int minutes = age.toMinutesPart();
    if (hours < 2) {
      return age.toMinutes() + " minutes";
    }
    return hours + " hours" + (minutes == 0 ? "" : " " + minutes + " minutes");
  }

  private Act resume(Release to) {
    return new Act(
        component,
        RESUME,
        new TreeMap<>(Map.of("to", to.id())),
        "resume the paused project: a paused one cannot be restored",
        "POST /v1/projects/" + supabase.project() + "/restore, which is Supabase's word for it",
        Duration.ofMinutes(3),
        Duration.ofMinutes(30),
        Duration.ZERO);
  }

  // ---- looking and acting

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case RESTORE -> restoring.look(act);
        case RESUME -> restoring.lookAtResume();
        default -> new Sight.Unclear(act.unknownTo("supabase"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    return turn.act(() -> {
      try {
        return switch (act.verb()) {
          case RESTORE -> restoring.act(act);
          case RESUME -> restoring.resume();
          default -> new Outcome.Refused(act.unknownTo("supabase"));
        };
      } catch (PlatformUnreachable e) {
        // Only what comes before the change throws, and forgetting after a refusal.
        return new Outcome.Refused(e.getMessage() + "; nothing was changed");
      }
    });
  }

  // ---- before a deploy

  @Override
  public Taken snapshot() throws PlatformUnreachable {
    Backups backups = supabase.backups();
    if (!backups.pitr()) {
      throw new PlatformUnreachable(
          component
              + ": point-in-time recovery is off for project "
              + supabase.project()
              + ", so no moment can be kept; switch the add-on on, or use platform postgres");
    }
    long second = clock.instant().getEpochSecond();
    Memory.State state = restoring.settled();
    memory.write(state.keeps(second));
    return new Taken(
        release(MOMENT + second, Optional.of(Instant.ofEpochSecond(second))),
        release(state.live(), Optional.empty()),
        List.of(
            "Supabase can restore it as soon as its log is archived, which takes some minutes"));
  }
}
