package dev.lastgood.provider.local;

import dev.lastgood.provider.Inventory.Excluded;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The versions of one configuration file, told apart by content: what is at its path now, copies
/// in a folder of Lastgood's, and backups that somebody else made. Looking writes nothing; the
/// folder is made when the first copy is kept.
public final class Versions {
  private final Path live;
  private final Path folder;
  private final List<Path> adopted;

  /// @param folder of the kept copies; need not exist
  /// @param adopted existing backup files, read where they are
  public Versions(Path live, Path folder, List<Path> adopted) {
    this.live = live;
    this.folder = folder;
    this.adopted = List.copyOf(adopted);
  }

  /// One content.
  ///
  /// @param since when a file with it was last written, which is about when it went live
  /// @param at where it can be read
  /// @param kept it is in the folder, so nobody but Lastgood removes it
  public record Version(String id, Instant since, Path at, boolean kept) {}

  /// Everything there is.
  ///
  /// @param live what is at the path; empty when nothing is
  /// @param all each content once, newest first
  public record Shelf(Optional<Version> live, List<Version> all, List<Excluded> excluded) {
    public Shelf {
      all = List.copyOf(all);
      excluded = List.copyOf(excluded);
    }

    public Optional<Version> find(String id) {
      return all.stream().filter(v -> v.id().equals(id)).findFirst();
    }
  }

  /// Reads them all.
  ///
  /// @throws IOException if what is at the path cannot be read or is no configuration file, or the
  ///   folder cannot be read
  public Shelf read() throws IOException {
    List<Version> found = new ArrayList<>();
    List<Excluded> excluded = new ArrayList<>();
    KeptCopies copies = KeptCopies.in(folder);
    copies.rest().ifPresent(excluded::add);
    for (Path copy : copies.newest()) {
      String name = copy.getFileName().toString();
      try {
        Version version = version(copy, true);
        if (name.endsWith(version.id())) {
          found.add(version);
        } else {
          excluded.add(new Excluded(name, "its content is not the one it was kept with"));
        }
      } catch (IOException e) {
        excluded.add(new Excluded(name, Why.of(e)));
      }
    }
    Optional<Version> now =
        Files.exists(live, LinkOption.NOFOLLOW_LINKS)
            ? Optional.of(version(live, false))
            : Optional.empty();
    now.ifPresent(found::add);
    for (Path backup : adopted) {
      try {
        found.add(version(backup, false));
      } catch (IOException e) {
        excluded.add(new Excluded(backup.toString(), Why.of(e)));
      }
    }
    return new Shelf(now, newestFirst(found, now), excluded);
  }

  /// Of several files with one content the kept copy counts. What is live now comes first.
  private static List<Version> newestFirst(List<Version> found, Optional<Version> now) {
    Map<String, Version> once = new LinkedHashMap<>();
    found.forEach(v -> once.putIfAbsent(v.id(), v));
    String first = now.map(Version::id).orElse("");
    return once.values().stream()
        .sorted(
            Comparator.comparing((Version v) -> !v.id().equals(first))
                .thenComparing(Comparator.comparing(Version::since).reversed())
                .thenComparing(Version::id))
        .toList();
  }

  private static Version version(Path file, boolean kept) throws IOException {
    BasicFileAttributes seen = regular(file);
    byte[] bytes = AtomicFiles.bytes(file, LiveFile.MAX_BYTES);
    return new Version(ContentId.of(bytes), seen.lastModifiedTime().toInstant(), file, kept);
  }

  /// @throws IOException if it cannot be read, or is no regular file of a configuration's size
  public static byte[] content(Path file) throws IOException {
    regular(file);
    return AtomicFiles.bytes(file, LiveFile.MAX_BYTES);
  }

  /// One look at it: on another host each is a way there and back.
  private static BasicFileAttributes regular(Path file) throws IOException {
    BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
    if (!seen.isRegularFile()) {
      throw new IOException(file + " is no regular file");
    }
    return seen;
  }

  /// The content of a version, read again now.
  ///
  /// @throws IOException if it is not what it was any more
  public byte[] content(Version version) throws IOException {
    byte[] bytes = content(version.at());
    if (!ContentId.of(bytes).equals(version.id())) {
      throw new IOException(version.at() + " was changed just now");
    }
    return bytes;
  }

  /// Copies it into the folder, with its mode, owner, group and time.
  public Path keep(Version version) throws IOException {
    Path copy = copyOf(version);
    try {
      KeptFolder.make(folder, AtomicFiles.replaced(live));
      return Files.exists(copy) && whole(copy, version) ? copy : copied(version, copy);
    } catch (AccessDeniedException e) {
      throw Files.isWritable(folder) ? e : KeptFolder.closed(folder, e);
    }
  }

  private Path copied(Version version, Path copy) throws IOException {
    AtomicFiles.sweep(copy);
    // a name of its own: another thread or process may be keeping the same
    Path unfinished = AtomicFiles.beside(copy);
    try {
      AtomicFiles.write(unfinished, content(version));
      KeptFolder.alike(version.at(), unfinished);
      Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
      AtomicFiles.sync(folder);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return copy;
  }

  /// A damaged copy is none.
  private static boolean whole(Path copy, Version version) {
    try {
      return ContentId.of(content(copy)).equals(version.id());
    } catch (IOException e) {
      return false;
    }
  }

  /// Where the copy of a version is, or will be: `20261121T094823Z-sha256-…`, so that a listing
  /// shows them in the order in which they went live.
  public Path copyOf(Version version) {
    return version.kept() ? version.at() : folder.resolve(name(version));
  }

  private static String name(Version version) {
    return DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC)
            .format(version.since())
        + "-"
        + version.id();
  }

  /// Removes the oldest copies beyond a number.
  ///
  /// @param stay ids that are not removed whatever their age
  /// @return ids that were removed
  public List<String> prune(int most, Set<String> stay) throws IOException {
    List<String> removed = new ArrayList<>();
    // Behind what is removed older ones come to sight.
    for (List<String> more = pruneOnce(most, stay); !more.isEmpty(); more = pruneOnce(most, stay)) {
      removed.addAll(more);
    }
    return removed;
  }

  private List<String> pruneOnce(int most, Set<String> stay) throws IOException {
    Shelf shelf = read();
    Set<String> never = new HashSet<>(stay);
    shelf.live().ifPresent(v -> never.add(v.id()));
    List<Version> copies = shelf.all().stream().filter(Version::kept).toList();
    List<String> removed = new ArrayList<>();
    for (Version old : copies.stream().skip(Math.max(1, most)).toList()) {
      if (!never.contains(old.id())) {
        Files.deleteIfExists(old.at());
        removed.add(old.id());
      }
    }
    return removed;
  }
}
