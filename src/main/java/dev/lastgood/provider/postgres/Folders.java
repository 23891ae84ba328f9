package dev.lastgood.provider.postgres;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The migrations of a release: out of its folder, or out of git at its commit.
final class Folders {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_FILES = 20_000;
  private static final int MOST_BYTES = 64 << 20;
  private static final Set<String> KINDS =
      Set.of("sql", "xml", "yaml", "yml", "js", "cjs", "mjs", "ts", "py", "rb", "java");

  private final MigrationSettings settings;
  private final Path base;

  /// @param base where relative paths of the settings start
  Folders(MigrationSettings settings, Path base) {
    this.settings = settings;
    this.base = base;
  }

  /// Text by path below the folder of migrations.
  SortedMap<String, String> read(Release release) throws PlatformUnreachable {
    return settings.repository().isPresent()
        ? git(settings.repository().get(), release)
        : folder(checkout(release).resolve(settings.folder()).normalize(), release);
  }

  /// Where the files of a release are; the configuration's folder when they are only in git.
  Path checkout(Release release) throws PlatformUnreachable {
    if (settings.releases().isEmpty()) {
      return base;
    }
    Path releases = base.resolve(settings.releases().get()).toAbsolutePath().normalize();
    Path own = releases.resolve(release.id()).normalize();
    if (!releases.equals(own.getParent())) {
      throw new PlatformUnreachable(
          "`" + Text.plain(release.id()) + "` names no folder of a release");
    }
    return own;
  }

  private SortedMap<String, String> folder(Path folder, Release release)
      throws PlatformUnreachable {
    if (!Files.isDirectory(folder)) {
      throw new PlatformUnreachable(
          release.label() + " has no folder " + folder + " with its migrations");
    }
    var files = new TreeMap<String, String>();
    long bytes = 0;
    try (Stream<Path> all = Files.walk(folder, 12)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        String path = folder.relativize(file).toString();
        if (wanted(path)) {
          bytes += Files.size(file);
          if (bytes > MOST_BYTES || files.size() >= MOST_FILES) {
            throw new PlatformUnreachable(folder + " is too large for a folder of migrations");
          }
          files.put(path, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new PlatformUnreachable(folder + " cannot be read: " + Why.of(e), e);
    }
    return files;
  }

  private static boolean wanted(String path) {
    return KINDS.contains(path.substring(path.lastIndexOf('.') + 1))
        && !path.contains("node_modules/");
  }

  private SortedMap<String, String> git(Path repository, Release release)
      throws PlatformUnreachable {
    Path place = base.resolve(repository).toAbsolutePath().normalize();
    String commit =
        ask(
                place,
                release,
                "",
                "rev-parse",
                "--verify",
                "--end-of-options",
                release.origin().commit().orElse(release.id()) + "^{commit}")
            .strip();
    String folder = Path.of(settings.folder()).normalize().toString();
    String prefix = folder.isEmpty() ? "" : folder + "/";
    List<String> paths = new ArrayList<>();
    for (String path :
        ask(
                place,
                release,
                "",
                "ls-tree",
                "-r",
                "-z",
                "--name-only",
                commit,
                "--",
                folder.isEmpty() ? "." : prefix)
            .split("\0", -1)) {
      if (path.startsWith(prefix) && wanted(path) && path.indexOf('\n') < 0) {
        paths.add(path);
      }
    }
    if (paths.isEmpty()) {
      throw new PlatformUnreachable(
          release.label() + " has no migrations in " + settings.folder() + " at commit " + commit);
    }
    var names = new StringBuilder();
    paths.forEach(p -> names.append(commit).append(":./").append(p).append('\n'));
    return contents(
        ask(place, release, names.toString(), "cat-file", "--batch"), paths, prefix, place);
  }

  /// `ID blob SIZE`, the bytes, a line end; again and again.
  private static SortedMap<String, String> contents(
      String answer, List<String> paths, String prefix, Path place) throws PlatformUnreachable {
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    var files = new TreeMap<String, String>();
    int at = 0;
    for (String path : paths) {
      int line = at;
      while (line < bytes.length && bytes[line] != '\n') {
        line++;
      }
      String[] head = new String(bytes, at, line - at, StandardCharsets.UTF_8).split(" ", -1);
      int size = head.length == 3 && head[1].equals("blob") ? Integer.parseInt(head[2]) : -1;
      if (size < 0 || line + 1 + size >= bytes.length || bytes[line + 1 + size] != '\n') {
        throw new PlatformUnreachable(place + ": " + path + " is no text in UTF-8");
      }
      files.put(
          path.substring(prefix.length()),
          new String(bytes, line + 1, size, StandardCharsets.UTF_8));
      at = line + 1 + size + 1;
    }
    return files;
  }

  private static String ask(Path place, Release release, String input, String... words)
      throws PlatformUnreachable {
    List<String> command = new ArrayList<>(List.of("git", "-C", place.toString()));
    command.addAll(List.of(words));
    var argv =
        new Argv(command, java.util.Optional.empty(), java.util.Map.of("LC_ALL", "C"), PATIENCE);
    return switch (argv.ask(input, MOST_BYTES)) {
      case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
      case Argv.Reply.Answer answer when answer.code() == 0 -> answer.answer();
      case Argv.Reply.Answer answer ->
          throw new PlatformUnreachable(
              release.label()
                  + ": its migrations cannot be read from "
                  + place
                  + ": "
                  + answer.lastLine());
    };
  }
}
