package dev.lastgood.provider.postgres;

import dev.lastgood.model.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What is looked at before anything is made: whether the server has what the source needs, and
/// room for a second copy.
final class Preflight {
  /// The restore writes its log, and indexes are sorted on the disk, besides the data.
  private static final double MORE_THAN_THE_DATA = 1.3;

  private Preflight() {}

  /// @param missing what stops the plan
  /// @param notes what the plan says
  record Found(List<String> missing, List<String> notes) {}

  static Found of(Session session, Standing live, Source source) throws SQLException {
    List<String> missing = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    extensions(session, source, missing);
    collation(session, live, missing, notes);
    room(session, live, source, missing, notes);
    return new Found(missing, notes);
  }

  // -- extensions -------------------------------------------------------------------------------

  /// Only Lastgood's own snapshots say which ones they need; pg_restore says it of the others,
  /// beside the live database.
  private static void extensions(Session session, Source source, List<String> missing)
      throws SQLException {
    if (source.manifest().isEmpty()) {
      return;
    }
    var known =
        new TreeSet<String>(
            session.list("select name from pg_available_extensions", r -> r.getString(1)));
    var allowed =
        new TreeSet<String>(
            session.list(
                "select name from pg_available_extension_versions where trusted or not superuser"
                    + " or (select rolsuper from pg_roles where rolname = current_user)",
                r -> r.getString(1)));
    for (String line : source.manifest().get().shape()) {
      if (!line.startsWith("extension ")) {
        continue;
      }
      String name = line.substring("extension ".length());
      if (!known.contains(name)) {
        missing.add(
            "the extension "
                + Text.plain(name)
                + ", which "
                + source.release()
                + " uses: install its package on the server");
      } else if (!allowed.contains(name) && !name.equals("plpgsql")) {
        missing.add(
            "a superuser for the extension "
                + Text.plain(name)
                + ", which "
                + source.release()
                + " uses");
      }
    }
  }

  // -- collations -------------------------------------------------------------------------------

  private static final String COLLATION =
      "select coalesce(datcollversion, ''), coalesce(pg_database_collation_actual_version(oid), '')"
          + " from pg_database where datname = ?";

  /// The server would refuse to make a database like that, or its indexes would be in two orders.
  private static void collation(
      Session session, Standing live, List<String> missing, List<String> notes)
      throws SQLException {
    if (session.number("select current_setting('server_version_num')::int") < 150_000) {
      return; // it keeps no version of them
    }
    mismatch(session, "template0")
        .ifPresent(m ->
            missing.add(
                "one version of the collation ("
                    + m
                    + " in template0, from which databases are made): alter database template0"
                    + " refresh collation version"));
    mismatch(session, live.name())
        .ifPresent(m ->
            notes.add(
                "the live database was made with another version of its collation ("
                    + m
                    + "): its indexes on texts may be out of order; the restored one's are new"));
  }

  private static Optional<String> mismatch(Session session, String database) throws SQLException {
    return session
        .first(COLLATION, r -> new String[] {r.getString(1), r.getString(2)}, database)
        .filter(v -> !v[0].isEmpty() && !v[1].isEmpty() && !v[0].equals(v[1]))
        .map(v -> v[0] + ", the system has " + v[1]);
  }

  // -- room -------------------------------------------------------------------------------------

  private static void room(
      Session session, Standing live, Source source, List<String> missing, List<String> notes)
      throws SQLException {
    long needed = (long) (Math.max(source.bytes(), live.bytes()) * MORE_THAN_THE_DATA);
    Optional<Long> free = free(session, live);
    if (free.isEmpty()) {
      notes.add(
          "the disk of the server cannot be seen from here: make sure that it has "
              + Ways.megabytes(needed)
              + " free");
    } else if (free.get() < needed) {
      missing.add(
          "room for a second copy: about "
              + Ways.megabytes(needed)
              + ", and the disk of the server has "
              + Ways.megabytes(free.get())
              + " free");
    }
  }

  /// Room where the database lies, when the server is a process of this machine.
  private static Optional<Long> free(Session session, Standing live) throws SQLException {
    long pid = session.number("select pg_backend_pid()");
    long port = session.number("select coalesce(inet_client_port(), -1)");
    if (!here(pid, port)) {
      return Optional.empty();
    }
    String folder =
        session.text(
            "select case when pg_tablespace_location(dattablespace) <> ''"
                + " then pg_tablespace_location(dattablespace)"
                + " when pg_has_role('pg_read_all_settings', 'member')"
                + " or (select rolsuper from pg_roles where rolname = current_user)"
                + " then current_setting('data_directory', true) else '' end"
                + " from pg_database where oid = ?::bigint::oid",
            live.oid());
    try {
      Path path = Path.of(folder);
      return folder.isEmpty() || !path.isAbsolute()
          ? Optional.empty()
          : Optional.of(Files.getFileStore(path).getUsableSpace());
    } catch (IOException | InvalidPathException e) {
      return Optional.empty(); // of another user, or in a container of its own
    }
  }

  /// Whether the process that answers is on this machine: a server says in the title of each of its
  /// processes whom it serves, with the client's port. A tunnel leads to another machine's.
  private static boolean here(long pid, long port) {
    try {
      String title = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
      return title.startsWith("postgres") && title.contains("(" + port + ")");
    } catch (IOException e) {
      return false;
    }
  }
}
