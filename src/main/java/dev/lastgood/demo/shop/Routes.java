package dev.lastgood.demo.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which part of the shop is served at which address: one small file per route in a folder, its
/// name the route's, its content the address. Read again every few milliseconds, so that writing a
/// file is all it takes to move the traffic.
final class Routes {
  private static final Pattern ADDRESS = Pattern.compile("[a-z0-9.-]{1,253}:[0-9]{1,5}");

  private final Path folder;
  private final AtomicReference<Map<String, String>> current = new AtomicReference<>(Map.of());

  Routes(Path folder) {
    this.folder = folder;
  }

  /// Addresses by route, as in use now.
  Map<String, String> all() {
    return current.get();
  }

  /// @return the address, or "" if there is no such route
  String address(String route) {
    return current.get().getOrDefault(route, "");
  }

  /// Reads the folder. A file that is no address (half written, emptied) leaves its route as it
  /// was: a typing mistake must not take the shop down.
  void reload() {
    Map<String, String> before = current.get();
    Map<String, String> now = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String route = file.getFileName().toString();
        if (!route.contains(".")) {
          String text = Files.readString(file).strip();
          if (ADDRESS.matcher(text).matches()) {
            now.put(route, text);
          } else if (before.containsKey(route)) {
            now.put(route, before.getOrDefault(route, ""));
          }
        }
      }
    } catch (IOException e) {
      // a file was replaced while we looked: the next look, in a moment, sees the new one
      return;
    }
    if (!now.equals(before)) {
      current.set(Collections.unmodifiableMap(now));
      System.out.println("routes are now " + now);
    }
  }
}
