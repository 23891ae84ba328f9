package dev.lastgood.chaos.database;

import dev.lastgood.database.TwoStates;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.OwnPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A database under writers is migrated badly and rolled back, while Lastgood or the server is
/// killed at random moments; at the end every row that users were told is kept must be in the
/// database or in a file of what was left out, and no row may be there that nobody wrote. See
/// `bench/database-chaos`.
public final class DatabaseChaos {
  private static final int USERS = 3;
  private static final int MOST_BLOWS = 3;
  private static final int MOST_TRIES = 15;

  /// How far a rollback is, told by the comments of the databases; the blow falls some time after.
  private enum Moment {
    ANY,
    RESTORING,
    RESTORED,
    VERIFIED,
    CARRIED
  }

  /// @param said what the commands said, for the search of a fault
  public record Outcome(
      long seed,
      List<Migration> migrations,
      List<String> blows,
      long confirmed,
      long doubtful,
      int leftOut,
      Duration took,
      List<String> faults,
      String said) {
    @Override
    public String toString() {
      return "seed %d: %s; %s; %d writes confirmed, %d rows in doubt, %d in files, %d s: %s"
          .formatted(
              seed,
              migrations,
              blows,
              confirmed,
              doubtful,
              leftOut,
              took.toSeconds(),
              faults.isEmpty()
                  ? "all is well"
                  : faults.size()
                      + " FAULTS\n  "
                      + String.join("\n  ", faults.subList(0, Math.min(20, faults.size())))
                      + "\n"
                      + said);
    }
  }

  private final long seed;
  private final Random random;
  private final OwnPostgres server;
  private final Path folder;
  private final String url;
  private final Memory memory = new Memory();
  private final List<String> blows = new ArrayList<>();
  private final StringBuilder said = new StringBuilder();

  private DatabaseChaos(long seed, OwnPostgres server, Path folder) {
    this.seed = seed;
    this.random = new Random(seed);
    this.server = server;
    this.folder = folder;
    this.url = server.url("shop");
  }

