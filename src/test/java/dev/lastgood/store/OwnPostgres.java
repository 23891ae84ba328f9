package dev.lastgood.store;

import dev.lastgood.Lasting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL of one's own, in a scratch folder on a free port of the loopback, that can be
/// killed and started again. It must be started by a thread that lives as long as the server shall:
/// the kernel ends it with that thread.
public final class OwnPostgres implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  private final Path bin;
  private final Path folder;
  private final List<String> options;
  private final int port;
  private Process process;

  /// @param bin folder of `initdb` and `postgres`
  /// @param options settings of the server, `name=value`
  public OwnPostgres(Path bin, String... options) throws IOException, InterruptedException {
    this.bin = bin;
    this.options = List.of(options);
    this.folder = Files.createTempDirectory("lastgood-postgres-");
    if (PostgresFixture.root()) {
      PostgresFixture.call(List.of("chown", "postgres", folder.toString()));
    }
    PostgresFixture.call(
        PostgresFixture.asOwner(
            bin.resolve("initdb").toString(),
            "--pgdata=" + folder.resolve("data"),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    this.port = PostgresFixture.freePort();
    this.process = launch();
    awaitReady();
  }

  /// The newest one of Debian's packages.
  public static Path newest() {
    return PostgresFixture.newestBin().orElseThrow();
  }

  private Process launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                bin.resolve("postgres").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-p",
                Integer.toString(port)));
    List<String> all =
        new ArrayList<>(List.of("listen_addresses=127.0.0.1", "unix_socket_directories="));
    all.addAll(options);
    for (String option : all) {
      command.addAll(List.of("-c", option));
    }
    return Lasting.start(
        new ProcessBuilder(PostgresFixture.asOwner(command.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())));
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  public boolean alive() {
    return process.isAlive();
  }

  /// SIGKILL of the first process of the server. Its sessions end by themselves, each as soon as it
  /// notices.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// After [#kill]: waits until nothing is left of it, and until it has recovered.
  public void restart() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE;
    while (true) {
      process = launch();
      try {
        awaitReady();
        return;
      } catch (IOException e) {
        // sessions of the dead one still hold its memory
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE;
    while (true) {
      try (Connection _ = DriverManager.getConnection(url("postgres"))) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException(log(), e);
        }
        Thread.sleep(50);
      }
    }
  }

  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() throws IOException {
    try {
      if (process.isAlive()) {
        PostgresFixture.call(List.of("kill", "-QUIT", Long.toString(process.pid())));
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
      }
      PostgresFixture.call(List.of("rm", "-rf", folder.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
