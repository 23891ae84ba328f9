package dev.lastgood.provider.docker;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The file that pins the image of one service, and every version of it there has been.
record Pin(String service, Path file, Path versions, InstantSource clock) {
  private static final int MOST = 64 * 1024;
  private static final int MOST_VERSIONS = 10_000;
  private static final String OURS = "# Written by Lastgood";

  String text(String image) {
    return OURS
        + " to pin the image of one service. It counts as long as it is among the Compose files:\n"
        + "# COMPOSE_FILE=docker-compose.yml:"
        + file.getFileName()
        + "\nservices:\n  "
        + service
        + ":\n    image: \""
        + image
        + "\"\n    pull_policy: never\n";
  }

  /// The image it pins; empty when it is not there.
  ///
  /// @throws IOException if it cannot be read, or was not written by Lastgood
  Optional<String> image() throws IOException {
    return Files.exists(file) ? Optional.of(imageOf(file)) : Optional.empty();
  }

  private static String imageOf(Path file) throws IOException {
    String text = AtomicFiles.read(file, MOST);
    Optional<String> image =
        text.lines()
            .map(String::strip)
            .filter(l -> l.startsWith("image: \"") && l.endsWith("\""))
            .map(l -> l.substring("image: \"".length(), l.length() - 1))
            .findFirst();
    if (!text.startsWith(OURS) || image.filter(Images::isId).isEmpty()) {
      throw new IOException(
          file
              + " was not written by Lastgood; move it away, or name another one under `override`");
    }
    return image.get();
  }

  /// Every image that was ever pinned here, newest first.
  Set<String> all() throws IOException {
    var images = new LinkedHashSet<String>();
    image().ifPresent(images::add);
    if (Files.exists(versions)) {
      var names = new TreeSet<Path>(Comparator.reverseOrder());
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(versions, "*.yml")) {
        for (Path entry : entries) {
          names.add(entry);
          if (names.size() > MOST_VERSIONS) {
            throw new IOException(versions + " holds more than " + MOST_VERSIONS + " files");
          }
        }
      }
      for (Path name : names) {
        images.add(imageOf(name));
      }
    }
    return images;
  }

  /// Replaces the file in one step. The version before it was kept when it was written.
  void write(String image) throws IOException {
    image();
    Files.createDirectories(
        versions,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String at =
        DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'")
            .withZone(ZoneOffset.UTC)
            .format(clock.instant());
    String digest = image.substring("sha256:".length(), "sha256:".length() + 12);
    AtomicFiles.write(versions.resolve(at + "-" + digest + ".yml"), text(image));
    boolean fresh = !Files.exists(file);
    AtomicFiles.write(file, text(image));
    if (fresh) {
      // It holds no secret, and whoever may run Compose must be able to read it.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }
}
