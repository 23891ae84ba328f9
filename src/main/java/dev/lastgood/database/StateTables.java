package dev.lastgood.database;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Table;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Tables in which migration tools note what they have applied. They belong to the schema and not
/// to users: a row that is carried over into an earlier schema would tell the tool that a migration
/// was applied there, and it would never be applied again.
///
/// @param named those that are known by the name a person gave them, beside those that look like
///   one
public record StateTables(Set<TableName> named) {
  /// Columns that nobody else's table has, under whatever name; newer versions may add to them.
  private static final List<Set<String>> UNMISTAKABLE =
      List.of(
          Set.of("migration_name", "checksum", "finished_at", "applied_steps_count"), // Prisma
          Set.of("installed_rank", "script", "checksum", "installed_on"), // Flyway
          Set.of("author", "filename", "dateexecuted", "orderexecuted", "md5sum"), // Liquibase
          Set.of("locked", "lockgranted", "lockedby"),
          Set.of("version_id", "is_applied", "tstamp")); // goose

  /// Columns that others have, too, but not these and no more.
  private static final List<Set<String>> EXACTLY =
      List.of(
          Set.of("id", "name", "batch", "migration_time"), // Knex
          Set.of("migrationid", "productversion")); // Entity Framework

  /// Columns that say little, under the tool's own name.
  private static final List<Known> BY_NAME =
      List.of(
          new Known("alembic_version", Set.of("version_num")),
          new Known("django_migrations", Set.of("app", "name", "applied")),
          new Known("schema_migrations", Set.of("version")), // Rails, Supabase, dbmate, migrate
          new Known("ar_internal_metadata", Set.of("key", "value")),
          new Known("knex_migrations_lock", Set.of("is_locked")),
          new Known("__drizzle_migrations", Set.of("hash", "created_at")),
          new Known("_sqlx_migrations", Set.of("version", "checksum")),
          new Known("sequelizemeta", Set.of("name")),
          new Known("pgmigrations", Set.of("name", "run_on")),
          new Known("doctrine_migration_versions", Set.of("version", "executed_at")),
          new Known("__diesel_schema_migrations", Set.of("version", "run_on")),
          new Known("mikro_orm_migrations", Set.of("name", "executed_at")),
          new Known("phinxlog", Set.of("version", "migration_name")),
          new Known("kysely_migration", Set.of("name", "timestamp")),
          new Known("kysely_migration_lock", Set.of("is_locked")),
          new Known("refinery_schema_history", Set.of("version", "applied_on", "checksum")));

  /// Of a name that anybody may have taken for something else: these columns and no more.
  private static final List<Known> BY_NAME_EXACTLY =
      List.of(
          new Known("migrations", Set.of("id", "timestamp", "name")), // TypeORM
          new Known("migrations", Set.of("id", "migration", "batch"))); // Laravel

  private record Known(String table, Set<String> columns) {}

  public StateTables {
    named = Set.copyOf(named);
  }

  public boolean is(Table table) {
    return named.contains(table.name()) || looksLikeOne(table);
  }

  private static boolean looksLikeOne(Table table) {
    Set<String> columns =
        table.columns().stream()
            .map(Column::name)
            .map(c -> c.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    String name = table.name().name().toLowerCase(Locale.ROOT);
    return UNMISTAKABLE.stream().anyMatch(columns::containsAll)
        || EXACTLY.stream().anyMatch(columns::equals)
        || BY_NAME_EXACTLY.stream()
            .anyMatch(k -> k.table().equals(name) && columns.equals(k.columns()))
        || BY_NAME.stream()
            .anyMatch(k -> k.table().equals(name) && columns.containsAll(k.columns()));
  }

  /// What is said of those that either side has.
  public List<String> notes(Catalog good, Catalog live) {
    var names = new TreeSet<String>();
    for (Catalog side : List.of(good, live)) {
      side.tables().values().stream().filter(this::is).forEach(t -> names.add(t.name().toString()));
    }
    return names.stream()
        .map(n ->
            n
                + " is where a migration tool notes what it has applied: it goes with the schema, and"
                + " nothing of it is carried over")
        .toList();
  }

  /// The same schema as users know it.
  public Catalog without(Catalog all) {
    var tables = new TreeMap<TableName, Table>(all.tables());
    tables.values().removeIf(this::is);
    return new Catalog(
        all.server(), tables, all.sequences(), all.extensions(), all.largeObjects(), all.others());
  }
}
