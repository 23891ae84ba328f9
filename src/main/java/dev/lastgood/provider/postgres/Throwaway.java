package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A server of its own that replays the log of another one up to a point, stops there and is read.
/// It listens on a socket in its folder and on no port, archives nothing, and never becomes a
/// primary.
///
/// @param folder everything of it lies there: `data`, its configuration, its socket and its log
/// @param superuser of the cluster
/// @param libraries that the live server loads at its start; extensions may need them
record Throwaway(Path folder, Programs programs, RunAs as, String superuser, String libraries) {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int LONGEST_SOCKET = 107;
  private static final String PORT = "5432";

  /// A replaying server does not start with less than the server that wrote the log.
  private static final Map<String, String> AS_THE_PRIMARY =
      Map.of(
          "max_connections setting:", "max_connections",
          "max_worker_processes setting:", "max_worker_processes",
          "max_wal_senders setting:", "max_wal_senders",
          "max_prepared_xacts setting:", "max_prepared_transactions",
          "max_locks_per_xact setting:", "max_locks_per_transaction");

  /// @param reached whether it stands at its target
  /// @param why when it does not; in its own words
  record Reached(boolean reached, String why) {}

  Path data() {
    return folder.resolve("data");
  }

  private Path log() {
    return folder.resolve("server.log");
  }

  /// Why it cannot be there; empty when it can.
  Optional<String> barred() {
    String socket = folder + "/.s.PGSQL." + PORT;
    return socket.getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET
        ? Optional.of(
            folder + " is too long a name for a socket; name a shorter folder under archive.folder")
        : as.barred(folder);
  }

  /// Starts it and waits until it stands at its target. A server that has reached only a consistent
  /// state says that it is ready, and ends later when its target never comes: not its start counts,
  /// but that replay has stopped.
  Reached replay(Duration longest) throws IOException, PlatformUnreachable, InterruptedException {
    start();
    long deadline = System.nanoTime() + longest.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<String> answer =
          ask("select pg_is_in_recovery() and pg_get_wal_replay_pause_state() = 'paused'");
      if (answer.filter("t"::equals).isPresent()) {
        return new Reached(true, "");
      }
      if (Orphans.of(folder).isEmpty()) {
        return new Reached(false, fatal());
      }
      Thread.sleep(50);
    }
    return new Reached(false, "it was still replaying after " + longest.toMinutes() + " minutes");
  }

  private void start() throws IOException, PlatformUnreachable, InterruptedException {
    for (String file : List.of("postgresql.conf", "pg_ident.conf")) {
      Files.writeString(folder.resolve(file), "");
    }
    // The folder is closed to everybody but its owner.
    Files.writeString(folder.resolve("pg_hba.conf"), "local all all trust\n");
    List<String> words = new ArrayList<>(List.of("setsid", "--fork"));
    words.addAll(List.of(programs.path("postgres"), "-D", data().toString()));
    settings().forEach((name, value) -> words.addAll(List.of("-c", name + "=" + value)));
    Argv.End end =
        new Argv(as.words(words), Optional.of(folder), Map.of("LC_ALL", "C"), SOON)
            .runInto(new LogFile(log()));
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      throw new PlatformUnreachable("the throwaway server did not start: " + Taking.words(end));
    }
    awaitProcess();
  }

  /// The server shows up a moment after the command that started it is over.
  private void awaitProcess() throws InterruptedException {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (Orphans.of(folder).isEmpty()
        && !said().contains("FATAL:")
        && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  private Map<String, String> settings() throws PlatformUnreachable {
    var all = new TreeMap<String, String>();
    all.put("config_file", folder.resolve("postgresql.conf").toString());
    all.put("hba_file", folder.resolve("pg_hba.conf").toString());
    all.put("ident_file", folder.resolve("pg_ident.conf").toString());
    all.put("listen_addresses", "");
    all.put("unix_socket_directories", folder.toString());
    all.put("port", PORT);
    all.put("archive_mode", "off");
    all.put("archive_cleanup_command", "");
    all.put("recovery_end_command", "");
    all.put("recovery_target_action", "pause");
    all.put("primary_conninfo", "");
    all.put("primary_slot_name", "");
    all.put("hot_standby", "on");
    all.put("max_standby_archive_delay", "-1");
    all.put("shared_preload_libraries", libraries);
    all.put("logging_collector", "off");
    all.put("log_destination", "stderr");
    all.put("lc_messages", "C");
    all.put("ssl", "off");
    all.put("fsync", "off");
    all.put("cluster_name", "lastgood throwaway");
    all.putAll(asThePrimary());
    return all;
  }

  private Map<String, String> asThePrimary() throws PlatformUnreachable {
    Argv.Reply reply =
        new Argv(
                as.words(List.of(programs.path("pg_controldata"), "-D", data().toString())),
                Optional.empty(),
                Map.of("LC_ALL", "C"),
                SOON)
            .ask("", 1 << 16);
    if (!(reply instanceof Argv.Reply.Answer answer) || answer.code() != 0) {
      throw new PlatformUnreachable("what was restored is no data directory of PostgreSQL");
    }
    var all = new TreeMap<String, String>();
    answer
        .answer()
        .lines()
        .forEach(line ->
            AS_THE_PRIMARY.forEach((label, name) -> {
              if (line.startsWith(label)) {
                all.put(name, line.substring(label.length()).strip());
              }
            }));
    return all;
  }

  /// One value; empty when it does not answer.
  Optional<String> ask(String sql) {
    Argv.Reply reply =
        new Argv(
                List.of(programs.path("psql"), "-XAtq", "--no-password", "--command=" + sql),
                Optional.empty(),
                environment("template1"),
                SOON)
            .ask("", 1 << 16);
    return reply instanceof Argv.Reply.Answer(int code, String answer, _) && code == 0
        ? Optional.of(answer.strip())
        : Optional.empty();
  }

  /// Where pg_dump finds it.
  Map<String, String> environment(String database) {
    return Map.of(
        "PGHOST", folder.toString(),
        "PGPORT", PORT,
        "PGUSER", superuser,
        "PGDATABASE", database,
        "PGCONNECT_TIMEOUT", "10");
  }

  /// Its last fatal words.
  String fatal() {
    String said = said();
    return Why.plain(
        said.lines()
            // To those who ask too early it is fatal, too, that it "is starting up".
            .filter(l -> l.contains("FATAL:") && !l.contains("the database system is"))
            .reduce((_, b) -> b.substring(b.indexOf("FATAL:")))
            .orElse(said.lines().reduce((_, b) -> b).orElse("it said nothing")),
        400);
  }

  private String said() {
    try {
      return LogFile.tail(log(), 0, 1 << 16);
    } catch (IOException e) {
      return "";
    }
  }

  /// Where it stopped, as it wrote it down: `recovery stopping at restore point "…"`.
  Optional<String> stopping() {
    return said()
        .lines()
        .filter(l -> l.contains("recovery stopping "))
        .map(l -> l.substring(l.indexOf("recovery stopping ")))
        .reduce((_, b) -> b);
  }
}
