package dev.lastgood.provider.unleash;

import dev.lastgood.model.Names;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.flag.Flag;
import dev.lastgood.provider.flag.FlagState;
import dev.lastgood.provider.flag.FlagStore;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One flag in one environment of Unleash.
final class UnleashFlag implements FlagStore {
  private static final String ALL_FALSE = "everybody gets `false`, and no variant";

  private final Api unleash;
  private final String project;
  private final String environment;
  private final String flag;

  UnleashFlag(Api unleash, String project, String environment, String flag) {
    this.unleash = unleash;
    this.project = project;
    this.environment = environment;
    this.flag = flag;
  }

  @Override
  public String platform() {
    return "unleash";
  }

  @Override
  public SortedMap<String, String> place() {
    return new TreeMap<>(Map.of("flag", flag, "project", project, "environment", environment));
  }

  @Override
  public String where() {
    return "in " + environment;
  }

  @Override
  public Flag read() throws PlatformUnreachable {
    JsonNode all = feature();
    JsonNode here = environment(all);
    if (!here.path("enabled").isBoolean()) {
      throw unleash.strange("nobody knows whether the flag is enabled");
    }
    boolean on = here.path("enabled").asBoolean();
    String others = follow(all.path("children"));
    var turnedOn = new FlagState(FlagState.ON, "its strategies decide again who gets it" + others);
    var turnedOff = new FlagState(FlagState.OFF, ALL_FALSE + others);
    return new Flag(
        Optional.of(on ? turnedOn : turnedOff),
        List.of(on ? turnedOff : turnedOn),
        notes(on, here.path("strategies"), all.path("dependencies")));
  }

  /// A flag that others depend on takes them along, whatever they say themselves.
  private static String follow(JsonNode children) {
    List<String> names = new ArrayList<>();
    children.forEach(child -> names.add(child.asString("")));
    return names.isEmpty()
        ? ""
        : "; flags that depend on it change with it: " + String.join(", ", names);
  }

  private static List<String> notes(boolean on, JsonNode strategies, JsonNode parents) {
    List<String> notes = new ArrayList<>();
    // Unleash looks at those in use only: a flag that has disabled ones alone gets another.
    if (!on && strategies.isArray() && !inUse(strategies)) {
      notes.add(
          "turning it on adds the project's default strategy, usually everybody: it has no"
              + " strategy in use");
    }
    for (JsonNode parent : parents) {
      notes.add(
          "it depends on flag "
              + parent.path("feature").asString("")
              + ": who gets it is decided there, too");
    }
    return notes;
  }

  private static boolean inUse(JsonNode strategies) {
    for (JsonNode strategy : strategies) {
      if (!strategy.path("disabled").asBoolean(false)) {
        return true;
      }
    }
    return false;
  }

  private JsonNode feature() throws PlatformUnreachable {
    Reply reply =
        unleash.read(Ask.get(Ask.path("api", "admin", "projects", project, "features", flag)));
    if (reply instanceof Reply.Answered no && no.status() == 404) {
      throw new PlatformUnreachable(
          no.says() + "; or the flag is archived: see the archive of project " + project);
    }
    return unleash.json(reply);
  }

  private JsonNode environment(JsonNode feature) throws PlatformUnreachable {
    JsonNode environments = feature.path("environments");
    if (!environments.isArray()) {
      throw unleash.strange("the flag has no environments");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode one : environments) {
      String name = one.path("name").asString("");
      names.add(name);
      if (name.equals(environment)) {
        return one;
      }
    }
    throw new PlatformUnreachable(
        "Unleash: flag "
            + flag
            + " has no environment `"
            + environment
            + "`"
            + Names.hint(environment, names));
  }

  @Override
  public Outcome turn(Flag seen, FlagState to, String comment) {
    Reply reply =
        unleash.change(
            Ask.send(
                "POST",
                Ask.path(
                    "api",
                    "admin",
                    "projects",
                    project,
                    "features",
                    flag,
                    "environments",
                    environment,
                    to.id()),
                Map.of()));
    if (!(reply instanceof Reply.Answered answer)) {
      return Api.failure(reply);
    }
    if (answer.ok()) {
      return new Outcome.Done("turned " + to.id());
    }
    return refused(answer);
  }

  private Outcome refused(Reply.Answered answer) {
    // The right that is missing, as Unleash names it.
    if (answer.status() == 403 && answer.says().contains("SKIP_CHANGE_REQUEST")) {
      return new Outcome.Refused(
          answer.says()
              + ". "
              + environment
              + " asks for change requests: open one in Unleash, or use a token that may skip them");
    }
    // Any other 503 may come from something in between, after it was done.
    return answer.status() == 503 && answer.says().contains("maintenance mode")
        ? new Outcome.Refused(
            answer.says() + ". Unleash refuses changes like this while it is in maintenance mode")
        : Api.failure(answer);
  }

  @Override
  public String byHand(FlagState to) {
    return "in Unleash, project "
        + project
        + ", flag "
        + flag
        + ": switch "
        + environment
        + " "
        + to.id();
  }

  @Override
  public List<String> costs() {
    return List.of("applications see it when they ask next, often after 15 to 60 s");
  }
}
