package dev.lastgood.provider.local;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A service that has commands of its own: an init script, a process manager. In their words stand
/// `{release}` for the folder of the release and `{id}` for its id.
///
/// @param start exit 0: it was started; `status` must say so too
/// @param stop exit 0: it was stopped; `status` must say so too
/// @param status exit 0: it runs, 3: it is stopped, as init scripts do; any other is no answer
/// @param dir where they run; default: the folder of the configuration
/// @param timeout for each command; default 30s
public record CommandServiceSettings(
    @Doc("Command that starts it, as a list of words.") List<String> start,
    @Doc("Command that stops it, as a list of words.") List<String> stop,
    @Doc("Command that tells whether it runs: exit 0 yes, exit 3 no.") List<String> status,
    @Doc("Folder they run in; default: the folder of the configuration.") Optional<String> dir,
    @Doc("Time-out of each command; default 30s.") Optional<Duration> timeout)
    implements ServiceSettings {
  public CommandServiceSettings {
    start = List.copyOf(start);
    stop = List.copyOf(stop);
    status = List.copyOf(status);
  }

  @Override
  public Supervisor open(String component, Surroundings surroundings) {
    demand("start", start);
    demand("stop", stop);
    demand("status", status);
    return new CommandSupervisor(component, this, surroundings);
  }

  private static void demand(String key, List<String> command) {
    if (command.isEmpty() || command.getFirst().isBlank()) {
      throw new BadSettings(key, key + ": names no program");
    }
  }
}
