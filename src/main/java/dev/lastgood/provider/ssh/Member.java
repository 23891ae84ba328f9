package dev.lastgood.provider.ssh;

import dev.lastgood.provider.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/// One host of a group, and the component as it lives there.
///
/// @param state folder here for its locks; made when the first act needs it
/// @param platform opened when it is first used
record Member(String name, SshHost host, Path state, Supplier<Platform> platform) {
  /// Before an act, which may lock something in it.
  ///
  /// @throws HostLost if it cannot be made; nothing was changed then
  void makeState() {
    try {
      Files.createDirectories(state);
    } catch (IOException e) {
      throw new HostLost(
          name + ": the folder " + state + " cannot be made here: " + e.getMessage());
    }
  }

  /// After an act that was refused: what was made for it goes, where it is still empty.
  void dropState() {
    try {
      Files.deleteIfExists(state);
      Path around = state.getParent();
      if (around != null) {
        Files.deleteIfExists(around);
      }
    } catch (IOException e) {
      // It is in use by another host or act, and stays.
    }
  }
}
