package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.Supervisor;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The newest part of the logs of a release, for the evidence bundle.
record Exhibits(Layout layout, List<String> logs, Optional<Supervisor> service) {
  private static final int NEWEST = 256 * 1024;
  private static final int MOST_FILES = 20;
  private static final int MOST_VISITED = 20_000;
  private static final int DEPTH = 10;

  List<Exhibit> of(Release release) {
    List<Exhibit> exhibits = new ArrayList<>();
    service.ifPresent(s -> add(exhibits, release, s.logs()));
    for (String log : logs) {
      try {
        List<Path> found = found(log, release);
        add(exhibits, release, found);
        if (found.isEmpty()) {
          exhibits.add(missing(exhibits, release, log, "no file matches"));
        }
      } catch (IOException | IllegalArgumentException e) {
        exhibits.add(missing(exhibits, release, log, String.valueOf(e.getMessage())));
      }
    }
    return exhibits;
  }

  private void add(List<Exhibit> exhibits, Release release, List<Path> files) {
    for (Path file : files) {
      exhibits.add(exhibit(exhibits, release, file));
    }
  }

  private Exhibit exhibit(List<Exhibit> before, Release release, Path file) {
    String name = name(before, release, file.getFileName().toString());
    try {
      String text = LogFile.tail(file, 0, NEWEST);
      return new Exhibit(name, file.toString(), service.map(s -> s.masked(text)).orElse(text));
    } catch (IOException e) {
      return new Exhibit(name, file.toString(), "cannot be read: " + Layout.reason(e));
    }
  }

  private static Exhibit missing(List<Exhibit> before, Release release, String log, String reason) {
    return new Exhibit(name(before, release, "missing.txt"), log, log + ": " + reason);
  }

  /// Plain characters only, and none twice.
  private static String name(List<Exhibit> before, Release release, String file) {
    String plain =
        Text.clip(release.component() + "-" + release.id() + "-" + file, 100)
            .replaceAll("[^A-Za-z0-9._-]", "_");
    String name = plain;
    for (int n = 2; taken(before, name); n++) {
      name = n + "-" + plain;
    }
    return name;
  }

  private static boolean taken(List<Exhibit> before, String name) {
    return before.stream().anyMatch(e -> e.name().equals(name));
  }

  /// The files of a pattern, newest first.
  private List<Path> found(String log, Release release) throws IOException {
    String home = layout.base().relativize(layout.folder(release.id())).toString();
    String pattern = log.replace("{release}", home);
    int wild = firstWild(pattern);
    if (wild < 0) {
      Path file = layout.base().resolve(pattern);
      return Files.exists(file) ? List.of(file) : List.of();
    }
    int slash = pattern.lastIndexOf('/', wild);
    Path start = layout.base().resolve(pattern.substring(0, Math.max(0, slash)));
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    PathMatcher matcher =
        FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
    Map<Path, FileTime> found = new LinkedHashMap<>();
    walk(start.toRealPath(), matcher, found);
    return found.entrySet().stream()
        .sorted(Map.Entry.<Path, FileTime>comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_FILES)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void walk(Path start, PathMatcher matcher, Map<Path, FileTime> found)
      throws IOException {
    Files.walkFileTree(
        start,
        EnumSet.noneOf(java.nio.file.FileVisitOption.class),
        DEPTH,
        new SimpleFileVisitor<>() {
          private int visited;

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && matcher.matches(start.relativize(file))) {
              found.put(file, attributes.lastModifiedTime());
            }
            return ++visited < MOST_VISITED ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static int firstWild(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if ("*?[{".indexOf(pattern.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
