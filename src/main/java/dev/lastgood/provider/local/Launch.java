package dev.lastgood.provider.local;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.local.Supervisor.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How the process of a release is started: words, environment, folder and log, with everything
/// filled in.
final class Launch {
  /// What a process gets of Lastgood's own environment. The rest stays here: it may hold the tokens
  /// of other components.
  private static final Set<String> BASICS =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "JAVA_HOME");

  private final ProcessServiceSettings settings;
  private final Path base;
  private final Path folder;

  /// @param base relative paths of the settings start here
  /// @param folder for the log, when the settings name none
  Launch(ProcessServiceSettings settings, Path base, Path folder) {
    this.settings = settings;
    this.base = base;
    this.folder = folder;
  }

  /// @throws IOException if it cannot be started; nothing was started then
  Process start(Wanted wanted, Slot slot, String key) throws IOException {
    Path log = log(wanted).file();
    Path dir = dir(wanted);
    if (!Files.isDirectory(dir)) {
      throw new IOException(wanted.release() + " cannot run in " + dir + ": no such folder");
    }
    List<String> words = new ArrayList<>(List.of("setsid", "--"));
    settings.run().forEach(word -> words.add(filled(word, wanted)));
    var builder = new ProcessBuilder(words).directory(dir.toFile()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Path parent = log.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> !BASICS.contains(name) && !name.startsWith("LC_"));
    environment.putAll(environment(wanted));
    environment.put(Slot.MARK, slot.mark(wanted.release()));
    environment.put("LASTGOOD_KEY", key);
    return builder.start();
  }

  LogFile log(Wanted wanted) {
    return new LogFile(
        settings
            .log()
            .map(log -> base.resolve(filled(log, wanted)))
            .orElseGet(
                () -> folder.resolve((wanted.port() == 0 ? "process" : wanted.port()) + ".log")));
  }

  String byHand(Wanted wanted) {
    String variables =
        settings.env().entrySet().stream()
                .map(e -> e.getKey() + "=" + Argv.quoted(filled(e.getValue(), wanted)) + " ")
                .collect(Collectors.joining())
            + settings.secrets().entrySet().stream()
                .map(e -> e.getKey() + "='" + e.getValue().reference() + "' ")
                .collect(Collectors.joining());
    return "cd "
        + Argv.quoted(dir(wanted).toString())
        + envFile(wanted)
            .map(f -> " && set -a && . " + Argv.quoted(f.toString()) + " && set +a")
            .orElse("")
        + " && "
        + variables
        + "setsid "
        + settings.run().stream()
            .map(w -> Argv.quoted(filled(w, wanted)))
            .collect(Collectors.joining(" "))
        + " </dev/null >>"
        + Argv.quoted(log(wanted).file().toString())
        + " 2>&1 &";
  }

  /// The text without the values of `secrets` and of the file of variables.
  String masked(String text) {
    String masked = text;
    for (String value : hidden()) {
      // Anything shorter is a port or a flag, and would blacken half the log.
      if (value.length() >= 6) {
        masked = masked.replace(value, "***");
      }
    }
    return masked;
  }

  private List<String> hidden() {
    List<String> values = new ArrayList<>();
    for (Secret secret : settings.secrets().values()) {
      try {
        values.add(secret.reveal());
      } catch (RuntimeException missing) {
        // A secret that is not there cannot be in the text either.
      }
    }
    settings
        .envFile()
        .filter(f -> !f.contains("{"))
        .ifPresent(file -> {
          try {
            values.addAll(EnvFile.read(base.resolve(file)).values());
          } catch (IOException e) {
            // The same.
          }
        });
    return values;
  }

  private Map<String, String> environment(Wanted wanted) throws IOException {
    Map<String, String> all = new TreeMap<>();
    Optional<Path> file = envFile(wanted);
    if (file.isPresent()) {
      all.putAll(EnvFile.read(file.get()));
    }
    settings.env().forEach((name, value) -> all.put(name, filled(value, wanted)));
    for (Map.Entry<String, Secret> secret : settings.secrets().entrySet()) {
      try {
        all.put(secret.getKey(), secret.getValue().reveal());
      } catch (RuntimeException missing) {
        throw new IOException(
            secret.getKey() + ": " + secret.getValue().reference() + " has no value", missing);
      }
    }
    return all;
  }

  private Optional<Path> envFile(Wanted wanted) {
    return settings.envFile().map(f -> base.resolve(filled(f, wanted)));
  }

  private Path dir(Wanted wanted) {
    return settings.dir().map(d -> base.resolve(filled(d, wanted))).orElse(wanted.home());
  }

  private String filled(String text, Wanted wanted) {
    return text.replace("{port}", Integer.toString(wanted.port()))
        .replace("{slot}", Integer.toString(settings.ports().indexOf(wanted.port()) + 1))
        .replace("{id}", wanted.release())
        .replace("{release}", wanted.home().toString());
  }
}
