package dev.lastgood.chaos.database;

import dev.lastgood.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// One command of Lastgood as a process of its own, which can be killed.
final class Lastgood {
  static final int KILLED = 137;

  private final Process process;
  private final Path said;

  private Lastgood(Process process, Path said) {
    this.process = process;
    this.said = said;
  }

  static Lastgood start(Path folder, Map<String, String> environment, String... words)
      throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                Main.class.getName()));
    argv.addAll(List.of(words));
    Path said = Files.createTempFile(folder, "said-", ".txt");
    var builder =
        new ProcessBuilder(argv)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().putAll(environment);
    return new Lastgood(builder.start(), said);
  }

  /// It works in another folder than this process.
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  boolean alive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  int exit() throws InterruptedException, IOException {
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      String threads = threads();
      process.destroyForcibly();
      throw new IOException("it does not end: " + said() + threads);
    }
    return process.exitValue();
  }

  /// Where it hangs.
  private String threads() throws IOException, InterruptedException {
    Path dump = Files.createTempFile("threads-", ".txt");
    Files.delete(dump);
    String jcmd =
        Path.of(ProcessHandle.current().info().command().orElseThrow())
            .resolveSibling("jcmd")
            .toString();
    new ProcessBuilder(jcmd, Long.toString(process.pid()), "Thread.dump_to_file", dump.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    try {
      return Files.exists(dump) ? Files.readString(dump) : "no dump of its threads";
    } finally {
      Files.deleteIfExists(dump);
    }
  }

  String said() throws IOException {
    return Files.readString(said);
  }
}
