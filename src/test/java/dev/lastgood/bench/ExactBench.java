package dev.lastgood.bench;

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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A replication slot as a way back: what it costs pgbench while nobody reads it, and how fast it
/// is replayed. Arguments: seconds of one run of pgbench, and how many of each. See
/// `bench/README.md`.
public final class ExactBench {
  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
  private static final Pattern CHANGES = Pattern.compile("\\((\\d+) changes of rows\\)");
  private static final Pattern WAITED = Pattern.compile("writers waited (\\d+) ms");

  /// 2,000 transactions of a hundred changed and ten new rows each.
  private static final String MORE =
      """
      do $$ begin for i in 1..2000 loop
        update pgbench_accounts set abalance = abalance + i where aid between i * 100 and i * 100 + 99;
        insert into pgbench_history (tid, bid, aid, delta, mtime) select 1, 1, i, n, now() from generate_series(1, 10) n;
        commit;
      end loop; end $$\
      """;

  private static final String SUMS =
      "select sum(hashtext(aid || ' ' || abalance)) || ' ' || (select sum(hashtext(id || ' ' || delta)) from pgbench_history)"
          + " || ' ' || (select sum(tbalance) from pgbench_tellers) from pgbench_accounts";

  private final Path folder;
  private final String usual = PostgresFixture.url();
  private final String logical = PostgresFixture.logicalUrl();

  private ExactBench(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int times = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    new ExactBench(Files.createTempDirectory("lastgood-bench-")).run(seconds, times);
  }

  private void run(int seconds, int times) throws Exception {
    for (String url : List.of(usual, logical)) {
      pgbench(url, "-i", "-q", "-s", "10");
      // so that a slot tells it, too
      sql(url, "alter table pgbench_history add column id bigserial primary key");
      pgbench(url, "-c", "4", "-j", "2", "-T", "5");
    }
    List<Double> without = new ArrayList<>();
    List<Double> decodable = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    Platform platform = platform();
    Optional<Snapshotting.Taken> taken = Optional.empty();
    for (int n = 0; n < times; n++) {
      without.add(tps(usual, seconds));
      decodable.add(tps(logical, seconds));
      if (taken.isPresent()) {
        drop();
      }
      taken = Optional.of(((Snapshotting) platform).snapshot());
      with.add(tps(logical, seconds));
    }
    System.out.printf(
        Locale.ROOT,
        "pgbench, %d x %d s: wal_level=replica %.0f tps; logical %.0f tps (%.3f x); with a slot %.0f tps (%.3f x of replica, %.3f x of logical)%n",
        times,
        seconds,
        median(without),
        median(decodable),
        median(decodable) / median(without),
        median(with),
        median(with) / median(without),
        median(with) / median(decodable));
    sql(logical, MORE);
    back(platform, taken.orElseThrow());
  }

  /// The rollback to the last snapshot, with everything that the last run wrote.
  private void back(Platform platform, Snapshotting.Taken taken) throws Exception {
    List<String> before = ask(SUMS);
    long changes = 0;
    double replay = 0;
    for (Act act : acts(platform, taken.kept().id())) {
      long began = System.nanoTime();
      if (!(platform.act(act, "bench") instanceof Outcome.Done(String receipt))) {
        throw new IllegalStateException(act.verb() + " was not done");
      }
      double took = (System.nanoTime() - began) / 1e9;
      Matcher counted = CHANGES.matcher(receipt);
      if (act.verb().equals("carry-over") && counted.find()) {
        changes = Long.parseLong(counted.group(1));
        replay = took;
      }
      Matcher waited = WAITED.matcher(receipt);
      if (waited.find()) {
        System.out.println("writers waited " + waited.group(1) + " ms for the last round");
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d changes of rows replayed in %.1f s, catalogs and what is compared included: %.0f a second%n",
        changes,
        replay,
        changes / replay);
    System.out.println(
        ask(SUMS).equals(before) ? "every row is as it was" : "ROWS ARE MISSING OR CHANGED");
  }

  private double tps(String url, int seconds) throws Exception {
    Matcher said = TPS.matcher(pgbench(url, "-c", "4", "-j", "2", "-T", Integer.toString(seconds)));
    if (!said.find()) {
      throw new IllegalStateException("pgbench says no tps");
    }
    return Double.parseDouble(said.group(1));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /// Nobody keeps a log any more.
  private void drop() throws SQLException {
    for (String slot : ask("select slot_name from pg_replication_slots")) {
      sql(logical, "select pg_drop_replication_slot('" + slot + "')");
      sql(logical, "drop publication if exists " + slot);
    }
    sql(logical, "checkpoint");
  }

  private static List<Act> acts(Platform platform, String to) throws Exception {
    Release live = platform.inventory().live().orElseThrow();
    return platform.methods(live, Release.of("database", to)).getFirst().legs().stream()
        .map(Act.class::cast)
        .toList();
  }

  private Platform platform() throws IOException {
    var settings =
        new PostgresSettings(
            new Secret("${env:DATABASE_URL}", () -> logical),
            Optional.of(folder.resolve("snapshots")),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(true),
            List.of());
    Path state = Files.createDirectories(folder.resolve("state"));
    return new PostgresKind()
        .open("database", settings, new Surroundings(state, state, InstantSource.system()));
  }

  private static String pgbench(String url, String... words) throws Exception {
    Matcher place = Pattern.compile("//([^:/]+):(\\d+)/([^?]+)").matcher(url);
    if (!place.find()) {
      throw new IllegalStateException(url);
    }
    List<String> all = new ArrayList<>(List.of("pgbench"));
    all.addAll(List.of(words));
    all.addAll(
        List.of("-h", place.group(1), "-p", place.group(2), "-U", "postgres", place.group(3)));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
    return said;
  }

  private static void sql(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> ask(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(logical);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }
}
