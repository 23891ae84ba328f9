package dev.lastgood.provider.launchdarkly;

import dev.lastgood.model.Names;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.flag.Flag;
import dev.lastgood.provider.flag.FlagState;
import dev.lastgood.provider.flag.FlagStore;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import dev.lastgood.provider.launchdarkly.Variations.Variation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One flag in one environment of LaunchDarkly.
///
/// Off does not mean `false` there: it means the flag's off variation. Where the configuration
/// names the one that off shall serve, a state is both, whether it is on and its off variation, so
/// that going back restores both: `on-else-X` is on, with X for when it is off.
final class LaunchDarklyFlag implements FlagStore {
  private static final String NONE = "none";

  /// Semantic patch; without the parameter the same body is read as JSON Patch and refused.
  private static final String PATCH = "application/json; domain-model=launchdarkly.semanticpatch";

  private final Api api;
  private final String project;
  private final String environment;
  private final String flag;
  private final Optional<String> offServes;
  private final boolean ignoreConflicts;

  LaunchDarklyFlag(
      Api api,
      String project,
      String environment,
      String flag,
      Optional<String> offServes,
      boolean ignoreConflicts) {
    this.api = api;
    this.project = project;
    this.environment = environment;
    this.flag = flag;
    this.offServes = offServes;
    this.ignoreConflicts = ignoreConflicts;
  }

  /// @param off what off serves; empty: the default in the code that asks
  private record Standing(
      boolean on, Optional<Variation> off, Variations variations, List<String> notes) {}

  @Override
  public String platform() {
    return "launchdarkly";
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
    Standing now = standing();
    if (offServes.isEmpty()) {
      FlagState on = state(FlagState.ON, true, now.off());
      FlagState off = state(FlagState.OFF, false, now.off());
      return new Flag(Optional.of(now.on() ? on : off), List.of(now.on() ? off : on), now.notes());
    }
    Variation wanted = now.variations().wanted(offServes.get(), flag);
    List<FlagState> all = new ArrayList<>();
    all.add(state(FlagState.OFF, false, Optional.of(wanted)));
    all.add(state(FlagState.ON, true, Optional.of(wanted)));
    for (Variation other : now.variations().all()) {
      if (!other.equals(wanted)) {
        all.add(state(longer(true, other.word()), true, Optional.of(other)));
        all.add(state(longer(false, other.word()), false, Optional.of(other)));
      }
    }
    if (now.off().isEmpty()) {
      FlagState none = state(longer(now.on(), NONE), now.on(), Optional.empty());
      all.add(new FlagState(none.id(), none.serves(), false));
    }
    String id =
        now.off().equals(Optional.of(wanted))
            ? now.on() ? FlagState.ON : FlagState.OFF
            : longer(now.on(), now.off().map(Variation::word).orElse(NONE));
    FlagState state = all.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    List<String> notes = new ArrayList<>(now.notes());
    if (now.off().isEmpty()) {
      notes.add(
          "turning it off gives it the off variation "
              + wanted.word()
              + ", and it keeps that: LaunchDarkly cannot take it away again");
    }
    return new Flag(
        Optional.of(state), all.stream().filter(s -> !s.id().equals(id)).toList(), notes);
  }

  private static String longer(boolean on, String word) {
    return (on ? "on-else-" : "off-") + word;
  }

  private static FlagState state(String id, boolean on, Optional<Variation> off) {
    String serves =
        off.map(v -> "everybody gets " + v.shown())
            .orElse("everybody gets the default of the code that asks: it has no off variation");
    return new FlagState(id, on ? "its targeting decides again who gets what" : serves);
  }

  private Standing standing() throws PlatformUnreachable {
    JsonNode json =
        api.json(
            api.read(
                Ask.get(Ask.path("api", "v2", "flags", project, flag)).with("env", environment)));
    JsonNode environments = json.path("environments");
    if (!environments.isObject()) {
      throw api.strange("the flag has no environments");
    }
    JsonNode here = environments.path(environment);
    if (here.isMissingNode()) {
      throw new PlatformUnreachable(
          "LaunchDarkly: flag "
              + flag
              + " has no environment `"
              + environment
              + "`"
              + Names.hint(environment, environments.propertyNames()));
    }
    if (json.path("archived").asBoolean(false)) {
      throw new PlatformUnreachable(
          "LaunchDarkly: flag " + flag + " is archived: restore it there, or correct `flag`");
    }
    if (!here.path("on").isBoolean()) {
      throw api.strange("nobody knows whether the flag is on");
    }
    Variations variations = Variations.of(json, api);
    JsonNode off = here.path("offVariation");
    if (!off.isMissingNode() && !off.isNull() && variations.at(off).isEmpty()) {
      throw api.strange("its off variation is none of its variations");
    }
    return new Standing(here.path("on").asBoolean(), variations.at(off), variations, notes(here));
  }

