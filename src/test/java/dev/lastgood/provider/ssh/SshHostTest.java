package dev.lastgood.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Host;
import dev.lastgood.provider.local.HostContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Through a real sshd.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SshHostTest implements HostContract {
  @TempDir Path dir;
  private RealSshd sshd;
  private SshHost host;

  @BeforeEach
  void start() throws Exception {
    sshd = RealSshd.in(dir.resolve("sshd"), "127.0.0.2");
    host = new SshHost(login(sshd.settings()));
    Files.createDirectory(dir.resolve("files"));
  }

  private Login login(HostsSettings settings) {
    return Login.of(settings, settings.checked().getFirst(), dir);
  }

  @AfterEach
  void end() {
    host.close();
    sshd.close();
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Path folder() {
    return host.path(dir.resolve("files").toString());
  }

  @Test
  void a_key_that_is_not_known_is_refused_with_the_commands_that_verify_it() throws Exception {
    Files.writeString(sshd.knownHosts(), "");

    assertThatThrownBy(() -> host.connect())
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("its host key is not known; nothing was sent")
        .hasMessageContaining("ssh-keyscan -p " + sshd.port() + " 127.0.0.2 | ssh-keygen -lf -")
        .hasMessageContaining(">> '" + sshd.knownHosts() + "'");
    assertThat(sshd.knownHosts()).isEmptyFile();
  }

  @Test
  void a_key_that_has_changed_is_refused_and_told_apart() throws Exception {
    sshd.trust(dir.resolve("sshd/user_key.pub"));

    assertThatThrownBy(() -> host.connect())
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("A new machine, or somebody in between")
        .hasMessageContaining("ssh-keygen -R '[127.0.0.2]:" + sshd.port() + "'");
  }

  @Test
  void a_login_that_is_not_allowed_says_which_key_was_offered() throws Exception {
    Files.writeString(dir.resolve("sshd/authorized"), "");

    assertThatThrownBy(() -> host.connect())
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("ssh may not log in")
        .hasMessageContaining(sshd.userKey().toString());
  }

  @Test
  void a_key_file_that_is_not_there_is_said_so() throws Exception {
    Files.writeString(dir.resolve("sshd/authorized"), "");
    Files.delete(sshd.userKey());

    assertThatThrownBy(() -> host.connect())
        .isInstanceOf(HostLost.class)
        .hasMessageContaining(sshd.userKey() + " is not there");
  }

  @Test
  void a_host_that_is_down_is_said_so() {
    sshd.close();

    assertThatThrownBy(() -> host.connect())
        .isInstanceOf(HostLost.class)
        .hasMessageContaining(sshd.name() + ": cannot be reached")
        .hasMessageContaining("refused");
  }

  @Test
  void a_connection_that_is_cut_is_not_taken_for_a_file_that_is_not_there() throws Exception {
    Path file = folder().resolve("f");
    Files.writeString(dir.resolve("files/f"), "x");
    assertThat(Files.exists(file)).isTrue();
    sshd.cut();

    assertThatThrownBy(() -> Files.exists(file)).isInstanceOf(HostLost.class);
    assertThatThrownBy(() -> Files.exists(file)).isInstanceOf(HostLost.class);

    host.connect();
    assertThat(Files.exists(file)).isTrue();
  }

  @Test
  void a_cut_in_the_middle_of_a_command_is_said_at_once() throws Exception {
    host.connect();
    Thread cutter =
        Thread.ofVirtual()
            .start(() -> {
              while (Files.notExists(dir.resolve("files/began"))) {
                Thread.onSpinWait();
              }
              sshd.cut();
            });

    assertThatThrownBy(() ->
            host.run(
                Argv.of(
                    Duration.ofMinutes(5),
                    "sh",
                    "-c",
                    "touch " + dir.resolve("files/began") + "; sleep 300")))
        .isInstanceOf(HostLost.class);
    cutter.join();
  }

  @Test
  void an_agent_is_as_good_as_a_key_file() throws Exception {
    Path socket = dir.resolve("agent");
    Process agent =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      dev.lastgood.provider.local.Until.holds("the agent is there", () -> Files.exists(socket));
      var adding = new ProcessBuilder("ssh-add", "-q", sshd.userKey().toString());
      adding.environment().put("SSH_AUTH_SOCK", socket.toString());
      assertThat(adding.start().waitFor()).isZero();
      // The agent is found by the variable, which the test cannot set for itself: so by a wrapper.
      Path ssh =
          Files.writeString(
              dir.resolve("ssh"), "#!/bin/sh\nSSH_AUTH_SOCK=" + socket + " exec ssh \"$@\"\n");
      Files.setPosixFilePermissions(
          ssh, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
      HostsSettings with = sshd.settings();
      var settings =
          new HostsSettings(
              with.addresses(),
              with.user(),
              with.port(),
              Optional.empty(),
              with.knownHosts(),
              with.atOnce(),
              with.first(),
              with.prove(),
              Optional.of(ssh),
              with.connect());
      var other = new SshHost(login(settings));
      other.connect();
      assertThat(other.run(Argv.of(Duration.ofSeconds(20), "echo", "in")))
          .isEqualTo(new Argv.End.Exited(0, "in\n"));
      other.close();
    } finally {
      agent.destroyForcibly();
    }
  }
}
