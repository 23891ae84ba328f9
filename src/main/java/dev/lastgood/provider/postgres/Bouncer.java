package dev.lastgood.provider.postgres;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// PgBouncer in front of the database, by its admin console (PAUSE, RESUME and RECONNECT of
/// https://www.pgbouncer.org/usage.html). While a pool is paused its clients stay connected and
/// wait; nothing they asked is lost.
///
/// A pause outlives whoever asked for it. So it is written down before it is asked for, a process
/// of its own resumes the pools when this one dies, and whoever goes on with the run looks first.
final class Bouncer {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Secret admin;
  private final Path written;
  private final Programs programs;

  /// @param admin URL of the console: database `pgbouncer`
  /// @param written file that says which pools are paused by Lastgood
  Bouncer(Secret admin, Path written, Programs programs) {
    this.admin = admin;
    this.written = written;
    this.programs = programs;
  }

  /// @param mode `session`, `transaction` or `statement`
  record Pool(String name, boolean paused, String mode) {
    /// A pool that lends a connection for as long as its client stays cannot be paused: it would
    /// wait for all clients to leave.
    boolean pausable() {
      return !mode.equals("session");
    }
  }

  /// Where a pool leads.
  record Led(String name, String host, String port) {}

  private PostgresUrl url() throws PlatformUnreachable {
    return PostgresUrl.parse(admin.reveal(), admin.reference());
  }

  String place() throws PlatformUnreachable {
    PostgresUrl url = url();
    return url.host() + ":" + url.port();
  }

  /// The pools that lead to the database.
  ///
  /// @throws PlatformUnreachable when the console does not answer, or knows none
  List<Pool> pools(PostgresUrl database) throws PlatformUnreachable {
    List<Pool> pools =
        asked(console -> {
          String usual = "session";
          for (List<String> row : columns(console, "SHOW CONFIG", "key", "value")) {
            usual = row.getFirst().equals("pool_mode") ? row.get(1) : usual;
          }
          var found = new ArrayList<Pool>();
          for (List<String> row :
              columns(
                  console, "SHOW DATABASES", "name", "database", "port", "paused", "pool_mode")) {
            if (row.get(1).equals(database.database())
                && row.get(2).equals(Integer.toString(database.port()))) {
              found.add(
                  new Pool(
                      row.getFirst(),
                      row.get(3).equals("1"),
                      row.get(4).isEmpty() ? usual : row.get(4)));
            }
          }
          return found;
        });
    if (pools.isEmpty()) {
      throw new PlatformUnreachable(
          "PgBouncer at " + place() + " has no pool of " + database.place() + " (SHOW DATABASES)");
    }
    return pools;
  }

