package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `switch-link`: points `current` at another release. A new link is made beside the old one and
/// renamed over it, so at every moment the name leads to one of the two, and the size of the
/// release does not matter. Nothing within a release is touched: dot files, modes and the failed
/// release itself stay as they are.
record LinkSwitch(Layout layout) {
  static final String VERB = "switch-link";
  private static final String FROM = "from";
  private static final String LINKED = "linked";

  Act to(Release release) throws PlatformUnreachable {
    String id = release.id();
    Path folder = layout.folder(id);
    return new Act(
        layout.component(),
        VERB,
        new TreeMap<>(
            Map.of(
                "release",
                id,
                "path",
                folder.toString(),
                "link",
                layout.current().toString(),
                "folder",
                layout.identity(layout.home(id)).orElse("gone"))),
        "point " + layout.current().getFileName() + " at " + id,
        byHand(folder),
        Duration.ofMillis(20),
        Duration.ofSeconds(10),
        Duration.ZERO);
  }

  /// As [#to(Release)], and refused once the link points at something that the plan did not see:
  /// then somebody deployed meanwhile.
  Act to(Release from, Layout.Current now, Release release) throws PlatformUnreachable {
    Act act = to(release);
    var with = new TreeMap<>(act.with());
    with.put(FROM, from.id());
    if (now instanceof Layout.Current.Live live) {
      with.put(LINKED, live.id());
    }
    return new Act(
        act.component(),
        act.verb(),
        with,
        act.says(),
        act.byHand(),
        act.expected(),
        act.deadline(),
        act.downtime());
  }

  private Optional<String> overtaken(Act act) {
    try {
      return layout.look() instanceof Layout.Current.Live live
              && act.with().containsKey(FROM)
              && !List.of(act.get(FROM), act.get("release"), act.with().getOrDefault(LINKED, ""))
                  .contains(live.id())
          ? Optional.of(
              layout.component()
                  + " was changed after the plan was made: "
                  + live.id()
                  + " is live, not "
                  + act.get(FROM)
                  + "; plan again")
          : Optional.empty();
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// `ln -sfn` first removes the link; this does not.
  private String byHand(Path folder) {
    String link = layout.current().toString();
    return "ln -s "
        + Argv.quoted(linkText(folder).toString())
        + " "
        + Argv.quoted(link + ".new")
        + " && mv -T "
        + Argv.quoted(link + ".new")
        + " "
        + Argv.quoted(link);
  }

  Sight look(Act act) {
    return layout.glance(act.get("release"), false, () -> seen(act));
  }

  private Sight seen(Act act) {
    try {
      Layout.Current current = layout.look();
      String seen = layout.current() + " " + current.says();
      return current instanceof Layout.Current.Live live && live.id().equals(act.get("release"))
          ? new Sight.Holds(seen)
          : new Sight.NotYet(seen);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  Outcome act(Act act) {
    return layout.glance(act.get("release"), true, () -> switched(act));
  }

  private Outcome switched(Act act) {
    if (seen(act) instanceof Sight.Holds(String seen)) {
      return new Done(seen + " already");
    }
    Optional<String> no = objection(act);
    if (no.isPresent()) {
      return new Refused(no.get() + "; " + layout.current() + " was not changed");
    }
    try {
      AtomicFiles.sweep(layout.current());
      AtomicFiles.link(layout.current(), linkText(layout.path(act.get("path"))));
    } catch (IOException e) {
      return afterTrouble(act, e);
    }
    return new Done(layout.current() + " points at " + act.get("release"));
  }

  /// The rename is the last thing that can be half done, and it cannot: so a look tells.
  private Outcome afterTrouble(Act act, IOException e) {
    String reason =
        layout.component()
            + ": "
            + layout.current()
            + " cannot be pointed at "
            + act.get("release")
            + ": "
            + Layout.reason(e);
    return switch (seen(act)) {
      case Sight.Holds(String seen) -> new Done(seen + "; but not surely on disk: " + reason);
      case Sight.NotYet(String seen) -> new Refused(reason + "; " + seen);
      case Sight.UnderWay _, Sight.Failed _, Sight.Unclear _ -> new Unknown(reason);
    };
  }

  private Optional<String> objection(Act act) {
    Optional<String> gone = Target.objection(layout, act);
    if (gone.isPresent()) {
      return gone;
    }
    if (!act.get("link").equals(layout.current().toString())) {
      return Optional.of(
          layout.component()
              + ": the plan is about "
              + act.get("link")
              + ", the configuration now says "
              + layout.current());
    }
    if (Files.exists(layout.current(), java.nio.file.LinkOption.NOFOLLOW_LINKS)
        && !Files.isSymbolicLink(layout.current())) {
      return Optional.of(
          layout.component() + ": " + layout.current() + " is not a link, so it is not replaced");
    }
    return overtaken(act);
  }

  /// As the link says it now, relative or not; a relative one survives a move of the whole tree.
  private Path linkText(Path folder) {
    return linkText(layout, folder);
  }

  static Path linkText(Layout layout, Path folder) {
    Path parent = layout.current().getParent();
    if (parent == null || !folder.startsWith(parent) || pointsAbsolutely(layout.current())) {
      return folder;
    }
    return parent.relativize(folder);
  }

  private static boolean pointsAbsolutely(Path link) {
    try {
      return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).isAbsolute();
    } catch (IOException e) {
      return true;
    }
  }
}
