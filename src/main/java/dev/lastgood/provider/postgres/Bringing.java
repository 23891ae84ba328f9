package dev.lastgood.provider.postgres;

import dev.lastgood.database.Beside;
import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.TableName;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings single tables out of a restored database into a schema of the live one: with everything
/// that belongs to them, by PostgreSQL's own dump. Nothing of users is touched.
///
/// In the restored database they are moved into the schema first, and their foreign keys to other
/// tables are taken down and written into the book of the schema. From then on it is no restored
/// database any more, which its comment says, in the same transaction.
final class Bringing {
  private final Server server;
  private final Programs programs;
  private final Path folder;
  private final int jobs;
  private final InstantSource clock;

  /// @param folder for the dump, as long as it is needed
  Bringing(Server server, Programs programs, Path folder, int jobs, InstantSource clock) {
    this.server = server;
    this.programs = programs;
    this.folder = folder;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// @param turn a session of the maintenance database that has the turn
  /// @param snapshot the release that was restored and verified
  /// @param release what the live database will be
  Outcome bring(
      Session turn,
      Scene scene,
      Standing live,
      String snapshot,
      String release,
      Set<TableName> tables,
      Duration longest)
      throws SQLException, PlatformUnreachable, IOException {
    Optional<Standing> restored =
        scene.beside(snapshot).filter(_ -> scene.at(snapshot, Marker.State.VERIFIED));
    Optional<Standing> opened = scene.beside(release);
    if (restored.isEmpty() && opened.isEmpty()) {
      return new Outcome.Refused(snapshot + " was not restored beside " + scene.name());
    }
    try (Session inside = server.patient(live.name(), longest)) {
      sweep(inside);
      Standing from = restored.orElseGet(opened::orElseThrow);
      String schema = freeName();
      Optional<String> problem =
          restored.isPresent()
              ? move(from, live, release, tables, schema, longest)
              : moveOn(from, schema, longest);
      if (problem.isPresent()) {
        return new Outcome.Refused(problem.get() + "; the live database was not touched");
      }
      Optional<String> failed = copied(from, live, schema, longest);
      if (failed.isPresent()) {
        inside.run("drop schema if exists " + Quoted.name(schema) + " cascade");
        return new Outcome.Refused(
            "the tables cannot be brought into "
                + live.name()
                + ", its own were not touched: "
                + failed.get());
      }
      for (TableName table : tables) {
        inside.run("analyze " + TableSide.place(schema, table));
      }
      inside.run(
          TableSide.marking(schema, new Marker("", live.name(), release, Marker.State.RESTORED)));
      used(turn, Scene.look(turn, scene.name()), release);
      return new Outcome.Done(
          tables.size()
              + (tables.size() == 1 ? " table stands" : " tables stand")
              + " in "
              + schema);
    }
  }

  /// Removes the databases out of which the tables came.
  static void used(Session turn, Scene scene, String release) throws SQLException {
    for (Standing left : scene.halfway()) {
      if (left.release().equals(release)) {
        Restoring.drop(turn, left.name());
      }
    }
  }

  /// What attempts that ended early left: the caller has the turn, so nobody is at it. Each attempt
  /// has a schema of its own, so that what is left of one can never write into that of the next.
  static void sweep(Session inside) throws SQLException {
    for (TableSide left : TableSide.all(inside)) {
      if (!left.kept()) {
        inside.run("drop schema " + Quoted.name(left.schema()) + " cascade");
      }
    }
  }

  private String freeName() {
    return Beside.COMING
        + Snapshots.stamp(clock.instant()).replace('-', '_')
        + "_"
        + Long.toHexString(0x10000 | (System.nanoTime() & 0xffff)).substring(1);
  }

  /// An attempt before this one moved them already.
  private Optional<String> moveOn(Standing from, String schema, Duration longest)
      throws SQLException, PlatformUnreachable {
    try (Session there = server.patient(from.name(), longest)) {
      Optional<TableSide> before = TableSide.all(there).stream().filter(s -> !s.kept()).findFirst();
      if (before.isEmpty()) {
        return Optional.of(from.name() + " does not hold the tables any more");
      }
      there.run(
          "alter schema "
              + Quoted.name(before.get().schema())
              + " rename to "
              + Quoted.name(schema));
      return Optional.empty();
    }
  }

  /// @return why not
  private Optional<String> move(
      Standing from,
      Standing live,
      String release,
      Set<TableName> tables,
      String schema,
      Duration longest)
      throws SQLException, PlatformUnreachable {
    try (Session there = server.patient(from.name(), longest)) {
      Catalog catalog = CatalogReader.read(there.connection());
      for (TableName table : tables) {
        Catalog.Table found = catalog.tables().get(table);
        if (found == null || found.partitioned()) {
          return Optional.of(
              Text.plain(table.toString())
                  + (found == null ? " is not in what was restored" : " is partitioned there"));
        }
      }
      List<Ties.Key> out = Ties.keys(catalog, tables, false);
      List<String> statements = new ArrayList<>(List.of("begin"));
      out.forEach(k -> statements.add(k.dropping()));
      Ties.keys(catalog, tables, true).forEach(k -> statements.add(k.dropping()));
      statements.add("create schema " + Quoted.name(schema));
      statements.addAll(TableSide.book(schema, tables, out));
      tables.forEach(
          t -> statements.add("alter table " + t.quoted() + " set schema " + Quoted.name(schema)));
      var marker = new Marker("", live.name(), release, Marker.State.RESTORED);
      statements.add(
          "comment on database "
              + Quoted.name(from.name())
              + " is "
              + Quoted.text(marker.comment()));
      statements.add("commit");
      for (String statement : statements) {
        there.run(statement);
      }
      return Optional.empty();
    }
  }

  /// @return why not
  private Optional<String> copied(Standing from, Standing live, String schema, Duration longest)
      throws PlatformUnreachable, IOException {
    Path dump =
        Files.createTempDirectory(
                Files.createDirectories(folder),
                "tables-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            .resolve(Snapshots.DUMP);
    try {
      Argv.End read =
          programs.run(
              longest,
              server.environment(from.name()),
              "pg_dump",
              "--format=directory",
              "--compress=0",
              "--no-password",
              "--no-publications",
              "--no-subscriptions",
              "--schema=" + schema,
              "--jobs=" + jobs,
              "--file=" + dump);
      if (!(read instanceof Argv.End.Exited(int code, _)) || code != 0) {
        return Optional.of(Taking.words(read));
      }
      Map<String, String> environment = new java.util.TreeMap<>(server.environment(live.name()));
      environment.put("PGAPPNAME", "lastgood restore");
      environment.put(
          "PGOPTIONS",
          "-c maintenance_work_mem=256MB -c statement_timeout=0 -c lock_timeout=0"
              + " -c default_transaction_read_only=off");
      Argv.End written =
          programs.run(
              longest,
              environment,
              "pg_restore",
              "--dbname=" + live.name(),
              "--exit-on-error",
              "--no-password",
              "--jobs=" + jobs,
              dump.toString());
      return written instanceof Argv.End.Exited(int end, _) && end == 0
          ? Optional.empty()
          : Optional.of(Taking.words(written));
    } finally {
      Snapshots.remove(Optional.ofNullable(dump.getParent()).orElse(dump));
    }
  }
}