  /// Ready to pause them; nobody waits yet.
  Pause ready(List<Pool> pools) throws PlatformUnreachable {
    List<String> names =
        pools.stream().filter(p -> p.pausable() && !p.paused()).map(Pool::name).toList();
    if (names.isEmpty()) {
      return new Pause(names, Optional.empty());
    }
    try {
      Console console = open(names.stream().map(n -> "RESUME " + Quoted.name(n)).toList());
      try {
        console.ask("SHOW VERSION", ANSWER);
        return new Pause(names, Optional.of(console));
      } catch (IOException | InterruptedException e) {
        console.close();
        throw e;
      }
    } catch (IOException e) {
      throw gone(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Of some pools, which ends with this process at the latest.
  final class Pause implements AutoCloseable {
    private final List<String> names;
    private final Optional<Console> console;
    private boolean begun;

    private Pause(List<String> names, Optional<Console> console) {
      this.names = names;
      this.console = console;
    }

    boolean holds() {
      return !names.isEmpty();
    }

    /// Clients wait from now on, and their connections to the server are closed.
    ///
    /// @param longest for transactions that are under way to end
    /// @throws PlatformUnreachable when it could not be done; then nobody waits after [#close]
    void begin(Duration longest) throws PlatformUnreachable {
      if (console.isEmpty()) {
        return;
      }
      long deadline = System.nanoTime() + longest.toNanos();
      try {
        AtomicFiles.write(written, String.join("\n", names));
        begun = true;
        for (String name : names) {
          Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
          console.get().ask("PAUSE " + Quoted.name(name), left);
        }
      } catch (IOException e) {
        throw new PlatformUnreachable(
            "PgBouncer could not hold its clients within "
                + longest.toMillis()
                + " ms, and does not hold them (does a transaction take that long?): "
                + Why.of(e),
            e);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    /// What happens when this process is gone.
    void abandon() {
      console.ifPresent(Console::abandon);
    }

    /// Clients go on.
    ///
    /// @throws PlatformUnreachable when that is not sure
    void end() throws PlatformUnreachable {
      if (!begun) {
        return;
      }
      try {
        for (String name : names) {
          console.orElseThrow().ask("RESUME " + Quoted.name(name), ANSWER);
        }
        Files.deleteIfExists(written);
      } catch (IOException e) {
        resume(names); // one that still waits for its PAUSE takes no other command
      } catch (InterruptedException e) {
        throw interrupted(e);
      } finally {
        begun = false;
      }
    }

    @Override
    public void close() throws PlatformUnreachable {
      try {
        end();
        console.ifPresent(Console::close);
      } catch (PlatformUnreachable e) {
        abandon();
        throw e;
      }
    }
  }

  /// Whether pools are still paused that were paused by a Lastgood that is gone.
  boolean left() throws PlatformUnreachable {
    List<String> names = written();
    return !names.isEmpty() && !asked(c -> paused(c, names)).isEmpty();
  }

  /// Resumes what a Lastgood that is gone has paused.
  void resumeLeft() throws PlatformUnreachable {
    List<String> names = written();
    if (!names.isEmpty()) {
      resume(names);
    }
  }

  /// Connections of pools that could not be paused lead to nobody any more.
  void reconnect(List<Pool> pools) throws PlatformUnreachable {
    asked(console -> {
      for (Pool pool : pools) {
        console.ask("RECONNECT " + Quoted.name(pool.name()), ANSWER);
      }
      return pools;
    });
  }

  /// Its configuration is read again; clients stay connected.
  void reload() throws PlatformUnreachable {
    asked(console -> console.ask("RELOAD", ANSWER));
  }

  /// Where the pools of a database lead, by what PgBouncer says of itself.
  ///
  /// @param database its name on the server
  List<Led> led(String database) throws PlatformUnreachable {
    List<Led> pools =
        asked(console ->
            columns(console, "SHOW DATABASES", "name", "database", "host", "port").stream()
                .filter(r -> r.get(1).equals(database))
                .map(r -> new Led(r.getFirst(), r.get(2), r.get(3)))
                .toList());
    if (pools.isEmpty()) {
      throw new PlatformUnreachable(
          "PgBouncer at " + place() + " has no pool of " + database + " (SHOW DATABASES)");
    }
    return pools;
  }

  private void resume(List<String> names) throws PlatformUnreachable {
    asked(console -> {
      for (String name : paused(console, names)) {
        console.ask("RESUME " + Quoted.name(name), ANSWER);
      }
      Files.deleteIfExists(written);
      return names;
    });
  }

  private static List<String> paused(Console console, List<String> names)
      throws IOException, InterruptedException {
    return columns(console, "SHOW DATABASES", "name", "paused").stream()
        .filter(r -> names.contains(r.getFirst()) && r.get(1).equals("1"))
        .map(List::getFirst)
        .toList();
  }

  private List<String> written() {
    try {
      return AtomicFiles.read(written, 1 << 16).lines().filter(l -> !l.isBlank()).toList();
    } catch (IOException e) {
      return List.of(); // nothing was written down: nothing was paused
    }
  }

  private interface Asking<T> {
    T of(Console console) throws IOException, InterruptedException;
  }

  private <T> T asked(Asking<T> asking) throws PlatformUnreachable {
    try (Console console = open(List.of())) {
      return asking.of(console);
    } catch (IOException e) {
      throw gone(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Console open(List<String> atTheEnd) throws IOException, PlatformUnreachable {
    return new Console(programs, url().environment("pgbouncer"), atTheEnd);
  }

  /// The fields of some columns, row by row.
  private static List<List<String>> columns(Console console, String command, String... wanted)
      throws IOException, InterruptedException {
    List<List<String>> rows = console.ask(command, ANSWER);
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> names = rows.getFirst();
    var all = new ArrayList<List<String>>();
    for (List<String> row : rows.subList(1, rows.size())) {
      var fields = new ArrayList<String>();
      for (String column : wanted) {
        int at = names.indexOf(column);
        fields.add(at < 0 || at >= row.size() ? "" : row.get(at));
      }
      all.add(fields);
    }
    return all;
  }

  private PlatformUnreachable gone(IOException e) throws PlatformUnreachable {
    return new PlatformUnreachable("PgBouncer at " + place() + ": " + Why.of(e), e);
  }

  private static PlatformUnreachable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new PlatformUnreachable("interrupted", e);
  }
}
