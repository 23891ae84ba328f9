package dev.lastgood.provider.command;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One component behind commands of its own.
final class CommandPlatform implements Platform, Capturable {
  static final String ACT = "run-act";
  static final String UNDO = "run-undo";

  /// In the plan in place of the key of the step, which is known only when it runs.
  private static final String KEY_TO_COME = "lastgood";

  private final String component;
  private final CommandSettings settings;
  private final Commands commands;
  private final OneAtATime turn;

  CommandPlatform(
      String component, CommandSettings settings, Commands commands, Surroundings here) {
    this.component = component;
    this.settings = settings;
    this.commands = commands;
    this.turn =
        new OneAtATime(
            component, here.state().resolve("command-" + component + ".lock"), deadline(settings));
  }

  static Duration deadline(CommandSettings settings) {
    return settings.deadline().orElse(Duration.ofMinutes(10));
  }

  static Duration expected(CommandSettings settings) {
    return settings.expected().orElse(Duration.ofSeconds(30));
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    return commands.listed(commands.observed().live());
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Inventory inventory = commands.listed(Optional.empty());
    inventory.known(to);
    boolean forward = !settings.undo().isEmpty() && inventory.newer(to, from);
    String verb = forward ? UNDO : ACT;
    String shown = shown(verb, from.id(), to.id());
    Act act =
        new Act(
            component,
            verb,
            new TreeMap<>(Map.of("from", from.id(), "release", to.id(), "command", shown)),
            "make " + to.id() + " live in place of " + from.id() + ": " + shown,
            shown,
            expected(settings),
            deadline(settings),
            settings.downtime().orElse(Duration.ZERO));
    return List.of(
        new Method(
            forward ? "undo" : "act",
            "the command the configuration gives; observe says whether it worked",
            List.of(act),
            settings.costs(),
            forward ? List.of() : settings.losses()));
  }

  private List<String> words(String verb) {
    return verb.equals(UNDO) ? settings.undo() : settings.act();
  }

  private String shown(String verb, String from, String to) {
    return commands.shown(words(verb), Map.of("from", from, "to", to, "key", KEY_TO_COME));
  }

  @Override
  public Sight look(Act act) {
    if (!known(act)) {
      return new Sight.Unclear(act.unknownTo("command"));
    }
    try {
      return look(act.get("release"), commands.observed());
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private static Sight look(String wanted, Answers.Observed now) {
    String seen = "observe says " + now.live().orElse("nothing") + " is live";
    if (now.underWay().isPresent()) {
      return new Sight.UnderWay(seen + " and " + now.underWay().get() + " is on its way");
    }
    if (now.live().equals(Optional.of(wanted))) {
      return new Sight.Holds(seen);
    }
    return now.failed().isPresent()
        ? new Sight.Failed(seen + "; " + now.failed().get())
        : new Sight.NotYet(seen);
  }

  private static boolean known(Act act) {
    return act.verb().equals(ACT) || act.verb().equals(UNDO);
  }

  @Override
  public Outcome act(Act act, String key) {
    return known(act) ? turn.act(() -> inTurn(act, key)) : new Refused(act.unknownTo("command"));
  }

  private Outcome inTurn(Act act, String key) {
    String to = act.get("release");
    String from = act.get("from");
    try {
      if (words(act.verb()).isEmpty() || !shown(act.verb(), from, to).equals(act.get("command"))) {
        return new Refused(
            component + ": the command was changed after the plan was made; plan again");
      }
      Answers.Observed now = commands.observed();
      if (now.underWay().isPresent()) {
        return now.underWay().get().equals(to)
            ? new Done(to + " is on its way already")
            : new Refused(
                component + ": " + now.underWay().get() + " is on its way; wait, or stop it first");
      }
      if (now.live().equals(Optional.of(to))) {
        return new Done(to + " is live already");
      }
      if (commands.listed(Optional.empty()).find(to).isEmpty()) {
        return new Refused(component + " " + to + " is not there any more; see lastgood status");
      }
      if (now.live().filter(l -> !l.equals(from)).isPresent()) {
        return new Refused(
            component
                + " was changed after the plan was made: "
                + now.live().get()
                + " is live, not "
                + from
                + "; plan again");
      }
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was changed: " + e.getMessage());
    }
    return ended(
        commands.change(words(act.verb()), Map.of("from", from, "to", to, "key", key)),
        act.get("command"));
  }

  private Outcome ended(Argv.End end, String command) {
    String said = Commands.said(commands.lastLine(end));
    return switch (end) {
      case Argv.End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case Argv.End.CutOff(String reason, _) -> new Unknown(component + ": " + reason + said);
      case Argv.End.Exited(int code, _) when code == 0 -> new Done(command + " ended with exit 0");
      case Argv.End.Exited(int code, _) when settings.refusedExits().contains(code) ->
          new Refused(component + ": the command refused with exit " + code + said);
      case Argv.End.Exited(int code, _) ->
          new Unknown(component + ": the command ended with exit " + code + said);
    };
  }

  @Override
  public List<Exhibit> capture(Release release) {
    if (settings.logs().isEmpty()) {
      return List.of();
    }
    String from = commands.shown(settings.logs(), Map.of("id", release.id()));
    String name = component + "-" + release.id().replaceAll("[^A-Za-z0-9._-]", "_") + ".log";
    try {
      return List.of(new Exhibit(name, from, commands.logs(release.id())));
    } catch (PlatformUnreachable e) {
      return List.of(new Exhibit(name, from, String.valueOf(e.getMessage())));
    }
  }
}
