package dev.lastgood.provider.release;

import dev.lastgood.provider.Act;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The folder an act leads to, as the plan saw it.
final class Target {
  private Target() {}

  /// Why the release of the act cannot be made live now: the folder is gone, replaced, unreadable,
  /// or the configuration speaks of another one.
  static Optional<String> objection(Layout layout, Act act) {
    String id = act.get("release");
    Path folder;
    try {
      folder = layout.folder(id);
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    String what = layout.component() + ": release " + id;
    if (!folder.toString().equals(act.get("path"))) {
      return Optional.of(
          what + " was planned in " + act.get("path") + ", the configuration now says " + folder);
    }
    if (layout.identity(folder).isEmpty()) {
      return Optional.of(what + " is gone: " + folder + " is not there, or no folder");
    }
    if (!layout.isStill(folder, act.get("folder"))) {
      return Optional.of(
          what + " is not the folder the plan was made for: " + folder + " was replaced since");
    }
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      return Optional.of(what + " cannot be read: " + folder + ", permission denied");
    }
    return Optional.empty();
  }
}