  /// Arguments: how many seeds, and the first of them; without, one of the moment.
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    long first = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime() % 1_000_000_000;
    int bad = 0;
    for (long seed = first; seed < first + count; seed++) {
      Outcome outcome = of(seed, OwnPostgres.newest());
      System.out.println(outcome);
      bad += outcome.faults().isEmpty() ? 0 : 1;
    }
    System.out.println(count + " seeds, " + bad + " with faults");
    System.exit(bad == 0 ? 0 : 1);
  }

  /// One seed. The server lives as long as the calling thread waits for it.
  ///
  /// @param bin the programs of the server and of its clients
  public static Outcome of(long seed, Path bin) throws Exception {
    Path folder = Files.createTempDirectory("lastgood-database-chaos-");
    try (var server = new OwnPostgres(bin, "shared_buffers=64MB")) {
      return new DatabaseChaos(seed, server, folder).runItsCourse(bin);
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  private Outcome runItsCourse(Path bin) throws Exception {
    long began = System.nanoTime();
    Files.writeString(
        folder.resolve("lastgood.yaml"),
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}", programs: %s }
        """
            .formatted(bin));
    TwoStates.run(server.url("postgres"), "create database shop");
    TwoStates.run(url, Kind.SCHEMA, "analyze");
    List<Known> rows = new ArrayList<>(Reckoning.initial(url, memory));
    Collections.shuffle(rows, random);
    var faults = new ArrayList<String>();
    List<Migration> migrations = Migration.some(random);
    try (var users = new Users(url, rows, random, memory)) {
      users.goOn(5);
      String snapshot = snapshot();
      List<String> shape = Reckoning.shape(url);
      users.goOn(random.nextInt(10));
      for (Migration migration : migrations) {
        TwoStates.run(url, migration.sql());
      }
      users.goOn(10 + random.nextInt(60));
      try {
        faults.addAll(rollback(snapshot));
      } catch (IOException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
      users.goOn(10);
      users.stop();
      faults.addAll(whole(shape));
    }
    LeftRows left = LeftRows.in(folder.resolve("state"));
    faults.addAll(new Reckoning(memory, left).of(url).faults());
    return new Outcome(
        seed,
        migrations,
        List.copyOf(blows),
        memory.confirmed.get(),
        memory.doubtful(),
        left.count(),
        Duration.ofNanos(System.nanoTime() - began),
        faults,
        said.toString());
  }

  private static final class Users implements AutoCloseable {
    private final List<User> all = new ArrayList<>();

    Users(String url, List<Known> rows, Random random, Memory memory) {
      for (int i = 0; i < USERS; i++) {
        all.add(new User(i, url, random.nextLong(), memory, rows.subList(i * 150, (i + 1) * 150)));
      }
    }

    void goOn(int commits) throws Exception {
      for (User user : all) {
        long then = user.commits();
        Until.holds("users go on", () -> user.commits() >= then + commits);
      }
    }

    /// What they remember is whole then.
    void stop() {
      all.forEach(User::close);
    }

    @Override
    public void close() {
      stop();
    }
  }

  // -- the rollback and the blows ---------------------------------------------------------------

  private List<String> rollback(String snapshot) throws Exception {
    String[] back = {"rollback", "--to", "database=" + snapshot, "--yes", "--reason", "chaos"};
    String[] words = back;
    for (int n = 0; n < MOST_TRIES; n++) {
      int exit = struck(words);
      if (exit == 0) {
        return List.of();
      }
      Lastgood shown = ran("show");
      if (shown.exit() == 0 && shown.said().contains("proven: every step is done")) {
        return List.of(); // killed when all was over but the report
      }
      words = next(exit, shown, back);
    }
    return List.of("it is not over after " + MOST_TRIES + " commands");
  }

  /// What a person would type then.
  private static String[] next(int exit, Lastgood shown, String... back) throws Exception {
    String[] resume = {"resume"};
    String[] retry = {"resume", "--choose", "retry"};
    return shown.exit() == 0 ? exit == Lastgood.KILLED ? resume : retry : back;
  }

  /// @return the id of the snapshot
  private String snapshot() throws Exception {
    Lastgood taken = ran("snapshot", "database");
    Matcher id = Pattern.compile("snapshot-[0-9-]+").matcher(taken.said());
    if (taken.exit() != 0 || !id.find()) {
      throw new IOException("snapshot: " + taken.said());
    }
    return id.group();
  }

  private Lastgood ran(String... words) throws Exception {
    Lastgood command = start(words);
    note(words, command.exit(), command.said());
    return command;
  }

  private Lastgood start(String... words) throws IOException {
    return Lastgood.start(folder, Map.of("DATABASE_URL", url, "SUDO_USER", "ada"), words);
  }

  private void note(String[] words, int exit, String text) {
    said.append("$ lastgood ")
        .append(String.join(" ", words))
        .append(" -> ")
        .append(exit)
        .append('\n')
        .append(text)
        .append('\n');
  }

  /// Runs a command; now and then something is killed while it is at it.
  private int struck(String... words) throws Exception {
    boolean strike = blows.isEmpty() || (blows.size() < MOST_BLOWS && random.nextInt(3) == 0);
    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
    int millis = random.nextInt(moment == Moment.ANY ? 5000 : 900);
    boolean atServer = random.nextBoolean();
    int down = random.nextInt(1500);
    Lastgood command = start(words);
    if (strike) {
      await(command, moment);
      sleepWhile(command, millis);
      if (command.alive()) {
        blows.add((atServer ? "server" : "lastgood") + " " + moment + "+" + millis);
        if (atServer) {
          server.kill();
          Thread.sleep(down);
          server.restart();
        } else {
          command.kill();
        }
      }
    }
    int exit = command.exit();
    note(words, exit, command.said());
    return exit;
  }

  private static void sleepWhile(Lastgood command, int millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (command.alive() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  private void await(Lastgood command, Moment moment) throws Exception {
    if (moment == Moment.ANY) {
      return;
    }
    try (Connection connection = DriverManager.getConnection(server.url("postgres"));
        Statement statement = connection.createStatement()) {
      while (command.alive()) {
        try (ResultSet row =
            statement.executeQuery(
                "select exists (select from pg_database where shobj_description(oid, 'pg_database')"
                    + " like '%state="
                    + moment
                    + "%')")) {
          row.next();
          if (row.getBoolean(1)) {
            return;
          }
        }
        Thread.sleep(10);
      }
    }
  }

  // -- the end ----------------------------------------------------------------------------------

  private List<String> whole(List<String> shape) throws SQLException {
    var faults = new ArrayList<String>();
    List<String> now = Reckoning.shape(url);
    shape.stream().filter(l -> !now.contains(l)).forEach(l -> faults.add("missing: " + l));
    now.stream().filter(l -> !shape.contains(l)).forEach(l -> faults.add("left over: " + l));
    List<String> others =
        TwoStates.rows(
            server.url("postgres"),
            "select datname from pg_database where datname like 'shop\\_%'");
    if (others.size() != 1 || !others.getFirst().startsWith("shop_before_rollback_")) {
      faults.add("beside the database stand " + others);
    }
    Optional.of(
            TwoStates.rows(
                url,
                "select count(*) from \"Order Lines\" o left join customer c on c.id = o.customer"
                    + " where c.id is null"))
        .filter(n -> !n.equals(List.of("0")))
        .ifPresent(n -> faults.add("orders without a customer: " + n));
    return faults;
  }
}
