package dev.lastgood.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A vendor's own command line tool, to be tried against a played platform, or its own server.
/// `bin/test --peers` installs them; a test without its tool is left out and says so, and fails
/// where nothing may be.
public final class Peer {
  private static final String FOLDER = "LASTGOOD_PEERS";

  private final List<String> program;

  private Peer(String... program) {
    this.program = List.of(program);
  }

  /// @param npm how to install it, for whoever reads that it was left out
  public static Peer of(String name, String npm) {
    return installed(name, "npm install " + npm);
  }

  /// @param how to install it, for whoever reads that it was left out
  public static Peer installed(String name, String how) {
    List<Path> places =
        Stream.concat(
                Stream.ofNullable(System.getenv(FOLDER))
                    .flatMap(f ->
                        Stream.of(
                            Path.of(f, "node_modules", ".bin", name),
                            Path.of(f, "bin", name),
                            Path.of(f, "python", "bin", name))),
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(d -> Path.of(d, name)))
            .filter(Files::isExecutable)
            .toList();
    required(places, name, how);
    return new Peer(places.getFirst().toString());
  }

  /// A program that is a file of a package of npm and no command.
  ///
  /// @param npm how to install it, for whoever reads that it was left out
  public static Peer module(String name, String file, String npm) {
    List<Path> places =
        Stream.ofNullable(System.getenv(FOLDER))
            .map(f -> Path.of(f, "node_modules", name, file))
            .filter(Files::isReadable)
            .toList();
    required(places, name, "npm install " + npm);
    Peer node = installed("node", "install Node 20 or newer");
    return new Peer(node.program.getFirst(), places.getFirst().toString());
  }

  /// A program of Java: the jars of a folder.
  ///
  /// @param how to fetch them, for whoever reads that it was left out
  public static Peer jars(String name, String main, String how) {
    List<Path> places =
        Stream.ofNullable(System.getenv(FOLDER))
            .map(f -> Path.of(f, name))
            .filter(Files::isDirectory)
            .toList();
    required(places, name, how);
    return new Peer(
        ProcessHandle.current().info().command().orElseThrow(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        places.getFirst() + "/*",
        main);
  }

  /// The words that start it.
  public List<String> program() {
    return program;
  }

  private static void required(List<Path> places, String name, String how) {
    if (places.isEmpty() && System.getenv("CI") == null) {
      Assumptions.abort("no " + name + ": " + how + " in a folder, and name it by " + FOLDER);
    }
    assertThat(places).as("the program " + name + " (" + how + ")").isNotEmpty();
  }

  /// Starts it, for whoever asks it things; its words go into a file. The caller ends it.
  public Process start(Path dir, String... words) throws IOException {
    return start(dir, Map.of(), words);
  }

  public Process start(Path dir, Map<String, String> environment, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(Files.createTempFile(dir, "peer", ".out").toFile())
        .start();
  }

  /// What it said, both streams, and its exit code in the last line.
  public String run(Path dir, Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(words));
    Path out = Files.createTempFile(dir, "peer", ".out");
    var builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("HOME", dir.toString());
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", words) + ": no end within 90 s");
    }
    return Files.readString(out, StandardCharsets.UTF_8) + "\nexit " + process.exitValue();
  }
}
