package dev.lastgood.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The admin API of Unleash, as far as turning flags uses it: one project with the environments
/// `development` and `production`. Made after the answers of the real server, version 7.5.1.
public final class PlayedUnleash extends PlayedApi {
  private static final String FLAG = "/api/admin/projects/default/features/[^/]+";

  private final SortedMap<String, Flag> flags = new TreeMap<>();
  private boolean changeRequests;
  private boolean maintenance;

  private static final class Flag {
    final SortedMap<String, Boolean> on =
        new TreeMap<>(Map.of("development", false, "production", false));
    final List<String> strategies = new ArrayList<>();
    boolean archived;

    @Override
    public String toString() {
      return on + " " + strategies + (archived ? " archived" : "");
    }
  }

  public PlayedUnleash(String token) throws IOException {
    super(token);
    open();
  }

  // ---- its state

  public synchronized void flag(String name, boolean on) {
    var flag = new Flag();
    flag.on.put("production", on);
    flags.put(name, flag);
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
    return flags.containsKey(name) && flags.get(name).on.getOrDefault("production", false);
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
      Flag flag = flags.get(asked.part(5));
      // The real one does not show an archived flag either; only turning it says what it is.
      return flag == null || flag.archived
          ? no(404, "Could not find feature flag with name " + asked.part(5))
          : Told.json(200, json(asked.part(5), flag));
    }
    if (asked.is("POST", FLAG + "/environments/[^/]+/(on|off)")) {
      return turn(asked.part(5), asked.part(7), asked.part(8).equals("on"));
    }
    return no(404, "The path you were looking for does not exist");
  }

  private Told turn(String name, String environment, boolean on) {
    Flag flag = flags.get(name);
    if (maintenance) {
      return no(503, "Unleash is currently in maintenance mode.");
    }
    if (flag == null || !flag.on.containsKey(environment)) {
      return no(404, "Could not find it");
    }
    if (flag.archived) {
      return no(400, "Cannot perform this operation on archived features");
    }
    if (changeRequests) {
      return no(403, "Change requests are enabled for this environment");
    }
    if (on && flag.strategies.isEmpty()) {
      flag.strategies.add("flexibleRollout");
    }
    flag.on.put(environment, on);
    return Told.empty(200);
  }

  private static Map<String, ?> json(String name, Flag flag) {
    List<Map<String, ?>> environments = new ArrayList<>();
    flag.on.forEach((environment, on) ->
        environments.add(
            Map.of(
                "name",
                environment,
                "enabled",
                on,
                "strategies",
                flag.strategies.stream().map(s -> Map.of("name", s)).toList())));
    return Map.of(
        "name",
        name,
        "project",
        "default",
        "archived",
        flag.archived,
        "environments",
        environments);
  }
}
