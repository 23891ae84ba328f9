package dev.lastgood.provider.ssh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.provider.local.FreePorts;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A real OpenSSH server of its own on a loopback address, with its own host key, for one user key.
/// As root it may stand for a machine of its own: in a mount namespace where a folder of the test
/// is seen under another name.
public final class RealSshd implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/sshd");

  private final Path dir;
  private final String address;
  private final int port;
  private final Process process;
  private @Nullable Process kept;

  private RealSshd(Path dir, String address, int port, Process process) {
    this.dir = dir;
    this.address = address;
    this.port = port;
    this.process = process;
  }

  /// @param dir for its files; made
  public static RealSshd in(Path dir, String address) throws Exception {
    return start(dir, address, Optional.empty(), Optional.empty());
  }

  /// A machine of its own: what is `own` here is `seen` there. Both are folders.
  public static RealSshd machine(Path dir, String address, Path own, Path seen) throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "not root, so there is no machine of its own: a mount namespace needs it");
    return start(dir, address, Optional.of(own), Optional.of(seen));
  }

  private static RealSshd start(Path dir, String address, Optional<Path> own, Optional<Path> seen)
      throws Exception {
    assumeTrue(
        Files.isExecutable(PROGRAM), "sshd is not installed: apt-get install openssh-server");
    Files.createDirectories(dir);
    int port = FreePorts.some(1).getFirst();
    if (System.getProperty("user.name").equals("root")) {
      // Where sshd puts itself before the login, when it runs as root; Debian's service makes it.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    key(dir.resolve("host_key"));
    key(dir.resolve("user_key"));
    Files.copy(dir.resolve("user_key.pub"), dir.resolve("authorized"));
    Files.writeString(
        dir.resolve("sshd.conf"),
        "ListenAddress "
            + address
            + ":"
            + port
            + "\nHostKey "
            + dir.resolve("host_key")
            + "\nAuthorizedKeysFile "
            + dir.resolve("authorized")
            + "\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            // With the default one of OpenSSH 9 a login costs the client 85 ms of a core, with this
            // one 10.
            + "KexAlgorithms curve25519-sha256\n"
            // A bash that sshd starts reads the .bashrc of whoever runs the tests: half a second
            // where that starts a version manager.
            + "SetEnv HOME="
            + dir
            + "\n"
            + "KbdInteractiveAuthentication no\nMaxStartups 200\nMaxSessions 500\nLogLevel ERROR\n");
    List<String> words = new ArrayList<>();
    if (own.isPresent()) {
      words.addAll(
          List.of(
              "unshare",
              "-m",
              "--propagation",
              "private",
              "sh",
              "-c",
              "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"",
              "sh",
              own.get().toString(),
              seen.orElseThrow().toString()));
    }
    words.addAll(
        List.of(PROGRAM.toString(), "-D", "-e", "-f", dir.resolve("sshd.conf").toString()));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("sshd.log").toFile())
            .start();
    var sshd = new RealSshd(dir, address, port, process);
    Until.holds("sshd answers", () -> !process.isAlive() || sshd.answers());
    if (!process.isAlive()) {
      throw new IllegalStateException("sshd: " + Files.readString(dir.resolve("sshd.log")));
    }
    sshd.trust(dir.resolve("host_key.pub"));
    return sshd;
  }

  private static void key(Path file) throws Exception {
    Process keygen =
        new ProcessBuilder(
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keygen.waitFor(20, TimeUnit.SECONDS) || keygen.exitValue() != 0) {
      throw new IllegalStateException("ssh-keygen: " + said);
    }
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 500);
      return socket.getInputStream().read() == 'S';
    } catch (IOException e) {
      return false;
    }
  }

  /// Writes this key, and no other, as the known one of this host.
  public void trust(Path publicKey) throws IOException {
    String[] words = Files.readString(publicKey).split(" ", -1);
    Files.writeString(
        knownHosts(), "[" + address + "]:" + port + " " + words[0] + " " + words[1] + "\n");
  }

  public Path knownHosts() {
    return dir.resolve("known hosts");
  }

  public Path userKey() {
    return dir.resolve("user_key");
  }

  public String name() {
    return address + ":" + port;
  }

  /// With everything that is done on this machine below it.
  public ProcessHandle handle() {
    return process.toHandle();
  }

  public int port() {
    return port;
  }

  /// This host alone, with its key and its known key.
  public HostsSettings settings() {
    return settings(List.of(this), userKey(), knownHosts(), Optional.empty());
  }

  /// As [#settings()], through one login that is kept: for tests of what is done there, which
  /// connect anew all the time. What a login is, [SshHostTest] and others tell.
  public HostsSettings settingsOfKeptLogin() throws IOException {
    Path control = dir.resolve("c");
    Path program = dir.resolve("ssh-kept");
    if (kept == null) {
      Files.writeString(program, "#!/bin/sh\nexec ssh -S '" + control + "' \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      kept =
          new ProcessBuilder(
                  "ssh",
                  "-M",
                  "-N",
                  "-S",
                  control.toString(),
                  "-o",
                  "BatchMode=yes",
                  "-o",
                  "StrictHostKeyChecking=yes",
                  "-o",
                  "UserKnownHostsFile=\"" + knownHosts() + "\"",
                  "-i",
                  userKey().toString(),
                  "-p",
                  Integer.toString(port),
                  address)
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("kept.log").toFile())
              .start();
      Until.holds("the kept login is there", () -> Files.exists(control));
    }
    HostsSettings plain = settings();
    return new HostsSettings(
        plain.addresses(),
        plain.user(),
        plain.port(),
        plain.key(),
        plain.knownHosts(),
        plain.atOnce(),
        plain.first(),
        plain.prove(),
        Optional.of(program),
        plain.connect());
  }

  public static HostsSettings settings(
      List<RealSshd> hosts, Path key, Path known, Optional<Integer> atOnce) {
    return new HostsSettings(
        hosts.stream().map(RealSshd::name).toList(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(key),
        Optional.of(known),
        atOnce,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Lets the users of another one log in here, and is known where that one is.
  public void like(RealSshd other) throws IOException {
    Files.copy(
        other.dir.resolve("authorized"),
        dir.resolve("authorized"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        other.knownHosts(), Files.readString(other.knownHosts()) + Files.readString(knownHosts()));
  }

  /// Cuts every connection, as a cable would; logins are possible again at once.
  public void cut() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    if (kept != null) {
      all.add(kept.toHandle());
    }
    all.forEach(ProcessHandle::destroyForcibly);
    Until.holds("sshd ends", () -> !process.isAlive());
  }
}
