package dev.lastgood.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The real command line of Lastgood, each command a process of its own: the same java, flags and
/// class path as this process.
final class Cli {
  private final List<String> lastgood;
  private final Path folder;
  private final int patienceSeconds;
  private final PrintStream out;

  /// What a quiet command said.
  record Said(int exit, String text) {}

  /// @param folder where the commands run: the folder of `lastgood.yaml`
  /// @param patienceSeconds how long a command may take; long, where a person reads and answers
  Cli(Path folder, int patienceSeconds, PrintStream out) {
    this.folder = folder;
    this.patienceSeconds = patienceSeconds;
    this.out = out;
    lastgood = new ArrayList<>();
    lastgood.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("-XX:")
          || flag.startsWith("-Xlog")
          || flag.startsWith("--enable-native-access")
          || flag.startsWith("--sun-misc-unsafe-memory-access")) {
        lastgood.add(flag);
      }
    }
    lastgood.add("-cp");
    lastgood.add(absolute(System.getProperty("java.class.path", "")));
    lastgood.add("dev.lastgood.Main");
  }

  /// Runs a command as a person would, its output to the terminal.
  ///
  /// @return its exit code
  int run(String... words) throws IOException {
    return finish(start(words), words);
  }

  /// Starts a command as [#run] does, and does not wait.
  Process start(String... words) throws IOException {
    out.println();
    out.println("$ lastgood " + shown(words));
    out.flush();
    return process(words).inheritIO().start();
  }

  /// Runs a command without showing it.
  Said ask(String... words) throws IOException {
    Process process =
        process(words)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(finish(process, words), text);
  }

  /// Shows a command and what it said, as if it had just been typed.
  void show(Said said, String... words) {
    out.println();
    out.println("$ lastgood " + shown(words));
    out.print(said.text());
    out.flush();
  }

  int finish(Process process, String... words) throws IOException {
    try {
      if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            "lastgood " + shown(words) + " did not end within " + patienceSeconds + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted while lastgood " + shown(words) + " ran", e);
    }
  }

  private ProcessBuilder process(String... words) {
    List<String> command = new ArrayList<>(lastgood);
    command.addAll(List.of(words));
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  /// As it would have to be typed.
  private static String shown(String... words) {
    return String.join(
        " ", List.of(words).stream().map(w -> w.contains(" ") ? "\"" + w + "\"" : w).toList());
  }

  /// The commands run in another folder than this process.
  private static String absolute(String classPath) {
    return String.join(
        java.io.File.pathSeparator,
        List.of(classPath.split(java.io.File.pathSeparator, -1)).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
