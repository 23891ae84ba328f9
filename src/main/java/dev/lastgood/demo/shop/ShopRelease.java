package dev.lastgood.demo.shop;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// What a release directory says about itself in its `release.properties`.
///
/// @param version e.g. `v2`
/// @param leaks does the code of this release forget to give back a connection? The fault of v2
public record ShopRelease(String version, boolean leaks) {
  public static final String FILE = "release.properties";

  /// @throws IOException if the directory is no release of the shop
  static ShopRelease read(Path directory) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve(FILE))) {
      properties.load(reader);
    }
    String version = properties.getProperty("version");
    if (version == null) {
      throw new IOException(directory.resolve(FILE) + " names no version");
    }
    return new ShopRelease(version, properties.getProperty("fault", "").equals("connection-leak"));
  }
}
