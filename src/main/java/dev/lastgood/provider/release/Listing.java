package dev.lastgood.provider.release;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Inventory.Excluded;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folders of a component, newest first, and what only looks like a release.
///
/// When a folder was created is all a file system knows about its age; the ledger knows better, and
/// the newest of these is not therefore the best.
record Listing(List<Entry> entries, List<Excluded> excluded) {
  /// A longer list is no list of releases.
  private static final int MOST = 10_000;

  private static final int SHORT_FILE = 4096;

  private static final String REVISION = "REVISION";

  /// What is read of each release.
  static List<Path> read(Optional<Path> versionFile) {
    return Stream.concat(Stream.of(Path.of(REVISION)), versionFile.stream()).toList();
  }

  record Entry(Release release, Path folder, Instant created) {}

  /// @param current what was seen at `current` just now: on another host each look is a way there
  ///   and back
  static Listing of(Layout layout, Layout.Current current, Optional<Path> versionFile)
      throws PlatformUnreachable {
    List<Entry> entries = new ArrayList<>();
    List<Excluded> excluded = new ArrayList<>();
    int seen = 0;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(layout.releases())) {
      for (Path child : children) {
        if (++seen > MOST) {
          throw new PlatformUnreachable(
              layout.component()
                  + ": "
                  + layout.releases()
                  + " has more than "
                  + MOST
                  + " entries");
        }
        if (child.equals(layout.current())) {
          continue;
        }
        Optional<BasicFileAttributes> is = itself(child);
        if (is.isPresent() && beingAdopted(current, child, is.get())) {
          continue;
        }
        Optional<String> reason = unfit(layout, child, is);
        if (reason.isPresent()) {
          excluded.add(new Excluded(shown(child), reason.get()));
        } else {
          String name = child.getFileName().toString();
          entries.add(entry(layout, child, created(is.orElseThrow()), name, versionFile));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(layout, e);
    }
    if (current instanceof Layout.Current.Folder(String id, boolean adopt) && adopt) {
      entries.add(adoptable(layout, id, versionFile));
    }
    entries.sort(
        Comparator.comparing(Entry::created).thenComparing(e -> e.release().id()).reversed());
    excluded.sort(Comparator.comparing(Excluded::id));
    return new Listing(entries, excluded);
  }

  /// The link an interrupted adoption left where the folder was to go.
  private static boolean beingAdopted(Layout.Current current, Path child, BasicFileAttributes is) {
    return is.isSymbolicLink()
        && current instanceof Layout.Current.Folder folder
        && folder.id().equals(child.getFileName().toString());
  }

  /// A link is seen as one; empty when it cannot be seen.
  private static Optional<BasicFileAttributes> itself(Path child) {
    try {
      return Optional.of(
          Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Why it can never be a target; empty when it can.
  private static Optional<String> unfit(
      Layout layout, Path child, Optional<BasicFileAttributes> is) {
    String name = child.getFileName().toString();
    if (is.filter(BasicFileAttributes::isSymbolicLink).isPresent()) {
      return Optional.of(link(layout, child));
    }
    if (!spelled(layout, child, name)) {
      return Optional.of(
          "its name cannot be spelled in this locale; set LC_ALL=C.UTF-8, rename it");
    }
    if (is.filter(BasicFileAttributes::isDirectory).isEmpty()) {
      return Optional.of("a file, not a folder");
    }
    if (name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".partial")) {
      return Optional.of("hidden or unfinished, by its name");
    }
    if (name.startsWith("failed-")) {
      return Optional.of("a copy of a release that failed, by its name");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("its name has line breaks or other control characters; rename it");
    }
    return contents(child);
  }

  /// File names are bytes. Those that are no text in this locale could never be asked for by name.
  private static boolean spelled(Layout layout, Path child, String name) {
    try {
      return layout.releases().resolve(name).equals(child);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String link(Layout layout, Path child) {
    try {
      Path real = child.toRealPath();
      return layout.releases().toRealPath().equals(real.getParent())
          ? "a link to " + real.getFileName() + ", which may point elsewhere tomorrow; name that"
          : "a link to " + real + ", outside " + layout.releases();
    } catch (IOException e) {
      return "a link that leads nowhere";
    }
  }

  private static Optional<String> contents(Path folder) {
    try {
      folder.getFileSystem().provider().checkAccess(folder, AccessMode.READ, AccessMode.EXECUTE);
    } catch (IOException e) {
      return Optional.of("cannot be read: permission denied");
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      return children.iterator().hasNext() ? Optional.empty() : Optional.of("empty");
    } catch (IOException e) {
      return Optional.of("cannot be read: " + Layout.reason(e));
    }
  }

  private static Entry adoptable(Layout layout, String id, Optional<Path> versionFile)
      throws PlatformUnreachable {
    try {
      Instant created = created(Files.readAttributes(layout.current(), BasicFileAttributes.class));
      return entry(layout, layout.current(), created, id, versionFile);
    } catch (IOException e) {
      throw unreadable(layout, e);
    }
  }

  private static Instant created(BasicFileAttributes folder) {
    return folder.creationTime().toInstant();
  }

  private static Entry entry(
      Layout layout, Path folder, Instant created, String id, Optional<Path> versionFile) {
    Origin origin =
        new Origin(
            versionFile.flatMap(file -> firstLine(folder.resolve(file))),
            firstLine(folder.resolve(REVISION)),
            Optional.empty(),
            Optional.empty());
    return new Entry(
        new Release(layout.component(), id, origin, Optional.of(created)), folder, created);
  }

  private static Optional<String> firstLine(Path file) {
    // A link here could show a line of any file of the machine.
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      String text = new String(in.readNBytes(SHORT_FILE), java.nio.charset.StandardCharsets.UTF_8);
      return text.lines().findFirst().map(l -> Text.clip(l.strip(), 200)).filter(l -> !l.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// The name without what would break a line or colour a terminal.
  private static String shown(Path child) {
    var shown = new StringBuilder();
    child
        .getFileName()
        .toString()
        .codePoints()
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return Text.clip(shown.toString(), 200);
  }

  private static PlatformUnreachable unreadable(Layout layout, Exception e) {
    return new PlatformUnreachable(
        layout.component()
            + ": "
            + layout.releases()
            + " cannot be read: "
            + Layout.reason(e)
            + ". Does `path` name the right folder?",
        e);
  }
}
