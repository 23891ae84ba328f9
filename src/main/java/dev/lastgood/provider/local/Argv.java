package dev.lastgood.provider.local;

import dev.lastgood.model.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// One command as words, never a shell string: bounded in time and output. It runs in a session of
/// its own, so that a time-out ends everything it started and a Ctrl-C meant for Lastgood does not
/// reach it.
///
/// @param dir where it runs; empty: where Lastgood runs
/// @param environment added to Lastgood's own; may hold secrets, therefore never shown
public record Argv(
    List<String> command, Optional<Path> dir, Map<String, String> environment, Duration timeout) {
  /// The end of the output is kept up to this many bytes: it is where commands say what went wrong.
  static final int MAX_OUTPUT = 64 * 1024;

  /// After the exit the output is awaited this long: a child that was left behind may hold it open.
  private static final Duration STRAGGLERS = Duration.ofMillis(250);

  /// An answer is wanted whole, so its end is awaited longer: on a busy machine it may be late.
  private static final Duration WHOLE = Duration.ofSeconds(5);

  /// Options of our own Java; a Java program that is started would obey them.
  private static final Set<String> OURS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  public Argv {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a command needs at least one word");
    }
  }

  public static Argv of(Duration timeout, String... command) {
    return new Argv(List.of(command), Optional.empty(), Map.of(), timeout);
  }

  /// What came of a command.
  public sealed interface End {
    /// The last part of what it printed, both streams together.
    String output();

    /// The last line that says something, for one-line messages; clipped.
    default String lastLine() {
      return Text.clip(
          output().lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).orElse("").strip(), 300);
    }

    record Exited(int code, String output) implements End {}

    /// It was ended, with all it started; how far it came is unknown.
    record CutOff(String reason, String output) implements End {}

    /// It never ran, so it changed nothing.
    record NotStarted(String reason) implements End {
      @Override
      public String output() {
        return "";
      }
    }
  }

  /// Runs it to its end. An interrupt cuts it off and stays set.
  public End run() {
    return run("");
  }

  /// @param input what it finds on its standard input
  public End run(String input) {
    Process process;
    try {
      process = builder(!input.isEmpty()).start();
    } catch (IOException e) {
      return notStarted(e);
    }
    var tail = new Tail(MAX_OUTPUT);
    Thread reader = Thread.ofVirtual().start(() -> tail.drain(process.getInputStream()));
    if (!input.isEmpty()) {
      Thread.ofVirtual().start(() -> feed(process, input));
    }
    return awaited(process, () -> reader.join(STRAGGLERS), tail::text);
  }

  /// What came of a question to a program: its answer apart from its complaints.
  public sealed interface Reply {
    /// It ended by itself.
    ///
    /// @param answer its standard output, whole
    /// @param complaint the end of its standard error
    record Answer(int code, String answer, String complaint) implements Reply {
      /// The last line of the complaint, else of the answer; clipped, safe to show.
      public String lastLine() {
        String from = complaint.isBlank() ? answer : complaint;
        return Why.plain(
            from.lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).orElse(""), 300);
      }
    }

    /// Nothing that could be read.
    ///
    /// @param ran whether it may have done something
    record None(String reason, boolean ran) implements Reply {}
  }

  /// Runs it for its answer, which is taken whole or not at all.
  ///
  /// @param input what it finds on its standard input
  /// @param most bytes of an answer; a longer one is no answer
  public Reply ask(String input, int most) {
    Process process;
    try {
      process = builder(!input.isEmpty()).redirectErrorStream(false).start();
    } catch (IOException e) {
      return new Reply.None(shown() + " cannot be started: " + e.getMessage(), false);
    }
    var answer = new Tail(most);
    var complaint = new Tail(MAX_OUTPUT);
    Thread first = Thread.ofVirtual().start(() -> answer.drain(process.getInputStream()));
    Thread second = Thread.ofVirtual().start(() -> complaint.drain(process.getErrorStream()));
    if (!input.isEmpty()) {
      Thread.ofVirtual().start(() -> feed(process, input));
    }
    End end = awaited(process, () -> joined(first, second), complaint::text);
    if (first.isAlive()) {
      return new Reply.None(shown() + " left something running that holds its output", true);
    }
    return switch (end) {
      case End.NotStarted(String reason) -> new Reply.None(reason, false);
      case End.CutOff(String reason, _) -> new Reply.None(reason, true);
      case End.Exited _ when answer.lost() ->
          new Reply.None(shown() + " answered more than " + most + " bytes", true);
      case End.Exited(int code, String said) -> new Reply.Answer(code, answer.text(), said);
    };
  }

  private static void joined(Thread first, Thread second) throws InterruptedException {
    first.join(WHOLE);
    second.join(STRAGGLERS);
  }

  /// As [#run()], for a command that leaves something running, with the output appended to a file:
  /// what stays prints on when Lastgood is gone, and would be killed by the first word it prints
  /// into the pipe of [#run()].
  public End runInto(LogFile log) {
    long from;
    Process process;
    try {
      Path folder = log.file().toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      log.turnOver();
      from = log.size();
      process =
          builder(false)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
              .start();
    } catch (IOException e) {
      return notStarted(e);
    }
    return awaited(process, () -> {}, () -> log.since(from, MAX_OUTPUT));
  }

  private End notStarted(IOException e) {
    return new End.NotStarted(shown() + " cannot be started: " + e.getMessage());
  }

  /// The end of the output may come a little after the end of the process.
  private interface Stragglers {
    void await() throws InterruptedException;
  }

  private End awaited(Process process, Stragglers stragglers, Supplier<String> output) {
    try {
      if (process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        stragglers.await();
        return exited(process.exitValue(), output.get());
      }
      Processes.killSession(process.pid());
      stragglers.await();
      return new End.CutOff(
          shown() + " did not end within " + timeout.toMillis() + " ms", output.get());
    } catch (InterruptedException e) {
      Processes.killSession(process.pid());
      String printed = output.get();
      Thread.currentThread().interrupt();
      return new End.CutOff(shown() + " was interrupted", printed);
    }
  }

  /// As a person would type it.
  public String shown() {
    return command.stream().map(Argv::quoted).collect(Collectors.joining(" "));
  }

  private static void feed(Process process, String input) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It did not want to read it, or has ended; its exit says what matters.
    }
  }

  private ProcessBuilder builder(boolean fed) {
    List<String> words = new ArrayList<>(List.of("setsid", "--"));
    words.addAll(command);
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    if (!fed) {
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    }
    dir.ifPresent(d -> builder.directory(d.toFile()));
    builder.environment().keySet().removeAll(OURS);
    builder.environment().putAll(new TreeMap<>(environment));
    return builder;
  }

  /// `setsid` itself says that it failed, in the language of the machine, and exits with 126 or
  /// 127: the command never ran.
  private End exited(int code, String output) {
    boolean never = (code == 126 || code == 127) && output.startsWith("setsid: ");
    return never
        ? new End.NotStarted(shown() + " cannot be started: " + output.strip())
        : new End.Exited(code, output);
  }

  private static final String PLAIN = "_-./:=,@%+{}";

  /// One word as a person would type it, quoted where it must be.
  public static String quoted(String word) {
    boolean plain =
        !word.isEmpty()
            && word.chars().allMatch(c -> Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
    return plain ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /// The last bytes of a stream.
  private static final class Tail {
    private final int most;
    private byte[] ring = new byte[8192];
    private long seen;

    Tail(int most) {
      this.most = most;
    }

    synchronized boolean lost() {
      return seen > most;
    }

    void drain(InputStream from) {
      byte[] part = new byte[8192];
      try (from) {
        for (int n = from.read(part); n >= 0; n = from.read(part)) {
          add(part, n);
        }
      } catch (IOException e) {
        // The pipe went away with the process; what was read until then is the output.
      }
    }

    private synchronized void add(byte[] part, int n) {
      while (seen + n > ring.length && ring.length < most) {
        ring = Arrays.copyOf(ring, (int) Math.min(most, 2L * ring.length));
      }
      for (int i = 0; i < n; i++) {
        ring[(int) (seen++ % ring.length)] = part[i];
      }
    }

    synchronized String text() {
      int length = (int) Math.min(seen, ring.length);
      byte[] last = new byte[length];
      for (int i = 0; i < length; i++) {
        last[i] = ring[(int) ((seen - length + i) % ring.length)];
      }
      return new String(last, StandardCharsets.UTF_8);
    }
  }
}
