package dev.lastgood.provider.unleash;

import dev.lastgood.model.Names;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One flag in one environment.
final class UnleashPlatform implements Platform {
  static final String TURN = "turn-flag";
  private static final String ON = "on";
  private static final String OFF = "off";

  private final String component;
  private final Api unleash;
  private final String project;
  private final String environment;
  private final String flag;

  UnleashPlatform(String component, Api unleash, String project, String environment, String flag) {
    this.component = component;
    this.unleash = unleash;
    this.project = project;
    this.environment = environment;
    this.flag = flag;
  }

  /// @param strategies how many decide who gets it while it is on; empty: it did not say
  private record Flag(boolean on, Optional<Integer> strategies) {
    String state() {
      return on ? ON : OFF;
    }
  }

  private Flag flag() throws PlatformUnreachable {
    Reply reply =
        unleash.read(Ask.get(Ask.path("api", "admin", "projects", project, "features", flag)));
    if (reply instanceof Reply.Answered no && no.status() == 404) {
      throw new PlatformUnreachable(
          no.says() + "; or the flag is archived: see the archive of project " + project);
    }
    JsonNode json = unleash.json(reply);
    JsonNode environments = json.path("environments");
    if (!environments.isArray()) {
      throw unleash.strange("the flag has no environments");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode one : environments) {
      String name = one.path("name").asString("");
      names.add(name);
      if (name.equals(environment)) {
        if (!one.path("enabled").isBoolean()) {
          throw unleash.strange("nobody knows whether the flag is enabled");
        }
        JsonNode strategies = one.path("strategies");
        return new Flag(
            one.path("enabled").asBoolean(),
            strategies.isArray() ? Optional.of(strategies.size()) : Optional.empty());
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
  public Inventory inventory() throws PlatformUnreachable {
    Flag now = flag();
    List<Release> both =
        (now.on() ? List.of(ON, OFF) : List.of(OFF, ON))
            .stream().map(state -> Release.of(component, state)).toList();
    return new Inventory(Optional.of(both.getFirst()), both, List.of(), notes(now));
  }

  private static List<String> notes(Flag now) {
    return !now.on() && now.strategies().equals(Optional.of(0))
        ? List.of("turning it on gives it to everybody: it has no strategy")
        : List.of();
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    String state = to.id();
    if (!state.equals(ON) && !state.equals(OFF)) {
      throw new PlatformUnreachable(
          component + ": a flag is `on` or `off`, and never `" + state + "`");
    }
    flag();
    Act act =
        new Act(
            component,
            TURN,
            new TreeMap<>(
                Map.of("flag", flag, "project", project, "environment", environment, "to", state)),
            "turn flag " + flag + " " + state + " in " + environment,
            "in Unleash, project "
                + project
                + ", flag "
                + flag
                + ": switch "
                + environment
                + " "
                + state,
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ZERO);
    return List.of(
        new Method(
            "turn",
            state.equals(OFF)
                ? "everybody gets `false`, and no variant"
                : "its strategies decide again who gets it",
            List.of(act),
            List.of("applications see it when they ask next, often after 15 to 60 s")));
  }

  @Override
  public Sight look(Act act) {
    if (!act.verb().equals(TURN)) {
      return new Sight.Unclear(unknown(act));
    }
    try {
      Flag now = flag();
      String seen = "flag " + flag + " is " + now.state() + " in " + environment;
      return now.state().equals(act.get("to")) ? new Sight.Holds(seen) : new Sight.NotYet(seen);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    if (!act.verb().equals(TURN)) {
      return new Outcome.Refused(unknown(act));
    }
    String to = act.get("to");
    try {
      Flag now = flag();
      if (now.state().equals(to)) {
        return new Outcome.Done("it is " + to + " already");
      }
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(
          component + ": not turned " + to + ": " + e.getMessage() + "; nothing was changed");
    }
    return outcome(turn(to), to);
  }

  private Reply turn(String to) {
    return unleash.change(
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
                to),
            Map.of()));
  }

  private Outcome outcome(Reply reply, String to) {
    if (!(reply instanceof Reply.Answered answer)) {
      return Api.failure(reply);
    }
    if (answer.ok()) {
      return new Outcome.Done("turned " + to);
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

  private String unknown(Act act) {
    return component
        + ": unleash knows no `"
        + Text.clip(act.verb(), 40)
        + "`; was the plan made by another version?";
  }
}
