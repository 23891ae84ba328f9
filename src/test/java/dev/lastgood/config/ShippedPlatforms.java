package dev.lastgood.config;

import dev.lastgood.provider.PlatformKind;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Every platform of this repository, found by its interface, so that none can be forgotten.
public final class ShippedPlatforms {
  private static final List<PlatformKind<?>> ALL = find();

  private ShippedPlatforms() {}

  public static List<PlatformKind<?>> all() {
    return ALL;
  }

  private static List<PlatformKind<?>> find() {
    var kinds = new ArrayList<PlatformKind<?>>();
    try {
      var location = PlatformKind.class.getProtectionDomain().getCodeSource().getLocation();
      Path classes = Path.of(location.toURI());
      try (var files = Files.walk(classes.resolve("dev/lastgood/provider"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
          String name = classes.relativize(file).toString().replace('/', '.');
          Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
          if (PlatformKind.class.isAssignableFrom(type) && !type.isInterface()) {
            kinds.add(made(type));
          }
        }
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError("the compiled classes cannot be listed", e);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("a compiled class is not there", e);
    }
    return kinds;
  }

  private static PlatformKind<?> made(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (PlatformKind<?>) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " has no constructor without parts", e);
    }
  }
}
