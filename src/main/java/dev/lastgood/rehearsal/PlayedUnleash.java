package dev.lastgood.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The admin API of Unleash, as far as turning flags uses it: one project with the environments
/// `development` and `production`. Made after the answers of the real server, version 7.5.1.
public final class PlayedUnleash extends PlayedApi {
  private static final String FLAG = "/api/admin/projects/default/features/[^/]+";

  private final SortedMap<String, Flag> flags = new TreeMap<>();
  private boolean changeRequests;
  private boolean maintenance;

  /// How a flag stands in one environment.
  private static final class Place {
    final List<Strategy> strategies = new ArrayList<>();
    boolean on;

    @Override
    public String toString() {
      return on + " " + strategies;
    }
  }

  private record Strategy(String name, boolean disabled) {}

  private static final class Flag {
    final SortedMap<String, Place> places =
        new TreeMap<>(Map.of("development", new Place(), "production", new Place()));
    final List<String> parents = new ArrayList<>();
    boolean archived;

    Place production() {
      return Objects.requireNonNull(places.get("production"));
    }

    @Override
    public String toString() {
      return places + " " + parents + (archived ? " archived" : "");
    }
  }

  public PlayedUnleash(String token) throws IOException {
    super(token);
    open();
  }

  // ---- its state

  /// In production: on with a strategy for everybody, or off without any.
  public synchronized void flag(String name, boolean on) {
    var flag = new Flag();
    flags.put(name, flag);
    if (on) {
      set(flag.production(), true);
    }
  }

  /// Adds a strategy in production that is not in use.
  public synchronized void disabledStrategy(String name) {
    known(name).production().strategies.add(new Strategy("flexibleRollout", true));
  }

  /// `child` is off wherever `parent` is.
  public synchronized void depends(String child, String parent) {
    known(child).parents.add(parent);
  }

  private Flag known(String name) {
    return Objects.requireNonNull(flags.get(name), name);
  }

  public synchronized void archive(String name) {
    flags.computeIfPresent(
        name,
        (_, flag) -> {
          flag.archived = true;
          return flag;
        });
  }

  /// Changes to production need a request from now on.
  public synchronized void changeRequests() {
    changeRequests = true;
  }

  public synchronized void maintenance() {
    maintenance = true;
  }

  public synchronized boolean on(String name) {
    return flags.containsKey(name) && known(name).production().on;
  }

  @Override
  public synchronized String snapshot() {
    return flags.toString();
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    return Map.of("name", "Error", "message", says, "details", List.of(Map.of("message", says)));
  }

  @Override
  protected Told lie(Asked asked) {
    return Told.empty(200);
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.is("GET", FLAG)) {
      return flag(asked.part(5));
    }
    if (asked.is("POST", FLAG + "/environments/[^/]+/(on|off)")) {
      return turn(asked.part(5), asked.part(7), asked.part(8).equals("on"));
    }
    return no(404, "The path you were looking for is not available.");
  }

  private Told flag(String name) {
    Flag flag = flags.get(name);
    if (flag == null) {
      return nowhere(name);
    }
    // The real one does not show an archived flag either; only turning it says what it is.
    return flag.archived
        ? no(404, "Could not find feature flag with name " + name)
        : Told.json(200, json(name, flag));
  }

  private Told nowhere(String name) {
    return no(404, "There's no feature named \"" + name + "\" in project \"default\".");
  }

  /// In the order in which the real one looks.
  private Told turn(String name, String environment, boolean on) {
    if (maintenance) {
      return Told.json(503, Map.of("message", "Unleash is currently in maintenance mode."));
    }
    if (changeRequests && environment.equals("production")) {
      return no(
          403,
          "You don't have the required permissions to perform this operation. To perform"
              + " this action, you need the \"SKIP_CHANGE_REQUEST\" permission.");
    }
    Flag flag = flags.get(name);
    if (flag == null) {
      return nowhere(name);
    }
    Place place = flag.places.get(environment);
    if (place == null) {
      return no(404, "Could not find environment " + environment + " for feature: " + name);
    }
    if (flag.archived) {
      return no(400, "Cannot perform this operation on archived features");
    }
    set(place, on);
    return Told.empty(200);
  }

  /// Turned on without a strategy in use, it gets the project's default one.
  private static void set(Place place, boolean on) {
    if (on && place.strategies.stream().allMatch(Strategy::disabled)) {
      place.strategies.add(new Strategy("flexibleRollout", false));
    }
    place.on = on;
  }

  private Map<String, ?> json(String name, Flag flag) {
    List<Map<String, ?>> environments = new ArrayList<>();
    flag.places.forEach((environment, place) ->
        environments.add(
            Map.of(
                "name",
                environment,
                "enabled",
                place.on,
                "strategies",
                place.strategies.stream()
                    .map(s -> Map.of("name", s.name, "disabled", s.disabled))
                    .toList())));
    return Map.of(
        "name",
        name,
        "project",
        "default",
        "archived",
        false,
        "environments",
        environments,
        "dependencies",
        flag.parents.stream().map(p -> Map.of("feature", p, "enabled", true)).toList(),
        "children",
        flags.entrySet().stream()
            .filter(e -> e.getValue().parents.contains(name))
            .map(Map.Entry::getKey)
            .toList());
  }
}
