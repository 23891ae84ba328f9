package dev.lastgood.demo;

import dev.lastgood.demo.shop.ShopRelease;
import dev.lastgood.provider.local.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A whole rollback of the demo's backend under traffic: `lastgood rollback --yes`, a shell script
/// that does the bare acts and one curl, the same without asking v2 to finish what it does (`kill
/// -9`), and an Ansible playbook; in turn, so that a slow moment hits all. Prints medians, ratios
/// and the requests that failed. See `bench/README.md`.
public final class RollbackBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 7);

  private final Path scratch;
  private final ShopPlace place;
  private final Shop shop;
  private final Map<String, List<Double>> seconds = new TreeMap<>();
  private final Map<String, Long> failed = new TreeMap<>();
  private final List<Double> toFirstAct = new ArrayList<>();

  private RollbackBench(Path scratch) throws IOException {
    this.scratch = scratch;
    this.place = ShopPlace.in(scratch);
    this.shop = new Shop(place, scratch.resolve("state"), InstantSource.system());
  }

  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("rollback-bench");
    new RollbackBench(scratch).run();
  }

  private void run() throws Exception {
    ShopConfig.write(place);
    try (shop) {
      shop.open();
      // a sound v2: only the way back can lose a request
      Files.writeString(place.release("backend", "v2").resolve(ShopRelease.FILE), "version=v2\n");
      shop.deploy("frontend", "v1");
      shop.deploy("backend", "v1");
      try (Traffic traffic =
          Traffic.start(place.door(), Traffic.Pace.DEMO, InstantSource.system())) {
        for (int round = 0; round < ROUNDS; round++) {
          once("lastgood", traffic, round, lastgood());
          once("script", traffic, round, List.of("bash", script("script.sh").toString()));
          once("kill -9", traffic, round, List.of("bash", script("kill.sh").toString()));
          once(
              "ansible",
              traffic,
              round,
              List.of("ansible-playbook", "-i", "localhost,", playbook().toString()));
        }
      }
    }
    print();
  }

  private static List<String> lastgood() {
    return List.of(
        System.getProperty("lastgood.home", ".") + "/bin/lastgood",
        "rollback",
        "--to",
        "backend=v1",
        "--yes",
        "--reason",
        "bench");
  }

  private void once(String way, Traffic traffic, int round, List<String> argv) throws Exception {
    shop.deploy("backend", "v2");
    prepare();
    String mark = way + round;
    traffic.mark(mark);
    Instant enter = Instant.now();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(argv)
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve(way + ".out").toFile())
            .start();
    int exit = process.waitFor();
    double took = (System.nanoTime() - start) / 1e9;
    if (exit != 0) {
      throw new IllegalStateException(
          way + " ended with " + exit + ":\n" + Files.readString(scratch.resolve(way + ".out")));
    }
    long served = traffic.tally().ok();
    Ask.until("customers are served", 60, () -> traffic.tally().ok() > served + 50);
    if (round > 0) {
      seconds.computeIfAbsent(way, _ -> new ArrayList<>()).add(took);
      failed.merge(way, traffic.tally().failedSince(mark), Long::sum);
      if (way.equals("lastgood")) {
        toFirstAct.add(Duration.between(enter, began()).toMillis() / 1e3);
      }
    }
    if (!way.equals("lastgood")) {
      // what the script started is not known to the supervisor: make it so again
      long pid = Long.parseLong(Files.readString(scratch.resolve("pid")).strip());
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
      Ask.until("the script's v1 has ended", 20, () -> gone(pid));
      shop.deploy("backend", "v1");
    }
  }

  /// When the run began its first act, by the timeline of its report.
  private Instant began() throws IOException {
    String line =
        Files.readAllLines(scratch.resolve("lastgood.out")).stream()
            .filter(l -> l.matches("[0-9:.]{12}  run +began.*"))
            .reduce((_, last) -> last)
            .orElseThrow();
    LocalTime at = LocalTime.parse(line.substring(0, 12));
    return LocalDate.now(ZoneOffset.UTC).atTime(at).toInstant(ZoneOffset.UTC);
  }

  private static boolean gone(long pid) {
    return ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true);
  }

  /// What the script and the playbook are told: the instance of v2, and how v1 is started on its
  /// port.
  private void prepare() throws IOException {
    Supervisor.Running bad =
        shop.running("backend").stream()
            .filter(r -> r.release().equals("v2"))
            .findFirst()
            .orElseThrow();
    List<String> run =
        new ShopServices(place)
            .run("backend").stream()
                .map(w ->
                    w.replace("{release}", place.release("backend", "v1").toString())
                        .replace("{port}", String.valueOf(bad.port())))
                .toList();
    String acts =
        "kill "
            + bad.pid()
            + "\nwhile kill -0 "
            + bad.pid()
            + " 2>/dev/null; do sleep 0.02; done\n"
            + "ln -sfn releases/v1 "
            + place.home("backend").resolve("current")
            + "\nsetsid "
            + String.join(" ", run)
            + " >"
            + scratch.resolve("v1.log")
            + " 2>&1 </dev/null &\necho $! >"
            + scratch.resolve("pid")
            + "\nuntil curl -sf http://127.0.0.1:"
            + bad.port()
            + "/api/health >/dev/null; do sleep 0.02; done\n";
    Files.writeString(scratch.resolve("script.sh"), "set -eu\n" + acts);
    Files.writeString(
        scratch.resolve("kill.sh"), "set -eu\n" + acts.replaceFirst("kill ", "kill -9 "));
    Files.writeString(
        scratch.resolve("playbook.yml"),
        """
        - hosts: all
          connection: local
          gather_facts: false
          tasks:
            - name: stop v2
              shell: kill %d; while kill -0 %d 2>/dev/null; do sleep 0.02; done
            - name: point current at v1
              file: { src: releases/v1, dest: "%s", state: link, force: true }
            - name: start v1
              shell: setsid %s >%s 2>&1 </dev/null & echo $! >%s
            - name: wait until it is healthy
              uri: { url: "http://127.0.0.1:%d/api/health" }
              register: health
              until: health.status == 200
              retries: 100
              delay: 0
        """
            .formatted(
                bad.pid(),
                bad.pid(),
                place.home("backend").resolve("current"),
                String.join(" ", run),
                scratch.resolve("v1.log"),
                scratch.resolve("pid"),
                bad.port()));
  }

  private Path script(String name) {
    return scratch.resolve(name);
  }

  private Path playbook() {
    return scratch.resolve("playbook.yml");
  }

  private void print() {
    double script = median(seconds.getOrDefault("script", List.of()));
    System.out.printf("%-10s %12s %12s %16s%n", "way", "median s", "x script", "failed requests");
    seconds.forEach((way, all) ->
        System.out.printf(
            "%-10s %12.2f %12.2f %16d%n",
            way, median(all), median(all) / script, failed.getOrDefault(way, 0L)));
    System.out.printf("lastgood, from Enter to the first act: %.2f s%n", median(toFirstAct));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }
}
