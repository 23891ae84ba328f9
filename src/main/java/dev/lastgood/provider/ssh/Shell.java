package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A shell on another host that is kept, and asked one thing after the other: a question costs one
/// way there and back, not a login. Each answer ends with a mark made of fresh random bytes, on
/// both streams, so no content can be taken for an end.
///
/// The script comes by the shell's standard input: nothing of it stands in a list of processes. The
/// shell ends when our end of the pipe does, however we end.
final class Shell implements AutoCloseable {
  /// No answer is longer: file contents are asked for in parts.
  static final int MOST = 4 << 20;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String name;
  private final Process process;
  private final OutputStream to;
  private final Pump out;
  private final Pump err;
  private volatile boolean dead;
  private long used = System.nanoTime();

  private Shell(String name, Process process) {
    this.name = name;
    this.process = process;
    this.to = process.getOutputStream();
    this.out = new Pump(process.getInputStream(), MOST);
    this.err = new Pump(process.getErrorStream(), MOST);
  }

  /// Starts `ssh` and waits until the other side's shell answers.
  ///
  /// @param command as words; what it says when it fails is in the exception
  /// @throws HostLost if no shell answers in time
  static Shell open(String name, List<String> command, Duration patience) {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new HostLost(name + ": ssh cannot be started: " + e.getMessage());
    }
    var shell = new Shell(name, process);
    String mark = mark();
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      shell.send("printf '%s\\n' '' " + mark + "; printf '%s\\n' '' " + mark + " >&2\n");
      boolean there = shell.out.until(bytes("\n" + mark), deadline).isPresent();
      if (there && shell.err.until(bytes("\n" + mark), deadline).isPresent()) {
        return shell;
      }
      throw new HostLost(shell.lastWords());
    } catch (IOException e) {
      throw new HostLost(shell.lastWords());
    } catch (InterruptedException e) {
      shell.close();
      Thread.currentThread().interrupt();
      throw new HostLost("interrupted");
    }
  }

  /// What ssh said before it ended. Read before the pipes are closed, which would throw it away.
  private String lastWords() {
    try {
      err.ended(System.nanoTime() + TimeUnit.SECONDS.toNanos(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    return err.rest();
  }

  /// @param out its standard output, whole; nobody keeps or compares an answer
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int code, byte[] out, String err) {
    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }
  }

  /// Runs a script in a shell of its own, with nothing on its standard input.
  ///
  /// @throws HostLost if no answer came: whether it was done is not known
  synchronized Answer ask(String script, Duration patience) {
    if (dead) {
      throw new HostLost(name + ": the connection was lost before");
    }
    String mark = mark();
    try {
      send(
          "(eval "
              + ShellWords.quoted(script)
              + ") </dev/null; r=$?; printf '\\n%s %s\\n' "
              + mark
              + " $r; printf '\\n%s\\n' "
              + mark
              + " >&2\n");
      long deadline = System.nanoTime() + patience.toNanos();
      Optional<Pump.Part> answer = out.until(bytes("\n" + mark + " "), deadline);
      Optional<Pump.Part> words =
          answer.isEmpty() ? Optional.empty() : err.until(bytes("\n" + mark), deadline);
      if (answer.isEmpty() || words.isEmpty()) {
        throw lost(
            System.nanoTime() >= deadline
                ? "no answer within " + patience.toMillis() + " ms"
                : "the connection was cut");
      }
      used = System.nanoTime();
      if (!answer.get().whole()) {
        throw lost("an answer of more than " + MOST + " bytes");
      }
      return new Answer(
          Integer.parseInt(answer.get().rest()),
          answer.get().before(),
          new String(words.get().before(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw lost("the connection was cut");
    } catch (InterruptedException e) {
      HostLost lost = lost("interrupted");
      Thread.currentThread().interrupt();
      throw lost;
    }
  }

  private HostLost lost(String why) {
    close();
    return new HostLost(name + ": " + why);
  }

  boolean alive() {
    return !dead && process.isAlive();
  }

  /// Ends it when nobody has asked anything for that long. Not while somebody is asking.
  synchronized void closeAfter(Duration idle) {
    if (System.nanoTime() - used > idle.toNanos()) {
      close();
    }
  }

  private void send(String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  static String mark() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    dead = true;
    process.destroy();
  }
}
