package dev.lastgood.demo;

import dev.lastgood.demo.shop.ShopRelease;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Builds the shop's release directories, as the build server of a team would: each holds its own
/// copy of the program and says what it is.
final class ShopReleases {
  private static final String PROGRAM = "dev/lastgood/demo/shop";

  /// Name of the program in a release directory.
  static final String JAR = "shop.jar";

  private ShopReleases() {}

  /// @param fault what is wrong with it: `connection-leak`; empty for a sound release
  static void build(Path directory, String version, String fault) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve(ShopRelease.FILE),
        "version=" + version + "\n" + (fault.isEmpty() ? "" : "fault=" + fault + "\n"));
    Path here = ownCode();
    if (Files.isDirectory(here)) {
      pack(here, directory.resolve(JAR));
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(here)) {
        pack(jar.getPath("/"), directory.resolve(JAR));
      }
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Path source : programOf(classes)) {
        ZipEntry entry = new ZipEntry(PROGRAM + "/" + source.getFileName());
        // the same program gives the same bytes, so two copies of a release are seen to be equal
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(source, zip);
        zip.closeEntry();
      }
    }
  }

  private static List<Path> programOf(Path classes) throws IOException {
    try (Stream<Path> files = Files.list(classes.resolve(PROGRAM))) {
      return files.filter(f -> f.toString().endsWith(".class")).sorted().toList();
    }
  }

  private static Path ownCode() {
    try {
      return Path.of(ShopRelease.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of Lastgood's own classes is no path", e);
    }
  }
}
