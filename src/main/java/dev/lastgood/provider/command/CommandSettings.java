package dev.lastgood.provider.command;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings of the platform `command`.
public record CommandSettings(
    @Doc("Command that prints the releases, newest first.") List<String> inventory,
    @Doc("Command that prints the id of what is live; nothing when nothing is.")
        List<String> observe,
    @Doc("Command that makes {to} live; {from}, {key} and {component} are known, too.")
        List<String> act,
    @Doc("Command that makes a newer release {to} live again; default: as act.") List<String> undo,
    @Doc("Command that prints the logs of the release {id}.") List<String> logs,
    @Doc("How inventory and observe answer; default lines.") Optional<Form> answers,
    @Doc("Exits of act and undo that mean: refused, and nothing changed.")
        List<Integer> refusedExits,
    @Doc("Folder the commands run in; default: the folder of the configuration.")
        Optional<Path> dir,
    @Doc("Variables for the commands.") Map<String, String> env,
    @Doc("Secret variables for the commands, as references.") Map<String, Secret> secrets,
    @Doc("Time-out of inventory, observe and logs; default 10s.") Optional<Duration> timeout,
    @Doc("Usual time until the release is live; default 30s.") Optional<Duration> expected,
    @Doc("After this the act is given up as unknown; default 10m.") Optional<Duration> deadline,
    @Doc("How long users are without the component; default none.") Optional<Duration> downtime,
    @Doc("What it costs, for people: requests in flight are cut.") List<String> costs,
    @Doc("Data that act erases; the plan then needs the approval data-loss.") List<String> losses) {
  /// How a command answers.
  public enum Form {
    /// Words in lines.
    LINES,
    JSON
  }

  public CommandSettings {
    inventory = List.copyOf(inventory);
    observe = List.copyOf(observe);
    act = List.copyOf(act);
    undo = List.copyOf(undo);
    logs = List.copyOf(logs);
    refusedExits = List.copyOf(refusedExits);
    env = Map.copyOf(env);
    secrets = Map.copyOf(secrets);
    costs = List.copyOf(costs);
    losses = List.copyOf(losses);
  }
}
