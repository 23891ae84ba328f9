package dev.lastgood.provider.systemd;

import dev.lastgood.provider.Inventory.Excluded;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.KeptCopies;
import dev.lastgood.provider.local.KeptFolder;
import dev.lastgood.provider.local.Versions;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The files of one service, and their kept versions. A kept version is a folder that has the files
/// under their whole paths, so that a person finds their way back without Lastgood.
///
/// @param paths files, and folders of drop-ins, whose names end in `.d`
/// @param folder of the kept versions; need not exist
/// @param adopted folders in which somebody else keeps copies of the files, under their names
record UnitFiles(String unit, List<Path> paths, Path folder, List<Path> adopted) {
  private static final int MOST_FILES = 200;
  private static final String UNFINISHED = ".unfinished-";
  private static final String DAMAGED = ".damaged-";

  /// @param standing what is at the paths now; empty when no file is
  /// @param all each version once, newest first, the standing one before all
  record Shelf(Optional<FileSet> standing, List<FileSet> all, List<Excluded> excluded) {
    Optional<FileSet> find(String id) {
      return all.stream().filter(v -> v.id().equals(id)).findFirst();
    }

    Optional<FileSet> kept(String id) {
      return find(id).filter(v -> v.kept().isPresent());
    }
  }

  private static boolean dropIns(Path path) {
    return path.toString().endsWith(".d");
  }

  Optional<FileSet> standing() throws IOException {
    return set(path -> path, Optional.empty());
  }

  private interface Place {
    Path of(Path path);
  }

