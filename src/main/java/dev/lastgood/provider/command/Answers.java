package dev.lastgood.provider.command;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what the commands answer. An answer in another shape is no answer.
record Answers(String component, CommandSettings.Form form) {
  private static final int MOST = 1000;
  private static final int LONGEST = 200;

  /// @param live empty when nothing is
  /// @param underWay id on its way to be live, when the command can tell
  /// @param failed why what was asked for can no longer come, when the command can tell
  record Observed(Optional<String> live, Optional<String> underWay, Optional<String> failed) {}

  private record Line(
      String id, Optional<Instant> since, Origin origin, Optional<String> excluded) {}

  Inventory inventory(String said, Optional<String> live) throws PlatformUnreachable {
    List<Line> lines = form == CommandSettings.Form.JSON ? fromJson(said) : fromLines(said);
    if (lines.size() > MOST) {
      throw odd("inventory", "more than " + MOST + " releases");
    }
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Line line : lines) {
      if (!seen.add(line.id())) {
        throw odd("inventory", "the release " + Why.plain(line.id(), LONGEST) + " twice");
      }
      Optional<String> why = line.excluded().or(() -> unfit(line.id()));
      if (why.isPresent()) {
        excluded.add(new Inventory.Excluded(Why.plain(line.id(), LONGEST), why.get()));
      } else {
        releases.add(new Release(component, line.id(), line.origin(), line.since()));
      }
    }
    Optional<Release> now =
        live.flatMap(id -> releases.stream().filter(r -> r.id().equals(id)).findFirst());
    List<String> notes =
        live.isPresent() && now.isEmpty()
            ? List.of("observe says " + live.get() + " is live, which inventory does not offer")
            : List.of();
    return new Inventory(now, releases, excluded, notes);
  }

  /// An id becomes a word of a command: one that starts with `-` would be an option there.
  private static Optional<String> unfit(String id) {
    boolean plain =
        id.length() <= LONGEST
            && id.chars().allMatch(c -> c > ' ' && c < 127 && "\"'`\\$&;|<>(){}*?!".indexOf(c) < 0);
    return plain && !id.startsWith("-")
        ? Optional.empty()
        : Optional.of("its id is no plain word, so it is given to no command");
  }

  private List<Line> fromLines(String said) throws PlatformUnreachable {
    List<Line> lines = new ArrayList<>();
    for (String line : said.lines().filter(l -> !l.isBlank()).toList()) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length > 3) {
        throw odd("inventory", "`" + Why.plain(line, 80) + "`, not `ID [SINCE] [VERSION]`");
      }
      lines.add(
          new Line(
              words[0],
              words.length > 1 ? Optional.of(time(words[1])) : Optional.empty(),
              words.length > 2 ? Origin.ofVersion(words[2]) : Origin.UNKNOWN,
              Optional.empty()));
    }
    return lines;
  }

  private List<Line> fromJson(String said) throws PlatformUnreachable {
    JsonNode tree = tree("inventory", said);
    if (!tree.isArray()) {
      throw odd("inventory", "no JSON array");
    }
    List<Line> lines = new ArrayList<>();
    for (JsonNode each : tree) {
      Optional<String> id = text("inventory", each, "id");
      if (id.isEmpty() || id.get().isBlank()) {
        throw odd("inventory", "a release without `id`");
      }
      Optional<String> since = text("inventory", each, "since");
      lines.add(
          new Line(
              id.get(),
              since.isPresent() ? Optional.of(time(since.get())) : Optional.empty(),
              new Origin(
                  text("inventory", each, "version"),
                  text("inventory", each, "commit"),
                  Optional.empty(),
                  Optional.empty()),
              text("inventory", each, "excluded").map(w -> Why.plain(w, LONGEST))));
    }
    return lines;
  }

  Observed observed(String said) throws PlatformUnreachable {
    if (form == CommandSettings.Form.JSON) {
      JsonNode tree = tree("observe", said);
      if (!tree.isObject() || !tree.has("live")) {
        throw odd("observe", "no JSON object with `live`");
      }
      return new Observed(
          text("observe", tree, "live").filter(l -> !l.isBlank()),
          text("observe", tree, "under-way"),
          text("observe", tree, "failed").map(w -> Why.plain(w, LONGEST)));
    }
    List<String> lines = said.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    if (lines.size() > 1) {
      throw odd("observe", lines.size() + " lines, not one id");
    }
    return new Observed(lines.stream().findFirst(), Optional.empty(), Optional.empty());
  }

  private JsonNode tree(String which, String said) throws PlatformUnreachable {
    try {
      return JsonMapper.shared().readTree(said);
    } catch (JacksonException e) {
      throw odd(which, "no JSON");
    }
  }

  /// Empty when it is not there or null.
  private Optional<String> text(String which, JsonNode object, String key)
      throws PlatformUnreachable {
    @Nullable JsonNode value = object.get(key);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw odd(which, "a `" + key + "` that is no text");
    }
    return Optional.of(value.stringValue());
  }

  private Instant time(String text) throws PlatformUnreachable {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw odd(
          "inventory",
          "`" + Why.plain(text, 40) + "` for a time, which is written as 2026-11-21T09:30:00Z");
    }
  }

  private PlatformUnreachable odd(String which, String what) {
    return new PlatformUnreachable(component + ": " + which + " answered " + what);
  }
}
