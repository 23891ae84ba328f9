package dev.lastgood.provider.postgres;

import dev.lastgood.database.StateTables;
import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Settings of the platform `postgres`.
public record PostgresSettings(
    @Doc(
            "Where the database is: postgres://user:password@host:port/database, not through a pooler.")
        Secret url,
    @Doc("Folder of the snapshots Lastgood takes; default: its own state.")
        Optional<Path> snapshots,
    @Doc("Dumps made by others that may be gone back to: custom, directory or plain, also gzipped.")
        List<Path> dumps,
    @Doc("Number of snapshots to keep; default: all.") Optional<Integer> keep,
    @Doc("How long writers may be kept waiting for the switch; default: 5s.")
        Optional<Duration> writersWait,
    @Doc("Whether rows written since the snapshot are carried over into it; default: yes.")
        Optional<Boolean> carryOver,
    @Doc("Jobs of pg_dump and pg_restore; default: 2 to 4, by the processors.")
        Optional<Integer> jobs,
    @Doc("Folder of pg_dump, pg_restore and psql; default: the PATH, then /usr/lib/postgresql.")
        Optional<Path> programs,
    @Doc("Database that the server is managed from while this one is renamed; default: postgres.")
        Optional<String> maintenance,
    @Doc("Where its migrations are; then a rollback of code is judged against the live schema.")
        Optional<MigrationSettings> migrations,
    @Doc(
            "Console of the PgBouncer before it, postgres://user:password@host:6432/pgbouncer: its clients wait during the switch instead of losing their connections.")
        Optional<Secret> pgbouncer,
    @Doc(
            "What a snapshot is kept as: dump, copy (an idle database on the server), point (a place in the log); default: dump.")
        List<SnapshotAs> snapshotAs,
    @Doc("A replica that is armed at each snapshot to stop there.")
        Optional<ReplicaSettings> replica,
    @Doc("An archive of the write-ahead log, from which a moment is brought back.")
        Optional<ArchiveSettings> archive,
    @Doc(
            "Whether a snapshot opens a replication slot, from which a rollback replays what users wrote, exactly; default: no.")
        Optional<Boolean> exact,
    @Doc(
            "Roles and application names that run migrations or maintenance: with a slot, what they write is not taken for users'.")
        List<String> migrators) {
  public PostgresSettings {
    migrators = List.copyOf(migrators);
    dumps = List.copyOf(dumps);
    snapshotAs = List.copyOf(snapshotAs);
  }

  /// Snapshots are dumps, and nothing else keeps what was, no slot either.
  public PostgresSettings(
      Secret url,
      Optional<Path> snapshots,
      List<Path> dumps,
      Optional<Integer> keep,
      Optional<Duration> writersWait,
      Optional<Boolean> carryOver,
      Optional<Integer> jobs,
      Optional<Path> programs,
      Optional<String> maintenance,
      Optional<MigrationSettings> migrations,
      Optional<Secret> pgbouncer) {
    this(
        url,
        snapshots,
        dumps,
        keep,
        writersWait,
        carryOver,
        jobs,
        programs,
        maintenance,
        migrations,
        pgbouncer,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /// The tables in which migration tools note what they have applied.
  StateTables stateTables() {
    return new StateTables(migrations.map(m -> m.state().tables()).orElse(Set.of()));
  }

  /// Whether a snapshot is (also) kept like that.
  boolean keeps(SnapshotAs form) {
    return switch (form) {
      case DUMP -> snapshotAs.isEmpty() || snapshotAs.contains(form);
      case COPY -> snapshotAs.contains(form);
      case POINT -> snapshotAs.contains(form) || replica.isPresent() || archive.isPresent();
    };
  }

  /// A database whose migrations are nobody's business, with no pooler before it.
  public PostgresSettings(
      Secret url,
      Optional<Path> snapshots,
      List<Path> dumps,
      Optional<Integer> keep,
      Optional<Duration> writersWait,
      Optional<Boolean> carryOver,
      Optional<Integer> jobs,
      Optional<Path> programs,
      Optional<String> maintenance) {
    this(
        url,
        snapshots,
        dumps,
        keep,
        writersWait,
        carryOver,
        jobs,
        programs,
        maintenance,
        Optional.empty(),
        Optional.empty());
  }
}
