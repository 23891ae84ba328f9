package dev.lastgood.provider.command;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// `platform: command`.
public final class CommandKind implements PlatformKind<CommandSettings> {
  @Override
  public String name() {
    return "command";
  }

  @Override
  public Class<CommandSettings> settings() {
    return CommandSettings.class;
  }

  @Override
  public Platform open(String component, CommandSettings settings, Surroundings here) {
    demand("inventory", settings.inventory());
    demand("observe", settings.observe());
    demand("act", settings.act());
    if (settings.act().stream().noneMatch(w -> w.contains("{to}"))) {
      throw new BadSettings("act", "act does not say {to}, so it cannot know the target");
    }
    if (!settings.undo().isEmpty() && settings.undo().stream().noneMatch(w -> w.contains("{to}"))) {
      throw new BadSettings("undo", "undo does not say {to}, so it cannot know the target");
    }
    Template.check("inventory", settings.inventory(), List.of("component"));
    Template.check("observe", settings.observe(), List.of("component"));
    Template.check("act", settings.act(), List.of("to", "from", "key", "component"));
    Template.check("undo", settings.undo(), List.of("to", "from", "key", "component"));
    Template.check("logs", settings.logs(), List.of("id", "component"));
    if (settings.refusedExits().stream().anyMatch(e -> e < 1 || e > 255)) {
      throw new BadSettings("refused-exits", "an exit that refuses is from 1 to 255");
    }
    durations(settings);
    return new CommandPlatform(component, settings, new Commands(component, settings, here), here);
  }

  private static void demand(String key, List<String> command) {
    if (command.isEmpty() || command.getFirst().isBlank()) {
      throw new BadSettings(key, key + ": names no program");
    }
  }

  private static void durations(CommandSettings settings) {
    Map.of(
            "timeout", settings.timeout(),
            "expected", settings.expected(),
            "deadline", settings.deadline())
        .forEach((key, value) -> {
          if (value.filter(v -> v.compareTo(Duration.ZERO) <= 0).isPresent()) {
            throw new BadSettings(key, key + " must be longer than nothing");
          }
        });
    if (CommandPlatform.deadline(settings).compareTo(CommandPlatform.expected(settings)) <= 0) {
      throw new BadSettings("deadline", "deadline must be longer than expected");
    }
  }
}
