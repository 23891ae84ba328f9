package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read from `/proc` and from files of variables and logs.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineFactsTest {
  @TempDir Path dir;

  @Test
  void a_process_name_may_hold_spaces_and_parentheses() {
    assertThat(
            Processes.parse(
                "42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 98765 1 1"))
        .contains(new Processes.Stat(42, "a) b (c", 'S', 1, 42, 98765));
  }

  @Test
  void a_line_that_makes_no_sense_is_no_process() {
    assertThat(Processes.parse("")).isEmpty();
    assertThat(Processes.parse("42 (sh) S 1")).isEmpty();
  }

  @Test
  void this_process_is_alive_and_older_than_nothing() {
    Processes.Stat self = Processes.stat(ProcessHandle.current().pid()).orElseThrow();

    assertThat(self.alive()).isTrue();
    assertThat(Slot.age(self)).isPositive();
  }

  @Test
  void a_listening_port_names_its_holder() throws Exception {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Sockets.listening(listener.getLocalPort())).isTrue();
      assertThat(Sockets.holder(listener.getLocalPort()))
          .startsWith("pid " + ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void a_closed_port_is_not_listening() throws Exception {
    assertThat(Sockets.listening(FreePorts.some(1).getFirst())).isFalse();
  }

  @Test
  void connections_are_counted_on_the_side_that_was_called_accepted_or_not() throws Exception {
    List<Long> self = List.of(ProcessHandle.current().pid());
    try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var _ = new Socket(listener.getInetAddress(), listener.getLocalPort());
        var _ = new Socket(listener.getInetAddress(), listener.getLocalPort());
        var _ = listener.accept()) {
      assertThat(Sockets.connections(listener.getLocalPort(), self)).isEqualTo(2);
    }
  }

  @Test
  void a_connection_of_somebody_else_is_not_counted() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "300").start();
    try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var _ = new Socket(listener.getInetAddress(), listener.getLocalPort());
        var _ = listener.accept()) {
      assertThat(Sockets.connections(listener.getLocalPort(), List.of(stranger.pid()))).isZero();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void a_file_of_variables_is_read_as_a_shell_would() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve(".env"),
            """
            # database
            export URL=postgres://h/db?x=1
            PLAIN = text here # a comment
            SINGLE='it # stays $HOME'
            DOUBLE="two\\nlines \\"quoted\\""

            EMPTY=
            URL=later
            """);

    assertThat(EnvFile.read(file))
        .isEqualTo(
            Map.of(
                "URL", "later",
                "PLAIN", "text here",
                "SINGLE", "it # stays $HOME",
                "DOUBLE", "two\nlines \"quoted\"",
                "EMPTY", ""));
  }

  @Test
  void a_line_that_is_no_variable_is_named_by_its_number_alone() throws Exception {
    Path file = Files.writeString(dir.resolve(".env"), "A=1\nhunter2 is the password\n");

    assertThatThrownBy(() -> EnvFile.read(file))
        .hasMessageEndingWith("line 2 is not NAME=value")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void the_end_of_a_log_is_read_from_where_the_process_began() throws Exception {
    Path log = Files.writeString(dir.resolve("log"), "old line\nnew line\nlast line\n");

    assertThat(LogFile.tail(log, 9, 1000)).isEqualTo("new line\nlast line\n");
    assertThat(LogFile.tail(log, 0, 10)).isEqualTo("last line\n");
    assertThat(LogFile.tail(log, 9999, 10)).isEmpty();
    assertThat(new LogFile(log).lastWords(9)).isEqualTo("last printed: new line | last line");
    assertThat(new LogFile(log).lastWords(9999)).isEqualTo("it printed nothing");
  }

  @Test
  void a_large_log_is_turned_over_and_three_are_kept() throws Exception {
    var log = new LogFile(dir.resolve("log"));
    for (int n = 1; n <= 5; n++) {
      Files.writeString(log.file(), n + "x".repeat(9 * 1024 * 1024));
      log.turnOver();
    }
    Files.writeString(log.file(), "small");
    log.turnOver();

    assertThat(log.all())
        .containsExactly(
            dir.resolve("log"), dir.resolve("log.1"), dir.resolve("log.2"), dir.resolve("log.3"));
    assertThat(log.file()).hasContent("small");
    assertThat(Files.readString(dir.resolve("log.1"))).startsWith("5x");
  }

  @Test
  void a_lock_is_held_by_one_and_lost_when_its_process_dies() throws Exception {
    Path file = dir.resolve("slot.lock");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                TinyServer.classes() + java.io.File.pathSeparator + mainClasses(),
                HoldLock.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(holder.inputReader().readLine()).isEqualTo("held");

    assertThat(SlotLock.take(file, Duration.ofMillis(100))).isEmpty();

    holder.destroyForcibly().waitFor();
    try (var taken = SlotLock.take(file, Duration.ofSeconds(20)).orElseThrow()) {
      assertThat(taken).isNotNull();
    }
  }

  private static String mainClasses() {
    return Path.of(
            java.net.URI.create(
                SlotLock.class.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  /// Takes a lock and never gives it back.
  static final class HoldLock {
    private HoldLock() {}

    public static void main(String[] args) throws Exception {
      try (var _ = SlotLock.take(Path.of(args[0]), Duration.ofSeconds(20)).orElseThrow()) {
        System.out.println("held");
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }
}
