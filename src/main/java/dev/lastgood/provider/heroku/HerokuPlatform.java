package dev.lastgood.provider.heroku;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// One app.
final class HerokuPlatform implements Platform, Capturable, Maintaining {
  static final String ROLLBACK = "rollback";
  private static final Duration USUAL = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /// Shorter values would hide half of every line.
  private static final int SHORTEST_HIDDEN = 6;

  private final String component;
  private final HerokuApi heroku;
  private final Back back;

  HerokuPlatform(String component, HerokuApi heroku) {
    this.component = component;
    this.heroku = heroku;
    this.back = new Back(component, heroku);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Rels rels = heroku.releases();
    Optional<Rel> current = rels.current();
    Optional<Rel> live = current.isPresent() ? origin(rels, current.get()) : Optional.empty();
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    for (Rel rel : rels.newest()) {
      if (rel.copyOf().isPresent() && rel.succeeded()) {
        continue;
      }
      Optional<String> unfit =
          live.filter(l -> l.id().equals(rel.id())).isPresent() ? Optional.empty() : rel.unfit();
      if (unfit.isEmpty()) {
        releases.add(release(rel));
      } else {
        excluded.add(new Inventory.Excluded(rel.id(), unfit.get()));
      }
    }
    Optional<Release> shown = live.map(this::release);
    if (shown.isPresent() && releases.stream().noneMatch(r -> r.is(shown.get()))) {
      releases.add(shown.get());
    }
    return new Inventory(shown, releases, excluded, notes(rels));
  }

  /// Of a copy, what it is a copy of; asked for when it lies beyond the list.
  private Optional<Rel> origin(Rels rels, Rel rel) throws PlatformUnreachable {
    int version = rels.origin(rel);
    Optional<Rel> known = rels.version(version);
    return known.isPresent() ? known : heroku.release("" + version);
  }

  private Release release(Rel rel) {
    Optional<String> commit = heroku.commit(rel.slug());
    return new Release(
        component,
        rel.id(),
        new Origin(commit, commit, Optional.empty(), Optional.empty()),
        Optional.of(rel.created()));
  }

  private static List<String> notes(Rels rels) {
    List<String> notes = new ArrayList<>();
    rels.current()
        .ifPresent(c -> {
          notes.add("current is " + c.v() + ": " + Text.clip(c.description(), 80));
          if (c.version() < rels.highest()) {
            notes.add(
                "v"
                    + rels.highest()
                    + " is newer and does not run: "
                    + rels.newest().getFirst().status());
          }
        });
    if (rels.current().isEmpty()) {
      notes.add("no release is current");
    }
    return notes;
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Rels rels = heroku.releases();
    Rel target =
        rels.find(to.id())
            .orElseThrow(() ->
                new PlatformUnreachable(
                    component
                        + ": Heroku has no release "
                        + to.id()
                        + " among the newest "
                        + rels.newest().size()
                        + " of "
                        + heroku.app()
                        + "; raise `depth`, or choose another"));
    Act act =
        new Act(
            component,
            ROLLBACK,
            new TreeMap<>(
                Map.of(
                    "from",
                    from.id(),
                    "to",
                    target.id(),
                    "version",
                    "" + target.version(),
                    "after",
                    "" + rels.highest())),
            "roll " + heroku.app() + " back to " + target.v(),
            "heroku rollback " + target.v() + " --app " + Text.shellWord(heroku.app()),
            USUAL,
            LONGEST,
            Duration.ZERO);
    return List.of(
        new Method(
            "rollback",
            "a new release with the code and config vars of " + target.v(),
            List.of(act),
            List.of(
                config(target),
                "its release phase, often migrations, may run again",
                "dynos restart; add-ons and their data stay as they are",
                "nothing stops the next push or automatic deploy from replacing it: switch automatic"
                    + " deploys off in the app's Deploy page")));
  }

