package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who runs a PostgreSQL of ours: it refuses to be root, so when Lastgood is, somebody else must.
///
/// @param user name of a user of this machine; empty: whoever Lastgood is
record RunAs(Optional<String> user) {
  private static final Duration SOON = Duration.ofSeconds(20);

  static RunAs of(ArchiveSettings settings) {
    boolean root = "root".equals(System.getProperty("user.name"));
    return new RunAs(root ? Optional.of(settings.as().orElse("postgres")) : Optional.empty());
  }

  List<String> words(List<String> command) {
    List<String> words = new ArrayList<>();
    user.ifPresent(u -> words.addAll(List.of("setpriv", "--reuid=" + u, "--regid=" + u)));
    user.ifPresent(_ -> words.addAll(List.of("--init-groups", "--")));
    words.addAll(command);
    return words;
  }

  /// A folder of the user's alone.
  void make(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    if (user.isPresent()) {
      Files.setOwner(
          folder,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get()));
    }
  }

  /// Gives a folder and all in it to the user.
  ///
  /// @return why that failed; empty when it is done
  Optional<String> handOver(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    if (user.isEmpty()) {
      return Optional.empty();
    }
    Argv.End end =
        Argv.of(Duration.ofMinutes(10), "chown", "-R", user.get(), folder.toString()).run();
    return end instanceof Argv.End.Exited(int code, _) && code == 0
        ? Optional.empty()
        : Optional.of("chown: " + end.lastLine());
  }

  /// Why the user cannot write there; empty when it can.
  Optional<String> barred(Path folder) {
    Argv.End end =
        Argv.of(SOON, words(List.of("test", "-w", folder.toString())).toArray(String[]::new)).run();
    if (end instanceof Argv.End.Exited(int code, _) && code == 0) {
      return Optional.empty();
    }
    return Optional.of(
        folder
            + " cannot be written by "
            + user.orElse("this user")
            + (end.output().isBlank() ? "" : " (" + Why.plain(end.output(), 100) + ")")
            + "; name a folder it can reach under archive.folder");
  }
}
