package dev.lastgood.store;

import dev.lastgood.Lasting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real PostgreSQL from Debian's packages, started once per JVM in a scratch folder on a free
/// port of the loopback, durable as in production, and stopped when the JVM ends. Each call of
/// [#url] gives a fresh database.
public final class PostgresFixture {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static Optional<PostgresFixture> running = Optional.empty();
  private static Optional<PostgresFixture> decoding = Optional.empty();
  private static Optional<PostgresFixture> narrow = Optional.empty();

  private final Path folder;
  private final int port;
  private final Process server;

  private PostgresFixture(Path bin, String... settings) throws IOException, InterruptedException {
    folder = Files.createTempDirectory("lastgood-postgres-");
    if (root()) {
      call(List.of("chown", "postgres", folder.toString()));
    }
    call(
        asOwner(
            bin.resolve("initdb").toString(),
            "--pgdata=" + folder.resolve("data"),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                bin.resolve("postgres").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "max_prepared_transactions=4",
                "-c",
                "max_connections=200"));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    // for benchmarks: a server of that size, e.g. `-c shared_buffers=1GB`
    String more = System.getProperty("lastgood.postgres.options", "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split(" +", -1)));
    }
    server =
        Lasting.start(
            new ProcessBuilder(asOwner(command.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()));
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    awaitReady();
  }

  /// Skips the test where there is no PostgreSQL; fails it where nothing may be left out.
  ///
  /// @return a JDBC URL of a new, empty database
  public static String url() {
    return start(bin()).fresh();
  }

  /// The same of another server, which can be read through replication slots.
  public static String logicalUrl() {
    return decode(bin()).fresh();
  }

  /// The same of another server, on which a transaction can have a few hundred locks.
  public static synchronized String narrowUrl() {
    Path bin = bin();
    try {
      if (narrow.isEmpty()) {
        narrow =
            Optional.of(
                new PostgresFixture(bin, "max_connections=20", "max_locks_per_transaction=10"));
      }
      return narrow.get().fresh();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path bin() {
    Optional<Path> bin = newestBin();
    if (bin.isEmpty() && System.getenv("CI") == null) {
      Assumptions.abort("no PostgreSQL in " + DEBIAN + ": apt-get install postgresql");
    }
    return bin.orElseThrow();
  }

  private static synchronized PostgresFixture decode(Path bin) {
    try {
      if (decoding.isEmpty()) {
        decoding =
            Optional.of(
                new PostgresFixture(
                    bin, "wal_level=logical", "max_replication_slots=60", "max_wal_senders=60"));
        decoding.get().bounded();
      }
      return decoding.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// By SQL, so that a test may change it: what stands on the command line cannot be.
  private void bounded() {
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("alter system set max_slot_wal_keep_size = '4GB'");
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static synchronized PostgresFixture start(Path bin) {
    try {
      if (running.isEmpty()) {
        running = Optional.of(new PostgresFixture(bin));
      }
      return running.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Optional<Path> newestBin() {
    // another version, by hand: the folder of its programs
    Optional<String> asked = Optional.ofNullable(System.getProperty("lastgood.postgres.bin"));
    if (asked.isPresent()) {
      return asked.map(Path::of);
    }
    if (!Files.isDirectory(DEBIAN)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .map(v -> v.resolve("bin"))
          .filter(b -> Files.isExecutable(b.resolve("initdb")))
          .max(Comparator.comparingInt(b -> Integer.parseInt(b.getName(3).toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String fresh() {
    String name = "t" + COUNT.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url(name);
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Connection _ = DriverManager.getConnection(url("postgres"))) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline || !server.isAlive()) {
          throw new IOException(Files.readString(folder.resolve("log")), e);
        }
        Thread.sleep(50);
      }
    }
  }

  /// SIGQUIT is its "immediate shutdown": it neither waits for clients nor writes a checkpoint of
  /// what is thrown away in a moment.
  private void stop() {
    try {
      call(List.of("kill", "-QUIT", Long.toString(server.pid())));
      if (!server.waitFor(20, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
      call(List.of("rm", "-rf", folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// PostgreSQL refuses to run as root, so root becomes the user of the package. `setpriv` replaces
  /// itself, so the process is the server; and the kernel ends the server if this JVM is killed, or
  /// the thread that started it ends: see [Lasting].
  static List<String> asOwner(String... command) {
    List<String> all = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
      all.add("/usr/bin/setpriv");
      if (root()) {
        all.addAll(List.of("--reuid=postgres", "--regid=postgres", "--clear-groups"));
      }
      all.addAll(List.of("--pdeathsig=QUIT", "--"));
    }
    all.addAll(Arrays.asList(command));
    return all;
  }

  static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  static void call(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
