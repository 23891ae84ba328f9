package dev.lastgood.database.migration;

import java.util.List;
import java.util.SortedMap;

/// A migration tool.
public enum Tool {
  PRISMA("_prisma_migrations", "migration_name"),
  FLYWAY("flyway_schema_history", "coalesce(version, script)"),
  LIQUIBASE(
      "databasechangelog", "author || ':' || id || '@' || regexp_replace(filename, '^.*/', '')"),
  SUPABASE("schema_migrations", "version"),
  KNEX("knex_migrations", "name"),
  TYPEORM("migrations", "name"),
  ALEMBIC("alembic_version", "version_num"),
  RAILS("schema_migrations", "version"),
  DJANGO("django_migrations", "app || '.' || name"),
  /// Numbered SQL files: golang-migrate, dbmate, goose.
  SQL("schema_migrations", "coalesce(nullif(ltrim(version::text, '0'), ''), '0')");

  private final String table;
  private final String key;

  Tool(String table, String key) {
    this.table = table;
    this.key = key;
  }

  /// Its state table, by its usual name.
  public String table() {
    return table;
  }

  /// SQL over a row of the state table that gives [Migration#id()].
  public String key() {
    return key;
  }

  /// The schema its state table is in when nobody says another.
  public String schema() {
    return this == SUPABASE ? "supabase_migrations" : "public";
  }

  /// The migrations in a folder, in the order the tool applies them.
  ///
  /// @param files text by path, relative to the folder of migrations, with `/`
  public List<Migration> read(SortedMap<String, String> files) {
    return switch (this) {
      case PRISMA -> SqlFolders.prisma(files);
      case FLYWAY -> SqlFolders.flyway(files);
      case SUPABASE -> SqlFolders.supabase(files);
      case SQL -> SqlFolders.numbered(files);
      case LIQUIBASE -> Changelogs.read(files);
      case KNEX -> CodeFolders.knex(files);
      case TYPEORM -> CodeFolders.typeorm(files);
      case ALEMBIC -> Revisions.read(files);
      case RAILS -> CodeFolders.rails(files);
      case DJANGO -> CodeFolders.django(files);
    };
  }
}
