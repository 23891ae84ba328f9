package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// Dumps that somebody else made, recognised by what is in them and never by their name.
final class Dumps {
  private static final Duration LISTING = Duration.ofSeconds(20);
  private static final int HEAD = 64 * 1024;

  private final List<Path> files;
  private final Programs programs;
  private final Path scratch;

  /// @param scratch folder for what is unpacked
  Dumps(List<Path> files, Programs programs, Path scratch) {
    this.files = List.copyOf(files);
    this.programs = programs;
    this.scratch = scratch;
  }

  /// In the order of the configuration.
  ///
  /// @param server version number of the server, e.g. 150008
  List<Source> all(String database, int server) {
    List<Source> all = new ArrayList<>();
    for (Path file : files) {
      all.add(read(file, database, server));
    }
    return all;
  }

  private Source read(Path file, String database, int server) {
    String name = plainName(file);
    try {
      if (Files.isDirectory(file)) {
        Path toc = file.resolve("toc.dat");
        return Files.isReadable(toc)
            ? listed(known(name, file, Source.Form.DIRECTORY, toc), database, server)
            : none(name, file, "is a folder without a toc.dat: no dump in directory format");
      }
      if (!Files.isRegularFile(file) && Files.exists(file)) {
        return none(name, file, "is neither a file nor a folder: it cannot be read twice");
      }
      long size = Files.size(file);
      byte[] head = head(file);
      if (size == 0) {
        return none(name, file, "is empty");
      }
      if (begins(head, "PGDMP")) {
        return listed(known(name, file, Source.Form.CUSTOM, file), database, server);
      }
      if (head.length > 1 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b) {
        return zipped(name, file, server);
      }
      if (begins(head, "toc.dat\0")) {
        return none(
            name,
            file,
            "is a dump in tar format, which is not read here: make a plain one of it with pg_restore"
                + " --file=FILE.sql, or dump with -Fc or -Fd");
      }
      return PlainDump.recognise(new String(head, StandardCharsets.UTF_8))
          ? whole(known(name, file, Source.Form.PLAIN, file), server, head, tail(file))
          : none(name, file, PlainDump.whyNot(head));
    } catch (IOException e) {
      return none(name, file, Why.of(e));
    }
  }

  private Source zipped(String name, Path file, int server) throws IOException {
    byte[] head;
    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
      head = in.readNBytes(HEAD);
    }
    if (begins(head, "PGDMP")) {
      return none(name, file, "is a gzipped dump in custom format: unpack it first");
    }
    if (!PlainDump.recognise(new String(head, StandardCharsets.UTF_8))) {
      return none(name, file, "is gzipped, and no dump inside: " + PlainDump.whyNot(head));
    }
    Source source = known(name, file, Source.Form.PLAIN_GZ, file);
    return PlainDump.newer(new String(head, StandardCharsets.UTF_8), server)
        .map(source::unusable)
        .orElse(source);
  }

  private static Source whole(Source source, int server, byte[] head, byte[] tail) {
    if (!PlainDump.complete(new String(tail, StandardCharsets.UTF_8))) {
      return source.unusable(
          "is cut off: its last line is not \"PostgreSQL database dump complete\"");
    }
    return PlainDump.newer(new String(head, StandardCharsets.UTF_8), server)
        .map(source::unusable)
        .orElse(source);
  }

  /// What pg_restore says about an archive: the database it is of, and the server.
  private Source listed(Source source, String database, int server) {
    Argv.End end =
        programs.run(LISTING, Map.of(), "pg_restore", "--list", source.path().toString());
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      return source.unusable("cannot be read: " + Taking.words(end));
    }
    // Only the end of a long list is kept, so the words at its head are read on their own.
    return Listing.read(head(programs, source.path()))
        .problem(database, server)
        .map(source::unusable)
        .orElse(source);
  }

  private static String head(Programs programs, Path archive) {
    try {
      Process process =
          new ProcessBuilder(programs.path("pg_restore"), "--list", archive.toString())
              .redirectErrorStream(true)
              .start();
      try (InputStream out = process.getInputStream()) {
        return new String(out.readNBytes(4096), StandardCharsets.UTF_8);
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      return "";
    }
  }

  private static Source known(String name, Path file, Source.Form form, Path stated)
      throws IOException {
    Instant at = Files.getLastModifiedTime(stated).toInstant();
    long bytes = Files.isDirectory(file) ? size(file) : Files.size(file);
    // Another content under the same name is another release.
    String id = "dump-" + name + "-" + Snapshots.stamp(at) + "-" + Long.toString(bytes, 36);
    return new Source(
        id,
        file,
        form,
        Optional.of(at),
        bytes,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static long size(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      long sum = 0;
      for (Path each : files.toList()) {
        sum += Files.size(each);
      }
      return sum;
    }
  }

  private static Source none(String name, Path file, String why) {
    return new Source(
        "dump-" + name,
        file,
        Source.Form.NONE,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.of(why.startsWith(file.toString()) ? why : file + " " + why));
  }

  private static String plainName(Path file) {
    String name = String.valueOf(file.getFileName());
    var plain = new StringBuilder();
    name.codePoints()
        .limit(60)
        .map(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '_') ? c : '-')
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(HEAD);
    }
  }

  private static byte[] tail(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - 4096));
      try (InputStream in = java.nio.channels.Channels.newInputStream(channel)) {
        return in.readNBytes(4096);
      }
    }
  }

  private static boolean begins(byte[] head, String word) {
    return head.length >= word.length()
        && new String(head, 0, word.length(), StandardCharsets.ISO_8859_1).equals(word);
  }

  /// What can only be seen by reading all of it, before anything is made.
  Optional<String> deepProblem(Source source) {
    try {
      return switch (source.form()) {
        case PLAIN -> {
          try (InputStream in = Files.newInputStream(source.path())) {
            yield PlainDump.unfit(in);
          }
        }
        case PLAIN_GZ -> {
          try (InputStream in = new GZIPInputStream(Files.newInputStream(source.path()), 1 << 16)) {
            yield PlainDump.unfit(in);
          }
        }
        case CUSTOM, DIRECTORY, COPY, PROMOTED, REPLICA, ARCHIVE, NONE -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.of("cannot be read to its end (cut off?): " + Why.of(e));
    }
  }

  /// A plain dump through psql, which stops at the first error only when it is told to.
  Argv.End play(Source source, Map<String, String> environment, Duration longest) {
    Path unpacked = source.path();
    try {
      if (source.form() == Source.Form.PLAIN_GZ) {
        unpacked =
            Files.createTempFile(
                scratch,
                "unpacked-",
                ".sql",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(source.path()), 1 << 16)) {
          Files.copy(in, unpacked, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return programs.run(
          longest,
          environment,
          "psql",
          "--no-psqlrc",
          "--no-password",
          "--quiet",
          "--output=/dev/null",
          "--set=ON_ERROR_STOP=1",
          "--file=" + unpacked);
    } catch (IOException e) {
      return new Argv.End.NotStarted("it cannot be unpacked: " + Why.of(e));
    } finally {
      if (!unpacked.equals(source.path())) {
        delete(unpacked);
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.getLogger(Dumps.class.getName()).log(System.Logger.Level.DEBUG, "unpacked", e);
    }
  }
}