  private Optional<FileSet> set(Place place, Optional<Path> kept) throws IOException {
    SortedMap<Path, Path> at = new TreeMap<>();
    for (Path path : paths) {
      Path there = place.of(path);
      if (dropIns(path)) {
        for (Path each : confs(there)) {
          at.put(path.resolve(each.getFileName()), each);
        }
      } else if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
        at.put(path, there);
      }
      if (at.size() > MOST_FILES) {
        throw new IOException(there + ": more than " + MOST_FILES + " files");
      }
    }
    return at.isEmpty() ? Optional.empty() : Optional.of(FileSet.of(at, kept));
  }

  /// systemd reads only what ends in `.conf`.
  private static List<Path> confs(Path dropIns) throws IOException {
    List<Path> confs = new ArrayList<>();
    if (Files.isDirectory(dropIns)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(dropIns, UnitFiles::isConf)) {
        entries.forEach(confs::add);
      }
    }
    return confs;
  }

  private static boolean isConf(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".conf") && !name.startsWith(".");
  }

  Shelf shelf() throws IOException {
    List<FileSet> found = new ArrayList<>();
    List<Excluded> excluded = new ArrayList<>();
    Optional<FileSet> standing = standing();
    KeptCopies copies = KeptCopies.in(folder);
    copies.rest().ifPresent(excluded::add);
    for (Path copy : copies.newest()) {
      String name = copy.getFileName().toString();
      try {
        Optional<FileSet> set = set(p -> mirrored(copy, p), Optional.of(copy));
        if (set.isPresent() && name.endsWith(set.get().id())) {
          found.add(set.get());
        } else {
          excluded.add(
              new Excluded(
                  name, "its files are not those it was kept with, or `files` names others now"));
        }
      } catch (IOException e) {
        excluded.add(new Excluded(name, Why.of(e)));
      }
    }
    standing.ifPresent(found::add);
    for (Path backup : adopted) {
      try {
        set(p -> backup.resolve(p.getFileName()), Optional.empty())
            .ifPresentOrElse(
                found::add,
                () ->
                    excluded.add(
                        new Excluded(backup.toString(), "has none of the files of " + unit)));
      } catch (IOException e) {
        excluded.add(new Excluded(backup.toString(), Why.of(e)));
      }
    }
    return new Shelf(standing, newestFirst(found, standing), excluded);
  }

  private static List<FileSet> newestFirst(List<FileSet> found, Optional<FileSet> standing) {
    Map<String, FileSet> once = new LinkedHashMap<>();
    found.forEach(v -> once.putIfAbsent(v.id(), v));
    String first = standing.map(FileSet::id).orElse("");
    return once.values().stream()
        .sorted(
            Comparator.comparing((FileSet v) -> !v.id().equals(first))
                .thenComparing(Comparator.comparing(FileSet::since).reversed())
                .thenComparing(FileSet::id))
        .toList();
  }

  /// Why a version can never run.
  Optional<String> unfit(FileSet set) {
    return paths.stream()
        .filter(p -> !dropIns(p) && isUnit(p) && !set.at().containsKey(p))
        .map(p -> "has no " + p)
        .findFirst();
  }

  /// `shop@.service` is the file of `shop@1.service`.
  private boolean isUnit(Path path) {
    String name = path.getFileName().toString();
    int at = unit.indexOf('@');
    return name.equals(unit) || (at >= 0 && name.equals(unit.substring(0, at) + "@.service"));
  }

  /// Whether a file that systemd says it has loaded is one of ours.
  boolean has(Path loaded) {
    return paths.stream()
        .anyMatch(p -> dropIns(p) ? p.equals(loaded.getParent()) : p.equals(loaded));
  }

  private static Path mirrored(Path copy, Path path) {
    return copy.resolve(path.toString().substring(1));
  }

  /// Where a version is, or will be kept.
  Path copyOf(FileSet set) {
    return set.kept()
        .orElseGet(() ->
            folder.resolve(
                DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(set.since())
                    + "-"
                    + set.id()));
  }

  /// Where one file of a kept version is.
  Path copyOf(FileSet set, Path path) {
    return mirrored(copyOf(set), path);
  }

  /// Made beside and renamed.
  void keep(FileSet set) throws IOException {
    Path copy = copyOf(set);
    if (whole(copy, set)) {
      return;
    }
    KeptFolder.make(folder, paths.getFirst());
    Path unfinished = folder.resolve(UNFINISHED + set.id());
    delete(unfinished);
    for (var each : set.at().entrySet()) {
      Path to = mirrored(unfinished, each.getKey());
      KeptFolder.makeWithin(folder, to.getParent() == null ? unfinished : to.getParent());
      AtomicFiles.write(to, Versions.content(each.getValue()));
      KeptFolder.alike(each.getValue(), to);
    }
    if (!set(p -> mirrored(unfinished, p), Optional.empty())
        .map(FileSet::id)
        .equals(Optional.of(set.id()))) {
      throw new IOException("the files of " + unit + " were changed while they were copied");
    }
    Path damaged = folder.resolve(DAMAGED + set.id());
    delete(damaged);
    if (Files.exists(copy, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(copy, damaged, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.sync(folder);
    delete(damaged);
  }

  private boolean whole(Path copy, FileSet set) {
    try {
      return set(p -> mirrored(copy, p), Optional.empty())
          .filter(there -> there.id().equals(set.id()))
          .isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /// The first file whose content is of neither version: somebody changed it meanwhile.
  Optional<Path> stranger(Optional<FileSet> standing, FileSet one, FileSet other)
      throws IOException {
    if (standing.isPresent()) {
      for (Path path : standing.get().at().keySet()) {
        Optional<String> now = standing.get().content(path);
        if (!now.equals(one.content(path)) && !now.equals(other.content(path))) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /// Makes the files those of a kept version: each replaced whole, and those removed that it has
  /// not, drop-ins of the bad release above all.
  void write(FileSet to) throws IOException {
    if (!to.whole()) {
      throw new IOException(copyOf(to) + " is not what it was any more");
    }
    for (var each : to.at().entrySet()) {
      Path path = each.getKey();
      Files.createDirectories(path.getParent());
      AtomicFiles.sweep(path);
      if (!Files.exists(path)
          || !Optional.of(dev.lastgood.provider.local.ContentId.of(Versions.content(path)))
              .equals(to.content(path))) {
        boolean fresh = !Files.exists(path);
        AtomicFiles.write(path, Versions.content(each.getValue()));
        if (fresh) {
          KeptFolder.alike(each.getValue(), path);
        }
      }
    }
    Set<Path> gone = new TreeSet<>(standing().map(s -> s.at().keySet()).orElse(Set.of()));
    gone.removeAll(to.at().keySet());
    for (Path path : gone) {
      Files.deleteIfExists(path);
    }
  }

  /// Changes whenever one of the files is written, renamed or removed, whatever its times are set
  /// to.
  ///
  /// @return the youngest change
  FileTime changed() throws IOException {
    FileTime youngest = FileTime.fromMillis(0);
    List<Path> seen = new ArrayList<>(standing().map(s -> s.at().keySet()).orElse(Set.of()));
    paths.stream().filter(p -> dropIns(p) && Files.isDirectory(p)).forEach(seen::add);
    for (Path path : seen) {
      FileTime changed = (FileTime) Files.getAttribute(path, "unix:ctime");
      youngest = changed.compareTo(youngest) > 0 ? changed : youngest;
    }
    return youngest;
  }

  /// Removes the oldest kept versions beyond a number.
  List<String> prune(int most, Set<String> stay) throws IOException {
    List<String> removed = new ArrayList<>();
    // Behind what is removed older ones come to sight.
    for (List<String> more = pruneOnce(most, stay); !more.isEmpty(); more = pruneOnce(most, stay)) {
      removed.addAll(more);
    }
    return removed;
  }

  private List<String> pruneOnce(int most, Set<String> stay) throws IOException {
    Shelf shelf = shelf();
    String live = shelf.standing().map(FileSet::id).orElse("");
    List<String> removed = new ArrayList<>();
    List<FileSet> kept = shelf.all().stream().filter(v -> v.kept().isPresent()).toList();
    for (FileSet old : kept.stream().skip(most).toList()) {
      if (!stay.contains(old.id()) && !old.id().equals(live)) {
        delete(old.kept().orElseThrow());
        removed.add(old.id());
      }
    }
    return removed;
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path dir, @org.jspecify.annotations.Nullable IOException trouble) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
