package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv.End;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs a component by commands of its own. What their exit codes promise counts for nothing: only
/// what `status` says afterwards. It cannot say which release runs, so which one was started
/// follows from the order of the steps, and the checks read the version.
public final class CommandSupervisor implements Supervisor {
  private static final int RUNS = 0;
  private static final int STOPPED = 3;

  private final String component;
  private final CommandServiceSettings settings;
  private final Path dir;
  private final Host host;
  private final Path lock;

  /// What `start` and `stop` print, and what they leave running.
  private final LogFile log;

  CommandSupervisor(String component, CommandServiceSettings settings, Surroundings surroundings) {
    this.component = component;
    this.settings = settings;
    this.dir = surroundings.base().resolve(settings.dir().orElse("."));
    this.host = Host.of(dir);
    this.lock = surroundings.state().resolve("service-" + component + ".lock");
    this.log =
        new LogFile(
            surroundings
                .state()
                .toAbsolutePath()
                .resolve("service")
                .resolve(component)
                .resolve("commands.log"));
  }

  @Override
  public List<Integer> ports() {
    return List.of();
  }

  @Override
  public List<Running> running() {
    return List.of();
  }

  @Override
  public Sight started(Wanted wanted) {
    End end = call(settings.status(), wanted);
    return switch (end) {
      case End.Exited(int code, _) when code == RUNS -> new Sight.Holds("status says it runs");
      case End.Exited(int code, _) when code == STOPPED ->
          new Sight.NotYet("status says it is stopped");
      case End.Exited _, End.CutOff _, End.NotStarted _ -> new Sight.Unclear(noAnswer(end));
    };
  }

  @Override
  public Sight stopped(Wanted unwanted) {
    return switch (started(unwanted)) {
      case Sight.Holds(String seen) -> new Sight.NotYet(seen);
      case Sight.NotYet(String seen) -> new Sight.Holds(seen);
      case Sight other -> other;
    };
  }

  @Override
  public Outcome start(Wanted wanted, String key) {
    return change("start", settings.start(), wanted, RUNS);
  }

  @Override
  public Outcome stop(Wanted unwanted, Duration drain) {
    return change("stop", settings.stop(), unwanted, STOPPED);
  }

  /// One Lastgood at a time: two starts of a service that knows no better would give two of it.
  private Outcome change(String verb, List<String> command, Wanted which, int goal) {
    try (SlotLock taken = SlotLock.take(lock, timeout().multipliedBy(2)).orElse(null)) {
      if (taken == null) {
        return new Unknown(component + ": another Lastgood is at it; look what it did");
      }
      return isExit(call(settings.status(), which), goal)
          ? new Done("status agrees already")
          : changed(verb, command, which, goal);
    } catch (IOException e) {
      return new Refused(component + ": cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unknown(component + ": interrupted before anything was done");
    }
  }

  private Outcome changed(String verb, List<String> command, Wanted which, int goal) {
    End end = host.runInto(argv(command, which), log);
    return switch (end) {
      case End.NotStarted(String reason) -> new Refused(component + ": " + reason);
      case End.CutOff(String reason, _) -> new Unknown(component + ": " + reason);
      case End.Exited(int code, _) when code != 0 ->
          new Unknown(component + ": " + verb + " ended with exit " + code + said(end));
      case End.Exited _ -> awaited(verb, which, goal, said(end));
    };
  }

  /// Until status agrees; a command may return before its work is done.
  private Outcome awaited(String verb, Wanted which, int goal, String said) {
    long deadline = System.nanoTime() + timeout().toNanos();
    End status = call(settings.status(), which);
    while (!isExit(status, goal) && System.nanoTime() < deadline) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Unknown(component + ": interrupted while waiting for status");
      }
      status = call(settings.status(), which);
    }
    if (isExit(status, goal)) {
      return new Done(verb + " ended with exit 0 and status agrees");
    }
    return new Unknown(
        component
            + ": "
            + verb
            + " ended with exit 0, but status "
            + (isExit(status, RUNS)
                ? "says it runs"
                : isExit(status, STOPPED)
                    ? "says it is stopped"
                    : "does not say: " + noAnswer(status))
            + said);
  }

  private static boolean isExit(End end, int code) {
    return end instanceof End.Exited(int actual, _) && actual == code;
  }

  private String noAnswer(End end) {
    return component
        + ": "
        + switch (end) {
          case End.Exited(int code, _) ->
              "status ended with exit "
                  + code
                  + ", which is neither 0 (runs) nor 3 (stopped)"
                  + said(end);
          case End.CutOff(String reason, _) -> reason;
          case End.NotStarted(String reason) -> reason;
        };
  }

  private static String said(End end) {
    return end.lastLine().isEmpty() ? "" : "; it said: " + end.lastLine();
  }

  private End call(List<String> command, Wanted which) {
    return host.run(argv(command, which));
  }

  private Argv argv(List<String> command, Wanted which) {
    return new Argv(
        command.stream().map(word -> filled(word, which)).toList(),
        Optional.of(dir),
        Map.of(),
        timeout());
  }

  private static String filled(String word, Wanted which) {
    return word.replace("{id}", which.release()).replace("{release}", which.home().toString());
  }

  private Duration timeout() {
    return settings.timeout().orElse(Duration.ofSeconds(30));
  }

  @Override
  public Duration startWithin() {
    return timeout().multipliedBy(3);
  }

  @Override
  public Duration stopWithin() {
    return timeout().multipliedBy(3);
  }

  @Override
  public String startByHand(Wanted wanted) {
    return argv(settings.start(), wanted).shown();
  }

  @Override
  public String stopByHand(Wanted unwanted) {
    return argv(settings.stop(), unwanted).shown();
  }

  @Override
  public List<Path> logs() {
    return log.all();
  }

  @Override
  public String masked(String text) {
    return text;
  }
}
