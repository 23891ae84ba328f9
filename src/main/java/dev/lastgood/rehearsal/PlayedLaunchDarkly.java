package dev.lastgood.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The REST API of LaunchDarkly, as far as turning flags uses it: one project `default` with the
/// environments `test` and `production`. Made after its published API description, version
/// 20240415.
public final class PlayedLaunchDarkly extends PlayedApi {
  private static final String FLAG = "/api/v2/flags/default/[^/]+";
  private static final String SEMANTIC = "domain-model=launchdarkly.semanticpatch";

  private final SortedMap<String, Flag> flags = new TreeMap<>();
  private boolean approvals;
  private boolean scheduled;

  /// @param name may be empty
  /// @param value JSON: a text, a number, a boolean, a map
  public record Variation(String name, Object value) {}

  private static final class Here {
    boolean on;
    Optional<Integer> off;
    int version = 1;

    Here(boolean on, Optional<Integer> off) {
      this.on = on;
      this.off = off;
    }

    @Override
    public String toString() {
      return (on ? "on" : "off") + " off=" + off.map(String::valueOf).orElse("-") + " v" + version;
    }
  }

  private static final class Flag {
    final List<Variation> variations;
    final SortedMap<String, Here> environments = new TreeMap<>();
    boolean archived;

    Flag(List<Variation> variations) {
      this.variations = List.copyOf(variations);
    }

    @Override
    public String toString() {
      return environments + (archived ? " archived" : "");
    }
  }

  public PlayedLaunchDarkly(String token) throws IOException {
    super(token);
    open();
  }

  // ---- its state

  /// @param off place of the off variation; empty: it has none
  public synchronized void flag(
      String key, boolean on, List<Variation> variations, Optional<Integer> off) {
    var flag = new Flag(variations);
    flag.environments.put("production", new Here(on, off));
    flag.environments.put("test", new Here(true, off));
    flags.put(key, flag);
  }

  public synchronized void archive(String key) {
    flags.computeIfPresent(
        key,
        (_, flag) -> {
          flag.archived = true;
          return flag;
        });
  }

  public synchronized void delete(String key) {
    flags.remove(key);
  }

  /// Production asks for approvals from now on.
  public synchronized void approvals() {
    approvals = true;
  }

  /// A scheduled change of production waits from now on.
  public synchronized void scheduled() {
    scheduled = true;
  }

  /// `on off=1 v3`: whether it is on in production, the place of its off variation, its version.
  public synchronized String production(String key) {
    Flag flag = flags.get(key);
    return flag == null ? "" : String.valueOf(flag.environments.get("production"));
  }

  @Override
  public synchronized String snapshot() {
    return flags.toString();
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    return Map.of("code", "error_" + status, "message", says, "id", "played");
  }

  /// The bare token: with `Bearer` before it, it is another one.
  @Override
  protected String credential(Asked asked) {
    return asked.header().apply("Authorization");
  }

  @Override
  protected Told lie(Asked asked) {
    Flag flag = flags.get(asked.part(4));
    return flag == null
        ? no(404, "Unknown flag key")
        : shown(asked.part(4), flag, Optional.empty());
  }

  @Override
  protected Told answer(Asked asked) {
    if (!asked.path().matches(FLAG)) {
      return no(404, "Invalid resource");
    }
    Flag flag = flags.get(asked.part(4));
    if (flag == null) {
      return no(404, "Unknown flag key " + asked.part(4));
    }
    return switch (asked.method()) {
      case "GET" -> shown(asked.part(4), flag, Optional.ofNullable(asked.query().get("env")));
      case "PATCH" -> patch(asked, flag);
      default -> no(405, "Method not allowed");
    };
  }

  private Told patch(Asked asked, Flag flag) {
    if (!asked.header().apply("Content-Type").contains(SEMANTIC)) {
      return no(400, "Invalid request body: a JSON patch is an array");
    }
    String environment = asked.json().path("environmentKey").asString("");
    Here here = flag.environments.get(environment);
    if (here == null) {
      return no(404, "Unknown environment key " + environment);
    }
    if (flag.archived) {
      return no(400, "Cannot update an archived flag");
    }
    boolean production = environment.equals("production");
    if (approvals && production) {
      return no(405, "Approval is required for this environment");
    }
    if (scheduled && production && !"true".equals(asked.query().get("ignoreConflicts"))) {
      return no(400, "This change conflicts with a scheduled change");
    }
    Here after = new Here(here.on, here.off);
    after.version = here.version;
    for (JsonNode instruction : asked.json().path("instructions")) {
      Optional<Told> no = carryOut(instruction, flag, after);
      if (no.isPresent()) {
        return no.get();
      }
    }
    // All instructions or none; what holds already is a success and no new version.
    if (after.on != here.on || !after.off.equals(here.off)) {
      after.version++;
    }
    flag.environments.put(environment, after);
    return shown(asked.part(4), flag, Optional.empty());
  }

  private Optional<Told> carryOut(JsonNode instruction, Flag flag, Here after) {
    switch (instruction.path("kind").asString("")) {
      case "turnFlagOn" -> after.on = true;
      case "turnFlagOff" -> after.on = false;
      case "updateOffVariation" -> {
        String id = instruction.path("variationId").asString("");
        for (int i = 0; i < flag.variations.size(); i++) {
          if (id(i).equals(id)) {
            after.off = Optional.of(i);
            return Optional.empty();
          }
        }
        return Optional.of(no(422, "Unknown variation " + id));
      }
      default -> {
        return Optional.of(no(422, "Unknown instruction kind"));
      }
    }
    return Optional.empty();
  }

  private static String id(int place) {
    return "00000000-0000-4000-8000-%012d".formatted(place);
  }

  private static Told shown(String key, Flag flag, Optional<String> only) {
    List<Map<String, ?>> variations = new ArrayList<>();
    for (int i = 0; i < flag.variations.size(); i++) {
      var one = new TreeMap<String, Object>();
      one.put("_id", id(i));
      one.put("value", flag.variations.get(i).value());
      if (!flag.variations.get(i).name().isEmpty()) {
        one.put("name", flag.variations.get(i).name());
      }
      variations.add(one);
    }
    var environments = new TreeMap<String, Object>();
    flag.environments.forEach((name, here) -> {
      if (only.isEmpty() || only.get().equals(name)) {
        var one = new TreeMap<String, Object>();
        one.put("on", here.on);
        one.put("_version", here.version);
        one.put("prerequisites", List.of());
        one.put("rules", List.of());
        here.off.ifPresent(off -> one.put("offVariation", off));
        environments.put(name, one);
      }
    });
    return Told.json(
        200,
        Map.of(
            "key",
            key,
            "kind",
            "multivariate",
            "archived",
            flag.archived,
            "variations",
            variations,
            "environments",
            environments));
  }
}
