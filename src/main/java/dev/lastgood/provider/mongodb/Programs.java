package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// mongodump and mongorestore. They learn where the server is, and the password, from a file that
/// only this user can read and that is gone when they are.
///
/// @param folder where they are; empty: on the PATH
/// @param secrets folder for that file
record Programs(Optional<Path> folder, Path secrets) {
  private static final String FILE = "mongodb-connection-";
  private static final String END = ".yaml";

  String path(String program) {
    return folder.map(f -> f.resolve(program).toString()).orElse(program);
  }

  /// @return empty when it ended well, else why not
  Optional<String> run(Duration longest, MongoUrl url, String program, List<String> words) {
    try {
      sweep();
      Path file =
          Files.createTempFile(
              secrets,
              FILE,
              END,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        Files.writeString(file, "uri: \"" + escaped(url.withoutDatabase()) + "\"\n");
        List<String> all = new ArrayList<>(List.of(path(program), "--config=" + file));
        all.addAll(words);
        return problem(new Argv(all, Optional.empty(), Map.of(), longest).run());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      return Optional.of("its connection could not be handed to " + program + ": " + Why.of(e));
    }
  }

  /// What a process left that was killed: whoever is here has the turn, so nobody reads it any
  /// more.
  private void sweep() throws IOException {
    try (Stream<Path> all = Files.list(secrets)) {
      for (Path each : all.toList()) {
        String name = String.valueOf(each.getFileName());
        if (name.startsWith(FILE) && name.endsWith(END)) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private static String escaped(String url) {
    return url.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static Optional<String> problem(Argv.End end) {
    return switch (end) {
      case Argv.End.Exited(int code, _) when code == 0 -> Optional.empty();
      case Argv.End.Exited(int code, String output) ->
          Optional.of("exit " + code + ", " + said(output));
      case Argv.End.CutOff cut -> Optional.of(cut.reason());
      case Argv.End.NotStarted never -> Optional.of(never.reason());
    };
  }

  /// The programs say what failed in a line with "Failed" or "error", among lines of progress.
  private static String said(String output) {
    return Why.plain(
        output
            .lines()
            .filter(l -> l.contains("Failed") || l.contains("rror"))
            .findFirst()
            .orElse(output.strip()),
        400);
  }
}
