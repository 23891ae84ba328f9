package dev.lastgood.bench;

import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.postgres.PostgresKind;
import dev.lastgood.provider.postgres.PostgresSettings;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The rollback of a database of some size, against the ways the runbooks know. Arguments: MiB, and
/// what is asked (`restore`, `salvage`, `switch`; all of it by default). See `bench/README.md`.
public final class DatabaseBench {
  private static final int PER_SECOND = 200;
  private static final Path BIN = newestBin();

  private final Crm crm;
  private final String url;
  private final String name;
  private final Path folder;
  private final List<String> table = new ArrayList<>();

  private DatabaseBench(int megabytes, Path folder) {
    System.setProperty(
        "lastgood.postgres.options",
        "-c shared_buffers=1GB -c max_wal_size=8GB -c checkpoint_timeout=30min");
    this.crm = new Crm(megabytes);
    this.url = PostgresFixture.url();
    this.name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    int megabytes = args.length > 0 ? Integer.parseInt(args[0]) : 30;
    var asked = new ArrayList<>(Arrays.asList(args).subList(Math.min(1, args.length), args.length));
    if (asked.isEmpty()) {
      asked.addAll(List.of("restore", "salvage", "switch"));
    }
    Path folder = Files.createTempDirectory("lastgood-bench-");
    try {
      var bench = new DatabaseBench(megabytes, folder);
      double made = seconds(() -> bench.crm.make(bench.url));
      System.out.printf(
          Locale.ROOT,
          "%d rows, %s MiB, made in %.0f s%n",
          bench.crm.rows(),
          bench.ask(bench.name, "select pg_database_size(current_database()) >> 20"),
          made);
      if (asked.contains("restore")) {
        bench.restore();
      }
      if (asked.contains("salvage")) {
        bench.salvage();
      }
      if (asked.contains("switch")) {
        bench.exchange();
      }
      bench.table.forEach(System.out::println);
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  // -- the restore alone ------------------------------------------------------------------------

  private void restore() throws Exception {
    Platform platform = platform();
    String kept = ((Snapshotting) platform).snapshot().kept().id();
    Path dump = folder.resolve("snapshots").resolve(kept).resolve("dump");
    Path plain = folder.resolve("plain.sql");
    double dumped =
        seconds(
            () -> run(BIN + "/pg_dump", "--format=plain", "--file=" + plain, "--dbname=" + name));
    sql(name, "update label set name = name || '.'");
    var tuned = new ArrayList<Double>();
    var ours = new ArrayList<Double>();
    var plainly = new ArrayList<Double>();
    var copied = new ArrayList<Double>();
    for (int i = 0; i < (crm.rows() > 3_000_000 ? 1 : 3); i++) {
      plainly.add(
          into(
              "x",
              () -> run(BIN + "/psql", "-qXo", "/dev/null", "-f", plain.toString(), "-d", "x")));
      tuned.add(
          into("x", () -> run(BIN + "/pg_restore", "--jobs=2", "--dbname=x", dump.toString())));
      Act act = acts(platform, kept).getFirst();
      ours.add(seconds(() -> done(platform.act(act, "key"))));
      String beside =
          ask("postgres", "select datname from pg_database where datname like '%restoring%'");
      sql("postgres", "checkpoint");
      copied.add(
          seconds(() ->
              sql("postgres", "create database y template " + beside + " strategy file_copy")));
      sql("postgres", "drop database y");
      sql("postgres", "drop database " + beside);
    }
    double psql = median(plainly);
    row("the restore", "seconds", "against psql", "against pg_restore -j2");
    line("runbook: pg_dump of what is there", dumped, psql, median(tuned));
    line("runbook: psql < plain dump, into an empty database", psql, psql, median(tuned));
    line("pg_restore -j2, tuned", median(tuned), psql, median(tuned));
    line("restore-beside", median(ours), psql, median(tuned));
    line("copy of a database (template, file_copy)", median(copied), psql, median(tuned));
  }

  private double into(String database, Task task) throws Exception {
    sql("postgres", "drop database if exists " + database);
    double seconds =
        seconds(() -> {
          sql("postgres", "create database " + database + " template template0");
          task.run();
        });
    sql("postgres", "drop database " + database);
    return seconds;
  }

  // -- salvage alone ----------------------------------------------------------------------------

  private void salvage() throws Exception {
    sql("postgres", "drop database if exists good");
    sql("postgres", "create database good template " + name + " strategy file_copy");
    Departure departure;
    try (Connection live = DriverManager.getConnection(url)) {
      departure = Departure.now(live);
    }
    users();
    sql(name, "vacuum analyze");
    sql("good", "vacuum analyze");
    var compared = new Salvage(database("good"), database(name), Policy.usual(), 2);
    Salvage salvage = compared.since(departure);
    var reads = new ArrayList<Double>();
    var found = new ArrayList<Double>();
    var foundByComparison = new ArrayList<Double>();
    for (int i = 0; i < 3; i++) {
      reads.add(readBoth());
      found.add(seconds(() -> salvage.rehearse(Optional.empty())));
      foundByComparison.add(seconds(() -> compared.rehearse(Optional.empty())));
    }
    var rounds = new ArrayList<Round>();
    double applied =
        seconds(() -> rounds.add(salvage.round(Optional.empty(), folder.resolve("1"))));
    users();
    double again =
        seconds(() ->
            rounds.add(salvage.round(Optional.of(rounds.getFirst().mark()), folder.resolve("2"))));
    Round first = rounds.getFirst();
    System.out.printf(
        "%d inserted, %d updated, %d deleted, %d applied, %d left out%n",
        first.inserted(), first.updated(), first.deleted(), first.applied(), first.leftOutRows());
    double read = median(reads);
    row("salvage", "seconds", "against one read of both", "");
    line("one parallel sequential read of both copies", read, read, 0);
    line("looking (rehearsal), from a snapshot", median(found), read, 0);
    line("looking (rehearsal), by comparison", median(foundByComparison), read, 0);
    line("carrying over", applied, read, 0);
    line("carrying over as much again, from the mark", again, read, 0);
    sql("postgres", "drop database good");
  }

  /// Both copies at once, each whole row once.
  private double readBoth() throws Exception {
    return seconds(() -> {
      try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
        var both = new ArrayList<Future<?>>();
        for (String database : List.of("good", name)) {
          both.add(
              tasks.submit(() -> {
                for (String each : Crm.TABLES) {
                  ask(database, "select sum(pg_column_size(t.*)) from " + each + " t");
                }
                return null;
              }));
        }
        for (Future<?> one : both) {
          one.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /// A twentieth of what the migration leaves alone: 50k new, 20k changed, 5k deleted of 10 M rows.
  private void users() throws SQLException {
    long all = crm.rows();
    long activities = crm.rows("activity");
    long deals = crm.rows("deal");
    sql(
        name,
        "insert into activity (deal, kind, note, at) select 1 + (i * 7919) %% %d, 2, 'new', now() from generate_series(1, %d) i"
            .formatted(deals, all / 200),
        "update deal set stage = 'won', amount = amount + 1 where id in (select 1 + (i * 104729) %% %d from generate_series(1, %d) i)"
            .formatted(deals, all / 500),
        "delete from activity where id in (select (select min(id) from activity) + (i * 7) %% %d from generate_series(1, %d) i)"
            .formatted(activities, all / 2000));
  }

  // -- the switch under load --------------------------------------------------------------------

  private void exchange() throws Exception {
    Platform platform = platform();
    double runbook = Double.NaN;
    var writers = new ArrayList<Double>();
    row("the switch, " + PER_SECOND + " transactions/s", "writers ms", "readers ms", "failed");
    for (int i = 1; i <= 5; i++) {
      try (var load = new Load(url, crm, PER_SECOND)) {
        String kept = ((Snapshotting) platform).snapshot().kept().id();
        sql(
            name,
            "alter table contact add column tier" + i + " text",
            "update contact set tier" + i + " = 'gold' where id % 20 = 0");
        Thread.sleep(2000);
        List<Act> acts = acts(platform, kept);
        StringBuilder said = new StringBuilder();
        long began = System.nanoTime();
        for (Act act : acts.subList(0, acts.size() - 1)) {
          double took = seconds(() -> said.append("\n    ").append(done(platform.act(act, "key"))));
          said.append(String.format(Locale.ROOT, " [%.1f s]", took));
        }
        Thread.sleep(1000);
        load.forget();
        double took =
            seconds(() -> said.append("\n    ").append(done(platform.act(acts.getLast(), "key"))));
        said.append(String.format(Locale.ROOT, " [%.1f s]", took));
        Thread.sleep(1500);
        String all = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - began) / 1e9);
        System.out.println("run " + i + ", " + all + " s in all:" + said);
        writers.add(load.writes.gapMillis() / 1000.0);
        row(
            "run " + i,
            load.writes.gapMillis() + " (slowest request " + load.writes.slowestMillis() + ")",
            load.reads.gapMillis() + " (slowest request " + load.reads.slowestMillis() + ")",
            load.writes.failed + " writes, " + load.reads.failed + " reads");
        load.stop();
        missing(load);
      }
      String old =
          ask("postgres", "select datname from pg_database where datname like '%before_rollback%'");
      if (i == 1) {
        runbook = runbook();
      }
      sql("postgres", "drop database " + old);
    }
    double worst = Collections.max(writers);
    table.add(
        String.format(
            Locale.ROOT,
            "runbook (dump of what is there, then psql < dump): writers stopped %.1f s; worst run 1/%.0f of it",
            runbook,
            runbook / worst));
  }

  /// What users were told is kept must be there.
  private void missing(Load load) throws SQLException {
    Set<Long> confirmed = new HashSet<>(load.confirmed);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from activity where note = 'bench'")) {
      while (rows.next()) {
        confirmed.remove(rows.getLong(1));
      }
    }
    System.out.println(
        "    confirmed rows: " + load.confirmed.size() + ", missing: " + confirmed.size());
  }

  private double runbook() throws Exception {
    Path plain = folder.resolve("runbook.sql");
    run(BIN + "/pg_dump", "--format=plain", "--file=" + plain, "--dbname=" + name);
    return seconds(() ->
        run(
            BIN + "/pg_dump",
            "--format=custom",
            "--file=" + folder.resolve("now"),
            "--dbname=" + name))
        + into(
            "x", () -> run(BIN + "/psql", "-qXo", "/dev/null", "-f", plain.toString(), "-d", "x"));
  }

  // -- tools ------------------------------------------------------------------------------------

  private Platform platform() throws IOException {
    var settings =
        new PostgresSettings(
            new Secret("${env:DATABASE_URL}", () -> url),
            Optional.of(folder.resolve("snapshots")),
            List.of(),
            Optional.of(1),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Path state = Files.createDirectories(folder.resolve("state"));
    return new PostgresKind()
        .open("database", settings, new Surroundings(state, state, InstantSource.system()));
  }

  private static List<Act> acts(Platform platform, String to) throws Exception {
    var inventory = platform.inventory();
    Release live = inventory.live().orElseThrow();
    return platform.methods(live, inventory.find(to).orElseThrow()).getFirst().legs().stream()
        .map(Act.class::cast)
        .toList();
  }

  private static String done(Outcome outcome) {
    if (outcome instanceof Outcome.Done(String receipt)) {
      return receipt;
    }
    throw new IllegalStateException(outcome.toString());
  }

  private DatabaseUrl database(String of) {
    return new DatabaseUrl(new Secret("${env:" + of + "}", () -> urlOf(of)));
  }

  private String urlOf(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }

  private void sql(String database, String... all) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement()) {
      for (String sql : all) {
        statement.execute(sql);
      }
    }
  }

  private String ask(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private void run(String... words) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("PGHOST", "127.0.0.1");
    builder.environment().put("PGPORT", url.replaceFirst(".*:(\\d+)/.*", "$1"));
    builder.environment().put("PGUSER", "postgres");
    builder
        .environment()
        .put("PGOPTIONS", "-c maintenance_work_mem=256MB -c synchronous_commit=off");
    Process process = builder.start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", words) + ": " + said);
    }
  }

  private static Path newestBin() {
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .max(java.util.Comparator.comparingInt(v -> Integer.parseInt(v.getFileName().toString())))
          .orElseThrow()
          .resolve("bin");
    } catch (IOException e) {
      throw new IllegalStateException("no PostgreSQL: apt-get install postgresql", e);
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private static double seconds(Task task) throws Exception {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private void row(String... cells) {
    table.add("| " + String.join(" | ", cells) + " |");
  }

  private void line(String what, double seconds, double first, double second) {
    row(
        what,
        String.format(Locale.ROOT, "%.2f", seconds),
        String.format(Locale.ROOT, "%.3f", seconds / first),
        second == 0 ? "" : String.format(Locale.ROOT, "%.2f", seconds / second));
  }
}
