package dev.lastgood.bench;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.release.ReleaseDirectoryKind;
import dev.lastgood.provider.release.ReleaseDirectorySettings;
import dev.lastgood.provider.ssh.HostsSettings;
import dev.lastgood.provider.ssh.RealSshd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The switch of a release directory on one host and on twenty, through real sshds of this machine,
/// from the first login until it is seen everywhere. As root. See `bench/README.md`.
public final class HostsBench {
  private static final int HOSTS = 20;
  private static final int ROUNDS = 5;

  private HostsBench() {}

  public static void main(String[] args) throws Exception {
    Path base =
        Files.createTempDirectory(Path.of(System.getProperty("bench.dir", "/tmp")), "hosts");
    List<RealSshd> machines = new ArrayList<>();
    try {
      Path site = Files.createDirectories(base.resolve("site"));
      for (int i = 0; i < HOSTS; i++) {
        Path own = base.resolve("m" + i);
        for (String release : List.of("v1", "v2")) {
          Files.createDirectories(own.resolve("releases/" + release + "/app"));
        }
        Files.createSymbolicLink(own.resolve("current"), Path.of("releases/v2"));
        machines.add(RealSshd.machine(base.resolve("s" + i), "127.0.1." + (i + 1), own, site));
        if (i > 0) {
          machines.getLast().like(machines.getFirst());
        }
      }
      measure(base, site, machines);
    } finally {
      machines.forEach(RealSshd::close);
      new ProcessBuilder("rm", "-rf", base.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private static void measure(Path base, Path site, List<RealSshd> machines) throws Exception {
    double[] one = new double[ROUNDS];
    double[] all = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      Release from = Release.of("backend", round % 2 == 0 ? "v2" : "v1");
      Release to = Release.of("backend", round % 2 == 0 ? "v1" : "v2");
      if (round < 0) {
        switched(base, site, machines, Release.of("backend", "v2"), Release.of("backend", "v2"));
        continue;
      }
      one[round] = switched(base, site, machines.subList(0, 1), from, to);
      switched(base, site, machines.subList(0, 1), to, from);
      all[round] = switched(base, site, machines, from, to);
    }
    Arrays.sort(one);
    Arrays.sort(all);
    double first = one[ROUNDS / 2];
    double twenty = all[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT,
        "one host %.0f ms, %d hosts at once %.0f ms: %.2f x (we hold 1.3); medians of %d%n",
        first,
        HOSTS,
        twenty,
        twenty / first,
        ROUNDS);
  }

  /// Milliseconds from nothing, without a connection, until every host is seen to serve it.
  private static double switched(
      Path base, Path site, List<RealSshd> machines, Release from, Release to) throws Exception {
    RealSshd first = machines.getFirst();
    var hosts =
        new HostsSettings(
            machines.stream().map(RealSshd::name).toList(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(first.userKey()),
            Optional.of(first.knownHosts()),
            Optional.of(HOSTS),
            Optional.of(false),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var settings =
        new ReleaseDirectorySettings(
            site,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(hosts));
    Path state = Files.createDirectories(base.resolve("state"));
    long start = System.nanoTime();
    Platform platform =
        new ReleaseDirectoryKind()
            .open("backend", settings, new Surroundings(base, state, InstantSource.system()));
    for (Leg leg : platform.methods(from, to).getFirst().legs()) {
      if (leg instanceof Act act) {
        if (!(platform.act(act, "k") instanceof Outcome.Done)
            || !(platform.look(act) instanceof Sight.Holds)) {
          throw new IllegalStateException(act.says() + ": " + platform.act(act, "k"));
        }
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }
}
