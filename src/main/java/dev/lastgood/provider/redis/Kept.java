package dev.lastgood.provider.redis;

import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The folder of what was kept before it was erased: one folder for each time, with the keys of the
/// scope and the RDB of the whole server. It appears whole or not at all.
final class Kept {
  /// A copy this young is the one of the run that erases.
  static final Duration FRESH = Duration.ofMinutes(15);

  private static final String KEYS = "keys";
  private static final String RDB = "dump.rdb";
  private static final String SCOPE = "scope";
  private static final String HIGHEST = ".highest";
  private static final String ERASED = ".erased";
  private static final String REMOVED = ".removed-";
  private static final String UNFINISHED = ".unfinished";
  private static final int MOST = 10_000;
  private static final int LONGEST_SCOPE = 1 << 16;

  private final Path folder;
  private final InstantSource clock;
  private final long most;
  private final boolean wantsRdb;
  private final String scope;

  /// @param scope what of the server is kept, in words; a copy of anything else is none of it
  Kept(Path folder, InstantSource clock, long most, boolean wantsRdb, String scope) {
    this.scope = scope;
    this.folder = folder;
    this.clock = clock;
    this.most = most;
    this.wantsRdb = wantsRdb;
  }

  /// @param generation as in `generation-3`
  /// @param scope what it has of the server, in words
  record Copy(int generation, Instant at, Path dir, String scope) {
    String id() {
      return Generation.id(generation);
    }
  }

  Path folder() {
    return folder;
  }

  /// Newest first.
  List<Copy> all() throws IOException {
    List<Copy> copies = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return copies;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, e -> !e.getFileName().toString().startsWith("."))) {
      for (Path entry : entries) {
        copy(entry).ifPresent(copies::add);
        if (copies.size() > MOST) {
          throw new IOException(folder + " holds more than " + MOST + " copies");
        }
      }
    }
    copies.sort(Comparator.comparingInt(Copy::generation).thenComparing(Copy::at).reversed());
    return copies;
  }

  /// `generation-3-1795267200000`: the number, and when in milliseconds.
  private static Optional<Copy> copy(Path dir) {
    String name = dir.getFileName().toString();
    int dash = name.lastIndexOf('-');
    try {
      Optional<Integer> number = Generation.number(dash < 0 ? name : name.substring(0, dash));
      if (number.isEmpty() || !Files.isRegularFile(dir.resolve(KEYS))) {
        return Optional.empty();
      }
      var at = Instant.ofEpochMilli(Long.parseLong(name.substring(dash + 1)));
      return Optional.of(new Copy(number.get(), at, dir, scopeOf(dir)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// A copy of which that cannot be read fits no scope, and hides no other copy.
  private static String scopeOf(Path dir) {
    Path file = dir.resolve(SCOPE);
    try {
      return Files.exists(file) ? AtomicFiles.read(file, LONGEST_SCOPE) : "an unknown scope";
    } catch (IOException e) {
      return "a scope that cannot be read (" + Why.of(e) + ")";
    }
  }

  /// Whether it has what the configuration calls the component: keys of another scope that are put
  /// back would not be what was there.
  boolean fits(Copy copy) {
    return RedisScope.same(copy.scope(), scope);
  }

  /// The highest number that was ever given, as far as this folder knows.
  int highest() throws IOException {
    int kept = all().stream().mapToInt(Copy::generation).max().orElse(0);
    Path file = folder.resolve(HIGHEST);
    return Files.exists(file)
        ? Math.max(kept, Generation.number(AtomicFiles.read(file, 100).strip()).orElse(0))
        : kept;
  }

  /// Remembers a number, for the day on which the server loses its data and its mark.
  void reached(int number) {
    try {
      AtomicFiles.write(folder.resolve(HIGHEST), Generation.id(number));
    } catch (IOException e) {
      // The mark at the server says it, too; and what was asked for is done.
    }
  }

  /// Remembers that Lastgood is about to erase the scope.
  void erasing() throws IOException {
    AtomicFiles.write(folder.resolve(ERASED), String.valueOf(clock.instant().toEpochMilli()));
  }

  /// Whether Lastgood erased the scope after the copy was made: what is not there now, no user
  /// removed.
  boolean erasedAfter(Copy copy) throws IOException {
    Path file = folder.resolve(ERASED);
    try {
      return Files.exists(file)
          && Long.parseLong(AtomicFiles.read(file, 100).strip()) > copy.at().toEpochMilli();
    } catch (NumberFormatException e) {
      throw new IOException(file + " is damaged", e);
    }
  }

  void remove(Copy copy) throws IOException {
    Path gone = folder.resolve(REMOVED + copy.dir().getFileName());
    Files.move(copy.dir(), gone, StandardCopyOption.ATOMIC_MOVE);
    clear(gone);
  }

  /// Of the scope that is configured.
  Optional<Copy> newest(String generation) throws IOException {
    return all().stream().filter(c -> c.id().equals(generation) && fits(c)).findFirst();
  }

  boolean fresh(Copy copy) {
    return Duration.between(copy.at(), clock.instant()).compareTo(FRESH) < 0;
  }

  /// Copies all of it beside and renames it.
  ///
  /// @throws IOException if it is not all there; nothing is kept then
  long keep(String generation, Server server) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path unfinished = folder.resolve(UNFINISHED);
    clear(unfinished);
    Files.createDirectory(unfinished);
    long count;
    try (var file = new FileOutputStream(unfinished.resolve(KEYS).toFile());
        var data = new DataOutputStream(new BufferedOutputStream(file))) {
      count = server.keep(data, most);
      data.flush();
      file.getFD().sync();
    }
    if (wantsRdb) {
      try (var file = new FileOutputStream(unfinished.resolve(RDB).toFile());
          var data = new BufferedOutputStream(file)) {
        server.rdb(data, most);
        data.flush();
        file.getFD().sync();
      }
      if (!isRdb(unfinished.resolve(RDB))) {
        throw new IOException("the RDB that came is none");
      }
    }
    proven(unfinished.resolve(KEYS));
    AtomicFiles.write(unfinished.resolve(SCOPE), scope);
    AtomicFiles.sync(unfinished);
    Files.move(
        unfinished,
        folder.resolve(generation + "-" + clock.instant().toEpochMilli()),
        StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.sync(folder);
    return count;
  }

  /// Its length was right, and it begins as an RDB does.
  private static boolean isRdb(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(5), StandardCharsets.ISO_8859_1).equals("REDIS");
    }
  }

  /// Reads it all again: a copy is one only when it can be read.
  long proven(Path keys) throws IOException {
    try (var data =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(keys), 1 << 16))) {
      return new KeysFile.Reading(data).count();
    } catch (IOException e) {
      throw new IOException(keys + " " + e.getMessage(), e);
    }
  }

  long proven(Copy copy) throws IOException {
    return proven(copy.dir().resolve(KEYS));
  }

  DataInputStream read(Copy copy) throws IOException {
    return new DataInputStream(
        new BufferedInputStream(Files.newInputStream(copy.dir().resolve(KEYS)), 1 << 16));
  }

  /// What a keep that was cut off left.
  private static void clear(Path unfinished) throws IOException {
    if (Files.exists(unfinished)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(unfinished)) {
        for (Path entry : entries) {
          Files.delete(entry);
        }
      }
      Files.delete(unfinished);
    }
  }
}
