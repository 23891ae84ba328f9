package dev.lastgood.provider.postgres;

import dev.lastgood.Lasting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A real PgBouncer from Debian's package, before a database of the test's server.
public final class PgBouncerHere implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private final Path folder;
  private final int port;
  private final Process process;
  private final String database;

  private PgBouncerHere(Path folder, int port, Process process, String database) {
    this.folder = folder;
    this.port = port;
    this.process = process;
    this.database = database;
  }

  /// Skips the test where there is none; fails it where nothing may be left out.
  ///
  /// @param url JDBC URL of the database on the server
  /// @param mode `transaction` or `session`
  public static PgBouncerHere before(String url, String mode)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(PROGRAM) && System.getenv("CI") == null) {
      Assumptions.abort("no PgBouncer: apt-get install pgbouncer");
    }
    String database = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    String server = url.replaceFirst(".*:(\\d+)/.*", "$1");
    Path folder = Files.createTempDirectory("lastgood-pgbouncer-");
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
    Path config =
        Files.writeString(
            folder.resolve("pgbouncer.ini"),
            """
            [databases]
            %1$s = host=127.0.0.1 port=%2$s dbname=%1$s
            postgres = host=127.0.0.1 port=%2$s
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %3$d
            unix_socket_dir =
            auth_type = trust
            auth_file = %4$s/users
            admin_users = postgres
            pool_mode = %5$s
            ignore_startup_parameters = extra_float_digits
            """
                .formatted(database, server, port, folder, mode));
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      // it refuses to run as root
      new ProcessBuilder("chown", "-R", "postgres", folder.toString()).start().waitFor();
      command.addAll(
          List.of(
              "/usr/bin/setpriv",
              "--reuid=postgres",
              "--regid=postgres",
              "--clear-groups",
              "--pdeathsig=KILL",
              "--"));
    }
    command.addAll(List.of(PROGRAM.toString(), config.toString()));
    Process process =
        Lasting.start(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()));
    var here = new PgBouncerHere(folder, port, process, database);
    here.await();
    return here;
  }

  private void await() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Connection _ = DriverManager.getConnection(url())) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException(Files.readString(folder.resolve("log")), e);
        }
        Thread.sleep(50);
      }
    }
  }

  /// For applications. Statements are prepared by none of them, as behind any pooler by
  /// transaction.
  public String url() {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/"
        + database
        + "?user=postgres&prepareThreshold=0";
  }

  /// What it reads at the start and at a RELOAD.
  public Path config() {
    return folder.resolve("pgbouncer.ini");
  }

  /// For the one who manages it.
  public String admin() {
    return "postgres://postgres@127.0.0.1:" + port + "/pgbouncer";
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    new ProcessBuilder("rm", "-rf", folder.toString()).start();
  }
}
