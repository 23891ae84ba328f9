package dev.lastgood.provider.release;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// `adopt`: a live tree that is a plain folder becomes a release, and a link takes its place; no
/// file is copied or changed. The link is first made where the folder is to go, then the kernel
/// swaps the two in one step: the name leads to the same files all the time.
///
/// Where the file system cannot swap, it is two renames, and for well under a millisecond the name
/// leads nowhere; a crash just there is finished by the next attempt.
record Adoption(Layout layout, Exchange exchange) {
  static final String VERB = "adopt";

  Act of(String id) {
    Path folder = layout.folder(id);
    Path current = layout.current();
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
                current.toString(),
                "folder",
                layout.identity(current).or(() -> layout.identity(folder)).orElse("gone"))),
        "make a release of the folder " + current.getFileName() + ": " + id + ", with a link to it",
        "mv -T "
            + Argv.quoted(current.toString())
            + " "
            + Argv.quoted(folder.toString())
            + " && ln -s "
            + Argv.quoted(LinkSwitch.linkText(layout, folder).toString())
            + " "
            + Argv.quoted(current.toString()),
        Duration.ofMillis(20),
        Duration.ofSeconds(10),
        Duration.ZERO);
  }

  Sight look(Act act) {
    Path folder = layout.path(act.get("path"));
    boolean moved = isFolder(folder, act);
    if (moved && Files.isSymbolicLink(layout.current())) {
      return new Sight.Holds(folder + " is a release, " + layout.current() + " is a link");
    }
    return new Sight.NotYet(
        moved
            ? folder + " is a release, " + layout.current() + " is no link yet"
            : layout.current() + " is not a release yet");
  }

  Outcome act(Act act) {
    if (look(act) instanceof Sight.Holds(String seen)) {
      return new Done(seen + " already");
    }
    Path current = layout.current();
    Path folder = layout.path(act.get("path"));
    if (!folder.equals(layout.folder(act.get("release")))
        || !act.get("link").equals(current.toString())) {
      return new Refused(
          layout.component() + ": the plan and the configuration differ; nothing was changed");
    }
    boolean moved = isFolder(folder, act) && !Files.exists(current, LinkOption.NOFOLLOW_LINKS);
    if (!moved && !isFolder(current, act)) {
      return new Refused(
          layout.component()
              + ": "
              + current
              + " is not the folder the plan was made for, so no release "
              + act.get("release")
              + " is made of it; nothing was changed");
    }
    try {
      return moved ? link(folder) : adopt(folder);
    } catch (IOException e) {
      String reason = layout.component() + ": " + current + " cannot be adopted: ";
      return isFolder(current, act)
          ? new Refused(reason + Layout.reason(e) + "; it is as it was")
          : new Unknown(reason + Layout.reason(e));
    }
  }

  private Outcome adopt(Path folder) throws IOException {
    Path current = layout.current();
    Path text = LinkSwitch.linkText(layout, folder);
    if (Files.isSymbolicLink(folder)) {
      // Left behind by an attempt that died before the swap.
      Files.delete(folder);
    }
    Files.createSymbolicLink(folder, text);
    boolean swapped = false;
    try {
      swapped = exchange.swap(current, folder);
    } finally {
      if (!swapped) {
        Files.delete(folder);
      }
    }
    if (!swapped) {
      Files.move(current, folder, StandardCopyOption.ATOMIC_MOVE);
      return link(folder);
    }
    synced(folder);
    synced(current);
    return new Done(current + " was swapped for a link to " + folder);
  }

  private Outcome link(Path folder) throws IOException {
    AtomicFiles.link(layout.current(), LinkSwitch.linkText(layout, folder));
    synced(folder);
    return new Done(layout.current() + " was moved to " + folder + " and is a link to it");
  }

  private boolean isFolder(Path path, Act act) {
    return layout.isStill(path, act.get("folder"));
  }

  private static void synced(Path entry) throws IOException {
    Path parent = entry.getParent();
    if (parent != null) {
      AtomicFiles.sync(parent);
    }
  }
}