  private static List<String> notes(JsonNode here) {
    return here.path("prerequisites").isEmpty()
        ? List.of()
        : List.of("it has prerequisites: when one of them is off, it serves its off variation");
  }

  @Override
  public Outcome turn(Flag seen, FlagState to, String comment) {
    boolean on = to.id().equals(FlagState.ON) || to.id().startsWith(longer(true, ""));
    List<Map<String, String>> instructions = new ArrayList<>();
    try {
      Optional<Outcome> no = offVariation(to, on, instructions);
      if (no.isPresent()) {
        return no.get();
      }
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
    instructions.add(Map.of("kind", on ? "turnFlagOn" : "turnFlagOff"));
    Ask ask =
        Ask.send(
                "PATCH",
                Ask.path("api", "v2", "flags", project, flag),
                Map.of(
                    "environmentKey",
                    environment,
                    "comment",
                    comment,
                    "instructions",
                    instructions))
            .header("Content-Type", PATCH);
    return outcome(api.change(ignoreConflicts ? ask.with("ignoreConflicts", "true") : ask), to);
  }

  /// The off variation first: both instructions are one request, which is carried out whole or not
  /// at all.
  private Optional<Outcome> offVariation(
      FlagState to, boolean on, List<Map<String, String>> instructions) throws PlatformUnreachable {
    if (offServes.isEmpty()) {
      return Optional.empty();
    }
    Standing now = standing();
    Variation wanted = now.variations().wanted(offServes.get(), flag);
    String word =
        to.id().equals(FlagState.ON) || to.id().equals(FlagState.OFF)
            ? wanted.word()
            : to.id().substring(longer(on, "").length());
    Optional<Variation> variation =
        now.variations().all().stream().filter(v -> v.word().equals(word)).findFirst();
    if (variation.isEmpty()) {
      return Optional.of(
          new Outcome.Refused(
              to.id() + ": LaunchDarkly cannot take the off variation away; nothing was changed"));
    }
    if (!variation.equals(now.off())) {
      instructions.add(Map.of("kind", "updateOffVariation", "variationId", variation.get().id()));
    }
    return Optional.empty();
  }

  private Outcome outcome(Reply reply, FlagState to) {
    if (!(reply instanceof Reply.Answered answer)) {
      return Api.failure(reply);
    }
    if (answer.ok()) {
      return new Outcome.Done("turned " + to.id());
    }
    return switch (answer.status()) {
      case 400 ->
          new Outcome.Refused(
              answer.says()
                  + ". If a scheduled change or an approval request waits for this flag: withdraw it,"
                  + " or set `ignore-conflicts: true`");
      case 405 ->
          new Outcome.Refused(
              answer.says()
                  + ". "
                  + environment
                  + " asks for an approval: request it in LaunchDarkly ("
                  + byHand(to)
                  + "), or use a token that may go past approvals");
      case 409 ->
          new Outcome.Refused(
              answer.says()
                  + ". Somebody changed the flag in the same moment; nothing was changed here, try"
                  + " again");
      default -> Api.failure(answer);
    };
  }

  @Override
  public String byHand(FlagState to) {
    boolean on = to.id().equals(FlagState.ON) || to.id().startsWith(longer(true, ""));
    return "in LaunchDarkly, project "
        + project
        + ", flag "
        + flag
        + ", "
        + environment
        + ": "
        + (offServes.isPresent() && !on ? "set the off variation (" + to.serves() + "), then " : "")
        + "turn targeting "
        + (on ? "on" : "off")
        + (to.id().equals(FlagState.ON) || to.id().equals(FlagState.OFF)
            ? ""
            : " (" + to.id() + ")");
  }

  @Override
  public List<String> costs() {
    return List.of(
        "applications that stream see it in a second, those that poll when they ask next");
  }
}
