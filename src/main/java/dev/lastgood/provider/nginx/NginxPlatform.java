package dev.lastgood.provider.nginx;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.LiveFile;
import dev.lastgood.provider.local.Nginx;
import dev.lastgood.provider.local.VersionedFile;
import dev.lastgood.provider.local.Versions;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One configuration file of an nginx and its versions.
final class NginxPlatform implements Platform, Capturable, Keeping, Retention {
  static final String REPLACE = "replace-config";

  /// Measured: 10 to 70 ms for the test, 11 for the reload, 100 until the old workers stop.
  private static final Duration USUAL = Duration.ofMillis(250);

  private final String component;
  private final VersionedFile file;
  private final LiveFile live;
  private final Nginx nginx;
  private final Optional<Argv> start;
  private final Optional<Path> errorLog;
  private final Optional<Integer> keep;

  NginxPlatform(
      String component,
      VersionedFile file,
      Nginx nginx,
      Optional<Argv> start,
      Optional<Path> errorLog,
      Optional<Integer> keep) {
    this.component = component;
    this.file = file;
    this.live = new LiveFile(file.path(), nginx::lock);
    this.nginx = nginx;
    this.start = start;
    this.errorLog = errorLog;
    this.keep = keep;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    return file.inventory(_ -> Optional.empty(), notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    try {
      switch (nginx.read(file.path())) {
        case NOT_RUNNING -> notes.add(nginx.absence());
        case NO ->
            notes.add(
                "the running nginx is older than the last change of "
                    + file.path()
                    + ": it works with another configuration than the file says");
        case YES, UNSURE -> {}
      }
    } catch (IOException e) {
      // That it is not there is said by the inventory itself.
    }
    if (live.unproven()) {
      notes.add("an earlier switch of " + file.path() + " was cut off before it was proven");
    }
    return notes;
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Versions.Shelf shelf = file.shelf();
    Versions.Version target = file.known(shelf, to);
    Act replace =
        file.act(
            REPLACE,
            from,
            to.id(),
            "replace " + file.path() + " by " + to.id() + ", test it, reload nginx",
            file.copiedBackByHand(target) + " && " + nginx.testAndReloadByHand(),
            USUAL);
    return List.of(
        new Method(
            "replace-and-reload",
            "replace the file, nginx -t, reload, new workers seen",
            List.of(file.keep(shelf, from, target), replace),
            List.of("connections that clients keep open are closed once")));
  }

  @Override
  public Sight look(Act act) {
    return switch (act.verb()) {
      case VersionedFile.KEEP -> file.lookKept(act);
      case REPLACE -> lookReplaced(act);
      default -> new Sight.Unclear(unknown(act));
    };
  }

  private Sight lookReplaced(Act act) {
    try {
      Optional<String> now = file.standing();
      if (!now.equals(Optional.of(act.get("release")))) {
        return new Sight.NotYet(file.path() + " is " + now.orElse("not there"));
      }
      String is = file.path() + " is " + now.get();
      return switch (nginx.read(file.path())) {
        case YES -> new Sight.Holds(is + ", and all workers started after that");
        case UNSURE ->
            live.unproven()
                ? new Sight.NotYet(is + "; whether nginx uses it is not known")
                : new Sight.Holds(is + ", and the workers started when it was changed");
        case NO -> new Sight.NotYet(is + "; nginx still works with an older one");
        case NOT_RUNNING -> new Sight.NotYet(is + "; " + nginx.absence());
      };
    } catch (IOException e) {
      return new Sight.Unclear(Why.of(e));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case VersionedFile.KEEP -> file.keep(act);
      case REPLACE ->
          lookReplaced(act) instanceof Sight.Holds holds
              ? new Outcome.Done(holds.seen())
              : replace(act);
      default -> new Outcome.Refused(unknown(act));
    };
  }

  private Outcome replace(Act act) {
    if (!nginx.running() && start.isEmpty()) {
      return new Outcome.Refused(
          nginx.absence() + ". Or configure `start`, then this is done after the switch");
    }
    return switch (file.change(act)) {
      case VersionedFile.Change.No no -> no.refused();
      case VersionedFile.Change.Write write -> {
        Outcome outcome = live.replace(write.content(), new Reader(nginx.of(file.path())));
        yield write.gone() && outcome instanceof Outcome.Done
            ? file.likeKept(act, outcome)
            : outcome;
      }
    };
  }

  /// nginx, which is started when it does not run.
  private final class Reader implements LiveFile.Reader {
    private final LiveFile.Reader running;

    Reader(LiveFile.Reader running) {
      this.running = running;
    }

    @Override
    public Optional<String> complaint() {
      return running.complaint();
    }

    @Override
    public boolean uses() {
      return running.uses();
    }

    @Override
    public LiveFile.Loading load() {
      return nginx.running() || start.isEmpty() ? running.load() : nginx.start(start.get());
    }
  }

  private String unknown(Act act) {
    return component
        + ": nginx knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    return new NginxExhibits(component, file, errorLog.or(nginx::errorLog)).of(release);
  }

  @Override
  public Kept keep() throws PlatformUnreachable {
    return Kept.all(file.keepLive());
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    return file.prune(keep, stay);
  }
}
