package dev.lastgood.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A program of the user's, run as argv and never through a shell, bounded in time and output.
///
/// @param argv what to run; a first part without a slash is looked for on the PATH
/// @param folder where it runs; relative paths in argv start here
/// @param env variables it gets besides ours
/// @param input its standard input
/// @param timeout after this it is killed with every process it started
public record Program(
    List<String> argv, Path folder, Map<String, String> env, String input, Duration timeout) {
  /// Newest output that is kept.
  public static final int OUTPUT_LIMIT = 64 << 10;

  /// What a process that has ended may still have in its pipe. One that it left behind can hold the
  /// pipe open for ever.
  private static final Duration LAST_WORDS = Duration.ofMillis(300);

  /// Options of our own Java would be taken by a Java program that is started.
  private static final Set<String> OURS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  public Program {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
  }

  /// How it ended.
  public sealed interface Ran {
    /// Standard output and error as they came, newest part; not made safe to show.
    String output();

    record Exited(int code, String output) implements Ran {}

    /// It was still running when the time was up, or when this thread was interrupted, and was
    /// killed.
    record Killed(boolean interrupted, String output) implements Ran {}

    record NotStarted(String reason) implements Ran {
      @Override
      public String output() {
        return "";
      }
    }
  }

  /// Runs it and waits. Throws nothing for what the program or the machine does.
  public Ran run() {
    if (argv.isEmpty() || argv.getFirst().isBlank()) {
      return new Ran.NotStarted("the command is empty");
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    Process process;
    try {
      process = builder().start();
    } catch (IOException | IllegalArgumentException e) {
      return new Ran.NotStarted(why(e));
    }
    var tail = new Tail(process.getInputStream());
    Thread reader = Thread.ofPlatform().daemon().name("lastgood-output").start(tail);
    Thread writer = Thread.ofPlatform().daemon().name("lastgood-input").start(() -> feed(process));
    try {
      boolean ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (ended) {
        reader.join(LAST_WORDS);
        return new Ran.Exited(process.exitValue(), tail.text());
      }
      killTree(process);
      reader.join(LAST_WORDS);
      return new Ran.Killed(false, tail.text());
    } catch (InterruptedException e) {
      killTree(process);
      Thread.currentThread().interrupt();
      return new Ran.Killed(true, tail.text());
    } finally {
      writer.interrupt();
      close(process);
    }
  }

  private ProcessBuilder builder() {
    var builder = new ProcessBuilder(argv).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeAll(OURS);
    builder.environment().putAll(env);
    return builder;
  }

  /// Java's message repeats the whole command, which may be long; the cause is its end.
  private String why(Exception e) {
    String message = String.valueOf(e.getMessage());
    String name = argv.getFirst();
    if (!folder.toFile().isDirectory()) {
      return name + " cannot be started: its folder " + folder + " is not there";
    }
    if (message.contains("error=2,") || message.contains("No such file")) {
      return name + " cannot be started: there is no such program";
    }
    return message.contains("error=13,") || message.contains("Permission denied")
        ? name + " cannot be started: it may not be executed"
        : name + " cannot be started";
  }

  private void feed(Process process) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It did not want to read, or has ended; its exit code says what matters.
    }
  }

  private static void close(Process process) {
    try {
      process.getInputStream().close();
    } catch (IOException e) {
      // Closed already.
    }
  }

  /// Children first known, then killed: once a parent is gone its children are nobody's and cannot
  /// be found. Looks again until no new ones appear.
  private static void killTree(Process process) {
    Set<ProcessHandle> seen = new LinkedHashSet<>();
    seen.add(process.toHandle());
    for (int round = 0; round < 20; round++) {
      int before = seen.size();
      for (ProcessHandle each : List.copyOf(seen)) {
        each.descendants().forEach(seen::add);
      }
      seen.forEach(ProcessHandle::destroyForcibly);
      if (round > 0 && seen.size() == before) {
        return;
      }
    }
  }

  /// The newest part of a stream, read to its end so that the program never blocks on a full pipe.
  private static final class Tail implements Runnable {
    private final InputStream from;
    private final byte[] ring = new byte[OUTPUT_LIMIT];
    private long total;

    Tail(InputStream from) {
      this.from = from;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8192];
      try {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          add(buffer, n);
        }
      } catch (IOException e) {
        // Closed by us, or the process was killed: what came so far is what there is.
      }
    }

    private synchronized void add(byte[] buffer, int n) {
      for (int i = 0; i < n; i++) {
        ring[(int) (total++ % ring.length)] = buffer[i];
      }
    }

    synchronized String text() {
      int length = (int) Math.min(total, ring.length);
      byte[] out = new byte[length];
      for (int i = 0; i < length; i++) {
        out[i] = ring[(int) ((total - length + i) % ring.length)];
      }
      String text = new String(out, StandardCharsets.UTF_8);
      return total > length ? "…" + text : text;
    }
  }
}
