package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of snapshots: one folder each, with a manifest and a dump. One that is being taken
/// has another name until it is complete.
record Snapshots(Path folder) {
  static final String PREFIX = "snapshot-";
  private static final String DUMP = "dump";
  private static final String PART = ".part";

  /// @param unusable why it cannot be gone back to; empty when it can
  record Kept(String id, Path folder, Optional<Manifest> manifest, Optional<String> unusable) {
    Path dump() {
      return Snapshots.dump(folder);
    }

    Kept unusable(String why) {
      return new Kept(id, folder, manifest, unusable.or(() -> Optional.of(why)));
    }
  }

  static Path dump(Path snapshot) {
    return snapshot.resolve(DUMP);
  }

  /// Newest first; the ids begin with their time.
  ///
  /// @param database of which they must be to be usable
  List<Kept> all(String database) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Kept> kept = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.filter(Files::isDirectory).toList()) {
        String name = String.valueOf(entry.getFileName());
        if (name.startsWith(PREFIX) && !name.endsWith(PART)) {
          kept.add(read(name, entry, database));
        }
      }
    }
    kept.sort(Comparator.comparing(Kept::id).reversed());
    return kept;
  }

  Optional<Kept> find(String id, String database) throws IOException {
    return all(database).stream().filter(k -> k.id().equals(id)).findFirst();
  }

  private static Kept read(String id, Path folder, String database) {
    try {
      Manifest manifest = Manifest.read(folder);
      var kept = new Kept(id, folder, Optional.of(manifest), Optional.empty());
      if (!manifest.release().equals(id)) {
        return kept.unusable("it says it is " + manifest.release());
      }
      if (!manifest.database().equals(database)) {
        return kept.unusable("is of database " + manifest.database() + ", not of " + database);
      }
      return Dump.in(kept.dump(), database).files().keySet().equals(manifest.collections().keySet())
          ? kept
          : kept.unusable("its dump has not the collections it says");
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
    String id = PREFIX + Names.stamp(at);
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
    Files.move(part, folder.resolve(id(part)), StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.sync(folder);
  }

  void remove(String id) throws IOException {
    // Under its other name first: a removal that is interrupted leaves nothing that looks complete.
    Path part = folder.resolve(id + PART);
    Files.move(folder.resolve(id), part, StandardCopyOption.ATOMIC_MOVE);
    remove(part);
  }

  static void remove(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
