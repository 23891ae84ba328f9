package dev.lastgood.provider.envfile;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.flag.FlagPlatform;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A flag that is a variable in an env file, and the program that must be started anew to see it.
final class EnvFlagPlatform implements Platform {
  static final String RESTART = "restart-readers";
  private static final Duration USUAL = Duration.ofSeconds(5);

  private final String component;
  private final FlagPlatform flag;
  private final EnvVariable variable;
  private final Readers readers;
  private final Path lock;

  EnvFlagPlatform(
      String component, FlagPlatform flag, EnvVariable variable, Readers readers, Path lock) {
    this.component = component;
    this.flag = flag;
    this.variable = variable;
    this.readers = readers;
    this.lock = lock;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    return flag.inventory();
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    List<Method> methods = new ArrayList<>();
    for (Method turn : flag.methods(from, to)) {
      List<Leg> legs = new ArrayList<>(turn.legs());
      var with = new TreeMap<>(variable.place());
      with.put("to", to.id());
      legs.add(
          new Act(
              component,
              RESTART,
              with,
              "start what reads " + with.get("flag") + " anew",
              readers.restarting().shown(),
              USUAL,
              readers.timeout().plus(readers.within()),
              readers.downtime()));
      methods.add(
          new Method(
              turn.name() + "-and-restart",
              turn.says() + ", and what reads it is started anew",
              legs,
              readers.reads().isEmpty()
                  ? List.of("that the restart took is not seen: `reads` is not set")
                  : List.of()));
    }
    return methods;
  }

  @Override
  public Sight look(Act act) {
    return act.verb().equals(RESTART) ? lookRestarted(act) : flag.look(act);
  }

  private Sight lookRestarted(Act act) {
    String to = act.get("to");
    try {
      Optional<String> now = variable.read().now().map(s -> s.id());
      if (!now.equals(Optional.of(to))) {
        return new Sight.NotYet(variable.path() + " says " + now.orElse("something else"));
      }
      return readers.reads().isEmpty() ? noted(to) : shown(to);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Sight.Unclear(Why.of(e));
    }
  }

  /// The value itself is not repeated: what a program prints may be more than a flag.
  private Sight shown(String to) {
    String wanted = variable.value(to).orElse("");
    return switch (readers.ask()) {
      case Argv.Reply.None none -> new Sight.NotYet("`reads` gave no answer: " + none.reason());
      case Argv.Reply.Answer a when a.code() != 0 ->
          new Sight.NotYet("`reads` ended with exit " + a.code());
      case Argv.Reply.Answer a when a.answer().strip().equals(wanted) ->
          new Sight.Holds("what runs has the value of " + to);
      case Argv.Reply.Answer _ -> new Sight.NotYet("what runs has another value than " + to);
    };
  }

  private Sight noted(String to) throws IOException {
    return Files.exists(readers.restarted())
            && AtomicFiles.read(readers.restarted(), 4096).equals(mark(to))
        ? new Sight.Holds("restarted after " + variable.path() + " was changed")
        : new Sight.NotYet("not restarted since " + variable.path() + " was changed");
  }

  /// The file as it is now: each change of it makes another one.
  private String mark(String to) throws IOException {
    var attributes = Files.readAttributes(variable.path(), BasicFileAttributes.class);
    return to + " " + attributes.fileKey() + " " + attributes.lastModifiedTime();
  }

  @Override
  public Outcome act(Act act, String key) {
    if (!act.verb().equals(RESTART)) {
      return flag.act(act, key);
    }
    try (SlotLock turn = SlotLock.take(lock, readers.timeout()).orElse(null)) {
      if (turn == null) {
        return new Outcome.Refused("somebody else restarts it; nothing was done here");
      }
      Sight sight = lookRestarted(act);
      return switch (sight) {
        case Sight.Holds holds -> new Outcome.Done(holds.seen() + " already");
        case Sight.Unclear unclear ->
            new Outcome.Refused("not restarted: " + unclear.seen() + "; nothing was done");
        case Sight.NotYet _, Sight.UnderWay _, Sight.Failed _ -> restarted(act.get("to"));
      };
    } catch (IOException e) {
      return new Outcome.Refused("not restarted, " + lock + " cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused("interrupted before the restart");
    }
  }

  private Outcome restarted(String to) throws IOException {
    if (!variable.stands(to)) {
      return new Outcome.Refused(
          component + ": not restarted: " + variable.path() + " is not " + to + " any more");
    }
    String mark = mark(to);
    return switch (readers.restarting().run()) {
      case Argv.End.Exited exited when exited.code() == 0 -> {
        AtomicFiles.write(readers.restarted(), mark);
        yield new Outcome.Done("restarted");
      }
      case Argv.End.Exited exited ->
          new Outcome.Unknown("the restart ended with exit " + exited.code() + tail(exited));
      case Argv.End.CutOff cut -> new Outcome.Unknown("the restart: " + cut.reason());
      case Argv.End.NotStarted not -> new Outcome.Refused(not.reason() + "; nothing was restarted");
    };
  }

  private static String tail(Argv.End end) {
    return end.lastLine().isEmpty() ? "" : ": " + Why.plain(end.lastLine(), 200);
  }
}
