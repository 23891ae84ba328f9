package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real server of its own with a database `shop`, whose log goes to a replica, to pgBackRest or
/// to a plain folder. Everything lies in one folder with a short name that its user can reach.
final class ServersHere implements AutoCloseable {
  /// Debian's.
  static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

  final Path folder;
  private final Path bin;
  final int port = freePort();
  final int replicaPort = freePort();

  /// @param archiving the archive_command; empty for none
  ServersHere(String archiving) throws Exception {
    this(archiving, BIN);
  }

  /// @param bin its programs; its user can reach them
  ServersHere(String archiving, Path bin) throws Exception {
    this.bin = bin;
    if (!Files.isExecutable(bin.resolve("postgres")) && System.getenv("CI") == null) {
      Assumptions.abort("no PostgreSQL 15 in " + bin + ": apt-get install postgresql-15");
    }
    folder = Files.createTempDirectory("lg");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    if (root()) {
      call(List.of("chown", "postgres", folder.toString()));
    }
    as(
        bin.resolve("initdb").toString(),
        "--pgdata=" + primary(),
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    write(
        primary().resolve("postgresql.conf"),
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = '%s'
        fsync = off
        autovacuum = off
        wal_level = replica
        wal_keep_size = '512MB'
        %s
        """
            .formatted(
                port,
                folder,
                archiving.isEmpty()
                    ? ""
                    : "archive_mode = on\narchive_command = '"
                        + archiving.replace("FOLDER", folder.toString())
                        + "'"));
    start(primary());
    run("postgres", "create database shop");
  }

  Path primary() {
    return folder.resolve("primary");
  }

  Path replica() {
    return folder.resolve("replica");
  }

  String url() {
    return url(port, "shop");
  }

  String replicaUrl() {
    return "postgres://postgres@127.0.0.1:" + replicaPort + "/shop";
  }

  private static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  /// A replica that follows the server.
  void replicate() throws Exception {
    as(
        bin.resolve("pg_basebackup").toString(),
        "--pgdata=" + replica(),
        "--host=127.0.0.1",
        "--port=" + port,
        "--username=postgres",
        "--checkpoint=fast",
        "--no-sync",
        "--write-recovery-conf");
    write(
        replica().resolve("postgresql.conf"),
        Files.readString(primary().resolve("postgresql.conf"))
            .replace("port = " + port, "port = " + replicaPort)
            .replace("archive_mode = on", "archive_mode = off"));
    start(replica());
  }

  /// Another replica instead of the one there was.
  void replicateAnew() throws Exception {
    if (Files.exists(replica())) {
      stop(replica());
      call(List.of("rm", "-rf", replica().toString()));
    }
    replicate();
  }

  /// How it is restarted, as an operator would say it in the configuration.
  List<String> restart() {
    return asOwner(
        bin.resolve("pg_ctl").toString(),
        "--pgdata=" + replica(),
        "-w",
        "-m",
        "fast",
        "--log=" + folder.resolve("replica.log"),
        "restart");
  }

  /// Tells pgBackRest of the server, which is to push its log there.
  ///
  /// @return its configuration
  Path backRest() throws IOException, InterruptedException {
    Path config = folder.resolve("pgbackrest.conf");
    write(
        config,
        """
        [global]
        repo1-path=%1$s/repo
        log-path=%1$s
        lock-path=%1$s/lock
        spool-path=%1$s/spool
        start-fast=y
        compress-type=lz4
        [main]
        pg1-path=%2$s
        pg1-socket-path=%1$s
        pg1-port=%3$d
        pg1-user=postgres
        """
            .formatted(folder, primary(), port));
    as("pgbackrest", "--config=" + config, "--stanza=main", "stanza-create");
    return config;
  }

  /// Until everything that was written is in the archive.
  ///
  /// @param archive folder within ours
  void archived(String archive) throws SQLException {
    String segment = ask("select pg_walfile_name(pg_switch_wal())");
    Until.holds(
        segment + " is archived",
        () -> {
          try (Stream<Path> files = Files.walk(folder.resolve(archive))) {
            return files.anyMatch(f -> String.valueOf(f.getFileName()).startsWith(segment));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  void start(Path data) throws IOException, InterruptedException {
    as(
        bin.resolve("pg_ctl").toString(),
        "--pgdata=" + data,
        "--wait",
        "--log=" + folder.resolve(data.getFileName() + ".log"),
        "start");
  }

  void stop(Path data) throws IOException, InterruptedException {
    as(bin.resolve("pg_ctl").toString(), "--pgdata=" + data, "-w", "-m", "immediate", "stop");
  }

  void write(Path file, String text) throws IOException, InterruptedException {
    Files.writeString(file, text);
    if (root()) {
      call(List.of("chown", "postgres", file.toString()));
    }
  }

  void sql(String sql) throws SQLException {
    run("shop", sql);
  }

  void run(String database, String sql) throws SQLException {
    run(port, database, sql);
  }

  void onReplica(String sql) throws SQLException {
    run(replicaPort, "postgres", sql);
  }

  private static void run(int port, String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(port, database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String ask(String sql) throws SQLException {
    return ask(port, "shop", sql);
  }

  String askReplica(String sql) throws SQLException {
    return ask(replicaPort, "shop", sql);
  }

  /// Names of the databases of a server.
  List<String> databases(int of) throws SQLException {
    return ask(of, "postgres", "select datname from pg_database").lines().toList();
  }

  private static String ask(int port, String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(port, database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return String.join("\n", all);
    }
  }

  /// As the user of the server.
  String as(String... command) throws IOException, InterruptedException {
    return call(asOwner(command));
  }

  private List<String> asOwner(String... command) {
    List<String> all = new ArrayList<>();
    if (root()) {
      all.addAll(
          List.of(
              "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
    }
    if (!bin.equals(BIN)) { // or the replica would speak to its primary by Debian's older library
      all.addAll(List.of("/usr/bin/env", "LD_LIBRARY_PATH=" + bin.resolveSibling("lib")));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  private String call(List<String> command) throws IOException, InterruptedException {
    // A server that is started keeps its output open, so it goes to a file.
    Path said = Files.createTempFile("lg", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      int code = process.waitFor();
      String text = Files.readString(said, StandardCharsets.UTF_8);
      if (code != 0) {
        throw new IOException(String.join(" ", command) + ": " + text);
      }
      return text;
    } finally {
      Files.delete(said);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (Path data : List.of(primary(), replica())) {
        if (Files.exists(data.resolve("postmaster.pid"))) {
          stop(data);
        }
      }
      call(List.of("rm", "-rf", folder.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
