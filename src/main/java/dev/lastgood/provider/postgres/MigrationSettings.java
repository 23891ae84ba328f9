package dev.lastgood.provider.postgres;

import dev.lastgood.database.migration.State;
import dev.lastgood.database.migration.Tool;
import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where the migrations of a database are.
public record MigrationSettings(
    @Doc(
            "The tool: prisma, flyway, liquibase, supabase, knex, typeorm, alembic, rails, django or sql.")
        Tool tool,
    @Doc("Folder of the migrations within a release, e.g. prisma/migrations.") String folder,
    @Doc("The component whose releases carry them, e.g. backend.") String of,
    @Doc("Folder with one folder per release of that component, e.g. /srv/shop/releases.")
        Optional<Path> releases,
    @Doc(
            "Git repository of that component; its releases are recorded with their commit, or are tags.")
        Optional<Path> repository,
    @Doc("Schema of the tool's state table; default: the tool's own.") Optional<String> schema,
    @Doc("The tool's state table; default: the tool's own.") Optional<String> table,
    @Doc(
            "Command that prints a migration as SQL, for those not written in SQL; {id}, {app}, {name}"
                + " and {previous} are filled in.")
        List<String> print,
    @Doc("How long a step down may wait for a table each time; default: 2s.")
        Optional<Duration> lockWait) {
  public MigrationSettings {
    print = List.copyOf(print);
  }

  State state() {
    return new State(tool, schema, table);
  }
}
