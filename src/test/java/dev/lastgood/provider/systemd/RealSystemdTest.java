package dev.lastgood.provider.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract against a real systemd, with real processes of a real unit.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealSystemdTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Host world() throws Exception {
    return new Host(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// A service that writes down what it was started as.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final RealSystemd systemd;
    final Path unit;
    final Path dropIn;
    final Path env;
    final Path backup;
    final Platform platform;
    private final String live;
    private String older = "";

    Host(Path dir) throws Exception {
      this.dir = Files.createDirectories(dir);
      Files.createDirectories(dir.resolve("state"));
      systemd = new RealSystemd(dir.resolve("sd"));
      unit = systemd.units.resolve("shop.service");
      dropIn = systemd.units.resolve("shop.service.d/colour.conf");
      env = dir.resolve("shop.env");
      backup = Files.createDirectories(dir.resolve("backup"));
      Files.createDirectories(dropIn.getParent());
      Files.writeString(unit, unit("two", "exec sleep 1000"));
      Files.writeString(dropIn, "[Service]\nEnvironment=COLOUR=red\n");
      Files.writeString(env, "SIZE=hunter2\n");
      backup("exec sleep 1000");
      systemd.run("daemon-reload");
      systemd.run("start", "shop.service");
      platform = open(Duration.ofSeconds(1));
      live = id(systemd.units, env);
      Until.holds("it runs", () -> runs().equals("two red hunter2"));
    }

    private String unit(String name, String then) {
      return """
      [Service]
      EnvironmentFile=%s
      ExecStart=/bin/sh -c 'echo %s $COLOUR $SIZE > %s; %s'
      Restart=on-failure
      RestartSec=50ms
      StartLimitIntervalSec=0
      """
          .formatted(env, name, dir.resolve("runs"), then);
    }

    void backup(String then) throws IOException {
      Files.writeString(backup.resolve("shop.service"), unit("one", then));
      Files.writeString(backup.resolve("shop.env"), "SIZE=hunter1\n");
      older = id(backup, backup.resolve("shop.env"));
    }

    String runs() {
      try {
        return Files.readString(dir.resolve("runs")).strip();
      } catch (IOException e) {
        return "";
      }
    }

    private String id(Path units, Path environment) throws IOException {
      var at = new TreeMap<Path, Path>();
      at.put(unit, units.resolve("shop.service"));
      at.put(env, environment);
      Path colour = units.resolve("shop.service.d/colour.conf");
      if (Files.exists(colour)) {
        at.put(dropIn, colour);
      }
      return FileSet.of(at, Optional.empty()).id();
    }

    Platform open(Duration steady) {
      return new SystemdKind()
          .open(
              "backend",
              new SystemdSettings(
                  "shop.service",
                  List.of(unit, dropIn.getParent(), env),
                  Optional.empty(),
                  List.of(backup),
                  Optional.empty(),
                  systemd.systemctl(),
                  List.of(),
                  Optional.of(steady),
                  Optional.of(Duration.ofSeconds(30))),
              new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return live;
    }

    @Override
    public String older() {
      return older;
    }

    List<Act> acts() throws PlatformUnreachable {
      return platform
          .methods(Release.of("backend", live), Release.of("backend", older))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      all.append(
          systemd.run("show", "shop.service", "-p", "InvocationID,ActiveState,NeedDaemonReload"));
      for (Path tree : List.of(systemd.units, env, backup, dir.resolve("state"))) {
        if (Files.notExists(tree)) {
          continue;
        }
        try (var files = Files.walk(tree)) {
          for (Path file : files.sorted().toList()) {
            if (Files.isRegularFile(file) && !file.toString().endsWith(".lock")) {
              all.append('\n').append(file).append(Files.getAttribute(file, "unix:ino"));
              all.append(Files.readString(file));
            }
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      for (Path tree : List.of(backup, dir.resolve("state"))) {
        try (var all = Files.walk(tree)) {
          for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
            if (each.startsWith(backup) || each.toString().contains(id)) {
              Files.delete(each);
            }
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }

    @Override
    public void close() throws IOException {
      systemd.close();
    }
  }

  private static void perform(Host host, Act act) {
    assertThat(host.platform().act(act, "key")).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> host.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void the_process_that_runs_has_the_files_of_the_target() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));

      assertThat(host.runs()).as("without the drop-in's colour").isEqualTo("one hunter1");
    }
  }

  @Test
  void a_loop_of_restarts_that_systemd_calls_active_in_between_is_a_failure() throws Exception {
    try (Host host = world()) {
      host.backup("exit 3");
      List<Act> acts = host.acts();
      perform(host, acts.get(0));
      perform(host, acts.get(1));

      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Done.class);

      Until.holds(
          "the loop is seen", () -> host.platform().look(acts.get(2)) instanceof Sight.Failed);
      assertThat(host.platform().look(acts.get(2)).seen()).contains("again and again", "restarts");
    }
  }

  @Test
  void a_unit_file_that_means_nothing_is_not_started() throws Exception {
    try (Host host = world()) {
      Files.writeString(host.backup.resolve("shop.service"), "[Service]\nExecStat=/bin/true\n");
      host.older = host.id(host.backup, host.backup.resolve("shop.env"));
      List<Act> acts = host.acts();
      perform(host, acts.get(0));
      perform(host, acts.get(1));

      assertThat(host.platform().act(acts.get(2), "key").toString())
          .contains("nothing was restarted", "bad-setting");

      assertThat(host.systemd.run("is-active", "shop.service").strip()).isEqualTo("active");
    }
  }

  @Test
  void a_service_that_systemd_gave_up_comes_back() throws Exception {
    try (Host host = world()) {
      Files.writeString(
          host.unit,
          """
          [Unit]
          StartLimitBurst=2
          StartLimitIntervalSec=1h
          [Service]
          ExecStart=/bin/false
          Restart=always
          RestartSec=1ms
          """);
      host.systemd.run("daemon-reload");
      host.systemd.run("restart", "shop.service");
      Until.holds(
          "systemd gave up",
          () -> host.systemd.run("is-failed", "shop.service").strip().equals("failed"));
      Release bad = host.platform().inventory().live().orElseThrow();

      for (var leg :
          host.platform().methods(bad, Release.of("backend", host.older)).getFirst().legs()) {
        perform(host, (Act) leg);
      }

      assertThat(host.runs()).isEqualTo("one hunter1");
    }
  }
}