  /// Which config vars would change, by name.
  private String config(Rel target) {
    try {
      return changes(heroku.config(Optional.empty()), heroku.config(Optional.of(target)));
    } catch (PlatformUnreachable e) {
      return "config vars go back too; which ones cannot be seen: " + e.getMessage();
    }
  }

  private static String changes(SortedMap<String, String> now, SortedMap<String, String> then) {
    List<String> changed = new ArrayList<>();
    var names = new TreeSet<>(now.keySet());
    names.addAll(then.keySet());
    for (String name : names) {
      if (!then.containsKey(name)) {
        changed.add(Text.plain(name) + " goes");
      } else if (!now.containsKey(name)) {
        changed.add(Text.plain(name) + " comes back");
      } else if (!Objects.equals(now.get(name), then.get(name))) {
        changed.add(Text.plain(name) + " changes");
      }
    }
    return changed.isEmpty()
        ? "config vars stay as they are"
        : "config vars go back too: " + String.join(", ", changed);
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case ROLLBACK -> back.look(act);
        case BEGIN, END -> lookMaintenance(act.verb().equals(BEGIN));
        default -> new Sight.Unclear(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case ROLLBACK -> back.act(act);
        case BEGIN, END -> maintain(act.verb().equals(BEGIN));
        default -> new Outcome.Refused(unknown(act));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before the change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  @Override
  public Maintenance maintenance() throws PlatformUnreachable {
    String app = Text.shellWord(heroku.app());
    return Maintenance.of(
        component,
        heroku.maintenance(),
        heroku.app(),
        "heroku maintenance:on --app " + app,
        "heroku maintenance:off --app " + app);
  }

  private Sight lookMaintenance(boolean wanted) throws PlatformUnreachable {
    boolean on = heroku.maintenance();
    String seen = "maintenance of " + heroku.app() + " is " + (on ? "on" : "off");
    return on == wanted ? new Sight.Holds(seen) : new Sight.NotYet(seen);
  }

  private Outcome maintain(boolean on) throws PlatformUnreachable {
    if (heroku.maintenance() == on) {
      return new Outcome.Done("maintenance is " + (on ? "on" : "off") + " already");
    }
    Reply reply = heroku.maintain(on);
    return reply instanceof Reply.Answered answer && answer.ok()
        ? new Outcome.Done("maintenance " + (on ? "on" : "off"))
        : Api.failure(reply);
  }

  private String unknown(Act act) {
    return component
        + ": heroku knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    var text = new StringBuilder();
    SortedMap<String, String> config = new TreeMap<>();
    try {
      Optional<Rel> rel = heroku.release(release.id());
      text.append(
          rel.map(r -> r.words() + "\n" + r.description() + "\ncreated " + r.created() + "\n")
              .orElse(release.id() + " is gone\n"));
      if (rel.isPresent()) {
        config.putAll(heroku.config(rel));
        config.forEach((name, value) ->
            text.append(Text.plain(name)).append(value.isEmpty() ? "=\n" : "=•••\n"));
      }
      heroku.dynos().forEach((v, states) -> text.append("dynos of v" + v + ": " + states + "\n"));
    } catch (PlatformUnreachable e) {
      text.append(e.getMessage()).append('\n');
    }
    String name = component + "-" + release.id();
    String from = "Heroku, app " + heroku.app();
    return List.of(
        new Exhibit(name + ".txt", from, text.toString()),
        new Exhibit(name + ".log", from + ", heroku logs", log(config.values())));
  }

  /// The app's log, without the values of its config vars: an app may say what it was given.
  private String log(Collection<String> config) {
    String log;
    try {
      log = heroku.log();
    } catch (PlatformUnreachable e) {
      return e.getMessage() + "\n# by hand: heroku logs --num 1500 --app " + heroku.app() + "\n";
    }
    List<String> longestFirst =
        config.stream()
            .filter(v -> v.length() >= SHORTEST_HIDDEN)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    for (String value : longestFirst) {
      log = log.replace(value, "•••");
    }
    return log.lines().map(Text::plain).collect(Collectors.joining("\n", "", "\n"));
  }
}
