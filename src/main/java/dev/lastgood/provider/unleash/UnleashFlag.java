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
  private static final FlagState ON =
      new FlagState(FlagState.ON, "its strategies decide again who gets it");
  private static final FlagState OFF =
      new FlagState(FlagState.OFF, "everybody gets `false`, and no variant");

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
    JsonNode here = environment();
    if (!here.path("enabled").isBoolean()) {
      throw unleash.strange("nobody knows whether the flag is enabled");
    }
    boolean on = here.path("enabled").asBoolean();
    JsonNode strategies = here.path("strategies");
    return new Flag(
        Optional.of(on ? ON : OFF),
        List.of(on ? OFF : ON),
        !on && strategies.isArray() && strategies.isEmpty()
            ? List.of("turning it on gives it to everybody: it has no strategy")
            : List.of());
  }

  private JsonNode environment() throws PlatformUnreachable {
    Reply reply =
        unleash.read(Ask.get(Ask.path("api", "admin", "projects", project, "features", flag)));
    if (reply instanceof Reply.Answered no && no.status() == 404) {
      throw new PlatformUnreachable(
          no.says() + "; or the flag is archived: see the archive of project " + project);
    }
    JsonNode environments = unleash.json(reply).path("environments");
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
    return switch (answer.status()) {
      // Change requests are on, and the token may not go past them; or it may do nothing here.
      case 403 ->
          new Outcome.Refused(
              answer.says()
                  + ". If "
                  + environment
                  + " asks for change requests: open one in Unleash, or use a token that may skip"
                  + " them");
      case 503 ->
          new Outcome.Refused(
              answer.says()
                  + ". Unleash refuses changes like this while it is in maintenance mode");
      default -> Api.failure(answer);
    };
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
