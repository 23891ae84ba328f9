package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of snapshots: one folder each, with a manifest and a dump. One that is being taken
/// has another name until it is complete.
final class Snapshots {
  static final String DUMP = "dump";
  private static final String PREFIX = "snapshot-";
  private static final String PART = ".part";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Path folder;

  Snapshots(Path folder) {
    this.folder = folder;
  }

  /// @param unusable why it cannot be gone back to; empty when it can
  record Kept(String id, Path folder, Optional<Manifest> manifest, Optional<String> unusable) {
    Path dump() {
      return folder.resolve(DUMP);
    }
  }

  static String stamp(Instant at) {
    return TIME.format(at);
  }

  /// Newest first; the ids begin with their time.
  List<Kept> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Kept> kept = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.filter(Files::isDirectory).toList()) {
        String name = String.valueOf(entry.getFileName());
        if (name.startsWith(PREFIX) && !name.endsWith(PART)) {
          kept.add(read(name, entry));
        }
      }
    }
    kept.sort(Comparator.comparing(Kept::id).reversed());
    return kept;
  }

  Optional<Kept> find(String id) throws IOException {
    return all().stream().filter(k -> k.id().equals(id)).findFirst();
  }

  private static Kept read(String id, Path folder) {
    try {
      Manifest manifest = Manifest.read(folder);
      if (!manifest.release().equals(id)) {
        return new Kept(
            id, folder, Optional.empty(), Optional.of("it says it is " + manifest.release()));
      }
      Optional<String> gone =
          Files.isReadable(folder.resolve(DUMP).resolve("toc.dat"))
              ? Optional.empty()
              : Optional.of(folder.resolve(DUMP) + " is not there or cannot be read");
      return new Kept(id, folder, Optional.of(manifest), gone);
    } catch (IOException e) {
      return new Kept(id, folder, Optional.empty(), Optional.of(Why.of(e)));
    }
  }

  /// A new id, and the folder in which it is made. What an attempt that died left is removed: the
  /// caller has the turn, so nobody is at it.
  Path begin(Instant at) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path part : entries.filter(e -> e.toString().endsWith(PART)).toList()) {
        remove(part);
      }
    }
    String id = PREFIX + stamp(at);
    String free = id;
    for (int n = 2; Files.exists(folder.resolve(free)); n++) {
      free = id + "-" + n;
    }
    return Files.createDirectory(folder.resolve(free + PART));
  }

  static String id(Path part) {
    String name = String.valueOf(part.getFileName());
    return name.substring(0, name.length() - PART.length());
  }

  void complete(Path part) throws IOException {
    Path done = folder.resolve(id(part));
    Files.move(part, done, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    dev.lastgood.provider.local.AtomicFiles.sync(folder);
  }

  void remove(String id) throws IOException {
    // Under its other name first: a removal that is interrupted leaves nothing that looks complete.
    Path part = folder.resolve(id + PART);
    Files.move(folder.resolve(id), part, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    remove(part);
  }

  static void remove(Path tree) throws IOException {
    if (!Files.exists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
