package dev.lastgood.provider.systemd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A real systemd manager of its own, in mounts and control groups of its own, so that it believes
/// the machine has booted with it and touches no process but those it starts.
final class RealSystemd implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Path MANAGER = Path.of("/lib/systemd/systemd");

  private static final String INNER =
      """
      #!/bin/sh
      mount --make-rprivate /
      mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
      mount -t tmpfs tmpfs /sys/fs/cgroup && mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
      mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
      mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
      export XDG_RUNTIME_DIR='@runtime@' SYSTEMD_UNIT_PATH='@units@:'
      exec /lib/systemd/systemd --user --log-target=console
      """;

  /// Its own groups first: a manager without them takes all processes of the machine into its own.
  private static final String OUTER =
      """
      #!/bin/sh
      for h in systemd unified; do mkdir -p /sys/fs/cgroup/$h/@group@ && echo $$ > /sys/fs/cgroup/$h/@group@/cgroup.procs || exit 1; done
      exec unshare -m -C '@inner@'
      """;

  final Path units;
  private final Path runtime;
  private final String group;
  private final Process manager;

  RealSystemd(Path dir) throws Exception {
    assumeTrue(Files.isExecutable(MANAGER), "systemd is not installed (Debian: systemd)");
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "a manager of its own needs root here");
    assumeTrue(
        Files.isDirectory(Path.of("/sys/fs/cgroup/systemd"))
            && Files.isDirectory(Path.of("/sys/fs/cgroup/unified")),
        "the control groups of this machine are not laid out as this test needs them (hybrid)");
    units = Files.createDirectories(dir.resolve("units"));
    runtime =
        Files.createDirectories(
            dir.resolve("xdg"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (String target : List.of("basic", "default")) {
      Files.writeString(units.resolve(target + ".target"), "[Unit]\nDescription=" + target + "\n");
    }
    group = "lastgood-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    Path inner =
        script(
            dir.resolve("inner.sh"),
            INNER.replace("@runtime@", runtime.toString()).replace("@units@", units.toString()));
    Path outer =
        script(
            dir.resolve("outer.sh"),
            OUTER.replace("@group@", group).replace("@inner@", inner.toString()));
    manager =
        new ProcessBuilder("setsid", outer.toString())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(dir.resolve("manager.log").toFile())
            .start();
    Until.holds(
        "systemd runs; see " + dir.resolve("manager.log"),
        () -> Files.exists(runtime.resolve("systemd/private")));
  }

  private static Path script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  List<String> systemctl() {
    return List.of("env", "XDG_RUNTIME_DIR=" + runtime, "systemctl", "--user");
  }

  String run(String... words) {
    var all = new java.util.ArrayList<>(systemctl());
    all.addAll(List.of(words));
    return new Argv(all, Optional.empty(), Map.of(), Duration.ofSeconds(30)).run().output();
  }

  @Override
  public void close() throws IOException {
    run("exit");
    try {
      if (!manager.waitFor(10, TimeUnit.SECONDS)) {
        manager.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (String hierarchy : List.of("systemd", "unified")) {
      Argv.of(
              Duration.ofSeconds(10),
              "find",
              "/sys/fs/cgroup/" + hierarchy + "/" + group,
              "-depth",
              "-type",
              "d",
              "-exec",
              "rmdir",
              "{}",
              ";")
          .run();
    }
  }
}
