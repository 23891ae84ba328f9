package dev.lastgood.rehearse;

import dev.lastgood.provider.envfile.EnvFileSettings;
import dev.lastgood.provider.release.ReleaseDirectorySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Components that are files of this machine, or of others: made-up files in a folder of the stage,
/// under the names the real ones have. Nothing is copied: contents may be large, and secret.
final class Folders {
  private Folders() {}

  static Staged<ReleaseDirectorySettings> releases(
      ReleaseDirectorySettings real, Seed seed, Path folder, InstantSource clock)
      throws IOException {
    release(folder, seed.good());
    Files.createSymbolicLink(folder.resolve("current"), Path.of("releases", seed.good()));
    var settings =
        new ReleaseDirectorySettings(
            folder,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            real.versionFile(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    List<String> unproven = new ArrayList<>(List.of("its real folders, rights and disk"));
    real.service().ifPresent(_ -> unproven.add("that its service stops and starts"));
    real.proxy().ifPresent(_ -> unproven.add("that its proxy moves the traffic"));
    real.hosts()
        .ifPresent(h ->
            unproven.add("the way to its " + h.addresses().size() + " hosts, and their waves"));
    return new Staged<>(settings, Optional.empty(), () -> deploy(folder, seed.bad()), unproven);
  }

  private static void release(Path folder, String id) throws IOException {
    Path release = Files.createDirectories(folder.resolve("releases").resolve(id));
    Files.writeString(release.resolve("rehearsed"), "release " + id + " of a rehearsal\n");
  }

  private static void deploy(Path folder, String id) throws IOException {
    release(folder, id);
    Path link = Files.createSymbolicLink(folder.resolve("next"), Path.of("releases", id));
    Files.move(link, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
  }

  static Staged<EnvFileSettings> variables(
      EnvFileSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    Path file = folder.resolve("variables");
    Path good = folder.resolve("variables.before");
    Files.writeString(file, text(real, "good"));
    Files.copy(file, good);
    var settings =
        new EnvFileSettings(
            file,
            Optional.of(folder.resolve("versions")),
            real.required(),
            List.of(good),
            Optional.empty(),
            Optional.empty());
    List<String> unproven = new ArrayList<>(List.of("its real file, its rights and its variables"));
    real.hosts()
        .ifPresent(h ->
            unproven.add("the way to its " + h.addresses().size() + " hosts, and their waves"));
    return new Staged<>(
        settings, Optional.empty(), () -> Files.writeString(file, text(real, "bad")), unproven);
  }

  private static String text(EnvFileSettings real, String value) {
    var text = new StringBuilder("REHEARSED=" + value + "\n");
    real.required()
        .forEach(name -> text.append(name).append("=rehearsed-").append(value).append('\n'));
    return text.toString();
  }
}
