package dev.lastgood.provider.postgres;

import dev.lastgood.bench.Crm;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// How long each source of the good state takes to stand beside the live database, against `psql <
/// dump`. Words: megabytes, rounds, and one way, if only that is wanted. See `bench/README.md`.
public final class SourcesBench {
  private static final String BIN = "/usr/lib/postgresql/15/bin/";

  private final ServersHere servers;
  private final Path dir;
  private final Predicate<String> wanted;
  private final Map<String, List<Double>> seconds = new TreeMap<>();

  private SourcesBench(ServersHere servers, Path dir, Predicate<String> wanted) {
    this.servers = servers;
    this.dir = dir;
    this.wanted = wanted;
  }

  public static void main(String[] args) throws Exception {
    int megabytes = args.length > 0 ? Integer.parseInt(args[0]) : 30;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    Predicate<String> wanted = args.length > 2 ? args[2]::equals : _ -> true;
    Path dir = Files.createTempDirectory("lastgood-bench-");
    try (var servers =
        new ServersHere(
            "pgbackrest --config=FOLDER/pgbackrest.conf --stanza=main archive-push %p")) {
      new SourcesBench(servers, dir, wanted).run(megabytes, rounds);
    } finally {
      new ProcessBuilder("rm", "-rf", dir.toString()).start().waitFor();
    }
  }

  private void run(int megabytes, int rounds) throws Exception {
    large();
    Path config = servers.backRest();
    new Crm(megabytes).make(servers.url());
    servers.as("pgbackrest", "--config=" + config, "--stanza=main", "--type=full", "backup");
    servers.replicate();
    PostgresPlatform platform = platform(config);
    Path plain = servers.folder.resolve("plain.sql");
    servers.as(BIN + "pg_dump", "--dbname=" + own("shop"), "--file=" + plain);
    String kept = platform.snapshot().kept().id();
    servers.sql("update label set name = name || '.'");
    servers.archived("repo/archive");
    for (int round = 0; round < rounds; round++) {
      runbook(plain);
      for (Method method : Going.methods(platform, kept)) {
        if (wanted.test(method.name()) && !method.name().equals(CrossingWays.NAME)) {
          beside(platform, method);
        }
      }
    }
    for (int round = 1; wanted.test(CrossingWays.NAME) && round <= rounds; round++) {
      promoted(platform, round == rounds);
    }
    print(servers.askReplica("select pg_database_size(current_database()) >> 20"));
  }

  /// A replica that is armed anew each time, until what it has is verified; at last clients are led
  /// to it.
  private void promoted(PostgresPlatform platform, boolean over) throws Exception {
    servers.replicateAnew();
    String kept = platform.snapshot().kept().id();
    servers.sql("update label set name = name || '.'");
    List<Act> acts = Going.acts(Going.methods(platform, kept).getFirst());
    took("promote-replica, verified", () -> acts.subList(0, 2).forEach(a -> done(platform, a)));
    if (over) {
      took("(carry-to-server)", () -> done(platform, acts.get(2)));
      took("(switch-server)", () -> done(platform, acts.get(3)));
    }
  }

  private static void done(PostgresPlatform platform, Act act) {
    Outcome outcome = platform.act(act, "key");
    if (!(outcome instanceof Outcome.Done)) {
      throw new IllegalStateException(act.says() + ": " + outcome);
    }
  }

  /// A server of that size.
  private void large() throws Exception {
    servers.run("postgres", "alter system set shared_buffers = '1GB'");
    servers.run("postgres", "alter system set max_wal_size = '8GB'");
    servers.run("postgres", "alter system set checkpoint_timeout = '30min'");
    servers.stop(servers.primary());
    servers.start(servers.primary());
  }

  private PostgresPlatform platform(Path config) throws Exception {
    Path env =
        Files.writeString(
            dir.resolve("env"), "DATABASE_URL=" + own("shop") + System.lineSeparator());
    return new Going.Kept(servers.url(), SnapshotAs.DUMP, SnapshotAs.COPY)
        .with(
            new ReplicaSettings(
                new Secret("${env:REPLICA_URL}", servers::replicaUrl),
                servers.restart(),
                Optional.empty(),
                Optional.of(
                    new ClientsSettings(
                        Optional.empty(),
                        Optional.of(env),
                        Optional.empty(),
                        List.of("true"),
                        Optional.empty(),
                        Optional.empty()))))
        .with(
            new ArchiveSettings(
                Optional.of("main"),
                Optional.of(config),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(servers.folder.resolve("t")),
                Optional.empty()))
        .in(dir);
  }

  private String own(String database) {
    return "postgresql://postgres@127.0.0.1:" + servers.port + "/" + database;
  }

  private void runbook(Path plain) throws Exception {
    servers.run("postgres", "create database x template template0");
    took(
        "psql < dump",
        () ->
            servers.as(BIN + "psql", "-qXo", "/dev/null", "-f", plain.toString(), "-d", own("x")));
    servers.run("postgres", "drop database x");
  }

  private void beside(PostgresPlatform platform, Method method) throws Exception {
    Act act = Going.acts(method).getFirst();
    took(
        method.name(),
        () -> {
          if (!(platform.act(act, "key") instanceof Outcome.Done)) {
            throw new IllegalStateException(method.name());
          }
        });
    String made =
        servers.ask("select datname from pg_database where datname like 'shop\\_restoring\\_%'");
    servers.run("postgres", "drop database " + made);
  }

  private interface Task {
    void run() throws Exception;
  }

  private void took(String what, Task task) throws Exception {
    long began = System.nanoTime();
    task.run();
    seconds.computeIfAbsent(what, _ -> new ArrayList<>()).add((System.nanoTime() - began) / 1e9);
  }

  private void print(String megabytes) {
    double psql = median(seconds.getOrDefault("psql < dump", List.of(Double.NaN)));
    System.out.println("| " + megabytes + " MiB | seconds | against psql |\n| --- | --- | --- |");
    seconds.forEach((what, all) ->
        System.out.printf(
            Locale.ROOT, "| %s | %.1f | %.2f |%n", what, median(all), median(all) / psql));
  }

  private static double median(List<Double> all) {
    return all.stream().sorted().toList().get(all.size() / 2);
  }
}
