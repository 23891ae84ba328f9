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
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The switch of a release directory on one host and on twenty, through real sshds of this machine,
/// from the first login until it is seen everywhere: as near as they are, and behind a network that
/// needs some time there and back. As root. See `bench/README.md`.
public final class HostsBench {
  private static final int HOSTS = 20;
  private static final int ROUNDS = 5;
  private static final int WARMING = 3;
  private static final List<Integer> DELAYS = List.of(0, 10, 40);

  private final Path base;
  private final Path site;
  private final List<RealSshd> machines = new ArrayList<>();
  private final ProcessorGroup servers = new ProcessorGroup("servers");
  private final ProcessorGroup network = new ProcessorGroup("network");

  private HostsBench(Path base) throws Exception {
    this.base = base;
    this.site = Files.createDirectories(base.resolve("site"));
    for (int i = 0; i < HOSTS; i++) {
      Path own = base.resolve("m" + i);
      for (String release : List.of("v1", "v2")) {
        Files.createDirectories(own.resolve("releases/" + release + "/app"));
      }
      Files.createSymbolicLink(own.resolve("current"), Path.of("releases/v2"));
      machines.add(RealSshd.machine(base.resolve("s" + i), "127.0.1." + (i + 1), own, site));
      servers.add(machines.getLast().handle());
      if (i > 0) {
        machines.getLast().like(machines.getFirst());
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Path base =
        Files.createTempDirectory(Path.of(System.getProperty("bench.dir", "/tmp")), "hosts");
    var bench = new HostsBench(base);
    try {
      for (int delay : DELAYS) {
        bench.measure(delay);
      }
    } finally {
      bench.machines.forEach(RealSshd::close);
      bench.servers.close();
      bench.network.close();
      new ProcessBuilder("rm", "-rf", base.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private void measure(int delay) throws Exception {
    List<String> names = machines.stream().map(RealSshd::name).toList();
    if (delay == 0) {
      measure("no delay", names);
      return;
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DelayingProxy.class.getName(),
                Integer.toString(delay)));
    words.addAll(names);
    Process proxy =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader ports = proxy.inputReader()) {
      List<String> far = new ArrayList<>();
      for (String near : names) {
        far.add(near.substring(0, near.lastIndexOf(':') + 1) + ports.readLine());
      }
      network.add(proxy.toHandle());
      measure(delay + " ms there and back", far);
    } finally {
      proxy.destroy();
      proxy.waitFor();
    }
  }

  private void measure(String name, List<String> names) throws Exception {
    Path known = Files.writeString(base.resolve("known"), known(names));
    Took first = switched(names, known, "v2", "v1");
    for (int round = 0; round < WARMING; round++) {
      switched(names, known, "v1", "v2");
      switched(names, known, "v2", "v1");
    }
    switched(names, known, "v1", "v2");
    List<Took> one = new ArrayList<>();
    List<Took> all = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      String from = round % 2 == 0 ? "v2" : "v1";
      String to = round % 2 == 0 ? "v1" : "v2";
      one.add(switched(names.subList(0, 1), known, from, to));
      switched(names.subList(0, 1), known, to, from);
      all.add(switched(names, known, from, to));
    }
    System.out.printf(
        Locale.ROOT,
        "%s: one host %.0f ms, %d hosts at once %.0f ms: %.2f x (we hold 1.3)%n"
            + "  processor time: %s ms; %d cores; medians of %d; the first of all %.0f ms%n",
        name,
        median(one, Took::wall),
        HOSTS,
        median(all, Took::wall),
        median(all, Took::wall) / median(one, Took::wall),
        Stream.of(
                part("this JVM", one, all, Took::jvm),
                part("ssh", one, all, Took::ssh),
                part("the servers", one, all, Took::servers),
                part("the network", one, all, Took::network))
            .collect(Collectors.joining(", ")),
        Runtime.getRuntime().availableProcessors(),
        ROUNDS,
        first.wall());
  }

  private static String part(
      String name, List<Took> one, List<Took> all, ToDoubleFunction<Took> part) {
    return String.format(Locale.ROOT, "%s %.0f / %.0f", name, median(one, part), median(all, part));
  }

  /// The known keys of the machines, under these names.
  private String known(List<String> names) throws Exception {
    String text = Files.readString(machines.getFirst().knownHosts());
    for (int i = 0; i < HOSTS; i++) {
      text = text.replace(bracketed(machines.get(i).name()), bracketed(names.get(i)));
    }
    return text;
  }

  private static String bracketed(String name) {
    int colon = name.lastIndexOf(':');
    return "[" + name.substring(0, colon) + "]" + name.substring(colon) + " ";
  }

  private static double median(List<Took> rounds, ToDoubleFunction<Took> part) {
    double[] sorted = rounds.stream().mapToDouble(part).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /// Milliseconds: that passed, and of a processor.
  private record Took(double wall, double jvm, double ssh, double servers, double network) {}

  /// From nothing, without a connection, until every host is seen to serve it.
  private Took switched(List<String> names, Path known, String from, String to) throws Exception {
    List<ProcessHandle> before = ProcessHandle.current().children().toList();
    double theirs = servers.time();
    double between = network.time();
    double jvm = ProcessorTime.ofThisJvm();
    long start = System.nanoTime();
    walk(open(names, known), Release.of("backend", from), Release.of("backend", to));
    double wall = (System.nanoTime() - start) / 1e6;
    double ours = ProcessorTime.ofThisJvm() - jvm;
    theirs = servers.time() - theirs;
    between = network.time() - between;
    List<ProcessHandle> logins =
        ProcessHandle.current().children().filter(p -> !before.contains(p)).toList();
    double ssh = ProcessorTime.of(logins.stream());
    logins.forEach(ProcessHandle::destroy);
    for (ProcessHandle login : logins) {
      login.onExit().get();
    }
    while (servers.size() > HOSTS) {
      Thread.sleep(5);
    }
    return new Took(wall, ours, ssh, theirs, between);
  }

  private static void walk(Platform platform, Release from, Release to) throws Exception {
    for (Leg leg : platform.methods(from, to).getFirst().legs()) {
      if (leg instanceof Act act) {
        Outcome outcome = platform.act(act, "k");
        if (!(outcome instanceof Outcome.Done) || !(platform.look(act) instanceof Sight.Holds)) {
          throw new IllegalStateException(act.says() + ": " + outcome);
        }
      }
    }
  }

  private Platform open(List<String> names, Path known) throws Exception {
    var hosts =
        new HostsSettings(
            names,
            Optional.empty(),
            Optional.empty(),
            Optional.of(machines.getFirst().userKey()),
            Optional.of(known),
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
    return new ReleaseDirectoryKind()
        .open("backend", settings, new Surroundings(base, state, InstantSource.system()));
  }
}
