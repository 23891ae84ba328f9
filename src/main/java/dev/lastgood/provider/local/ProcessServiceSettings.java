package dev.lastgood.provider.local;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A process that Lastgood itself starts and stops. In the words of `run`, in `env`, `env-file`,
/// `dir` and `log` stand `{release}` for the folder of the release, `{id}` for its id, `{port}` for
/// its port and `{slot}` for the number of the port in the list, from 1.
///
/// @param run the program and its arguments, as words
/// @param env what its environment holds besides the plain basics (`PATH`, `HOME`, `LANG`…)
/// @param secrets the same for values nobody may see
/// @param envFile file of `NAME=value` lines, read at each start
/// @param dir where it runs; default: the folder of the release
/// @param ports where it may listen, one port for each instance; none: it does not listen
/// @param startWithin how long its port may take to open, and then its checks to pass; default 30s
/// @param stopWithin from SIGTERM to SIGKILL; default 10s
/// @param log file for what it prints; default: a file in the state folder
public record ProcessServiceSettings(
    @Doc(
            "Program and arguments as a list of words; {port}, {release}, {id} and {slot} stand for"
                + " theirs.")
        List<String> run,
    @Doc("Environment variables.") Map<String, String> env,
    @Doc("Environment variables whose values are secrets.") Map<String, Secret> secrets,
    @Doc("File of NAME=value lines, read at each start.") Optional<String> envFile,
    @Doc("Folder it runs in; default: the folder of the release.") Optional<String> dir,
    @Doc("Ports it may listen on; two make it possible to start one release beside another.")
        List<Integer> ports,
    @Doc("How long its port may take to open, and then its checks to pass; default 30s.")
        Optional<Duration> startWithin,
    @Doc("Time from SIGTERM to SIGKILL; default 10s.") Optional<Duration> stopWithin,
    @Doc("File for what it prints; default: a file in the state folder.") Optional<String> log)
    implements ServiceSettings {
  public ProcessServiceSettings {
    run = List.copyOf(run);
    env = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(env));
    secrets = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
    ports = List.copyOf(ports);
  }

  @Override
  public Supervisor open(String component, Surroundings surroundings) {
    if (run.isEmpty() || run.getFirst().isBlank()) {
      throw new BadSettings("run", "run: names no program, e.g. [java, -jar, app.jar]");
    }
    for (int port : ports) {
      if (port < 1 || port > 65535) {
        throw new BadSettings("ports", port + " is not a port (1 to 65535)");
      }
    }
    if (ports.stream().distinct().count() < ports.size()) {
      throw new BadSettings("ports", "a port is named twice: " + ports);
    }
    return new ProcessSupervisor(component, this, surroundings);
  }
}
