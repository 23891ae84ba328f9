package dev.lastgood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseTest {
  @TempDir Path folder;

  @Test
  void the_state_is_private_to_the_user() throws IOException {
    Path state = folder.resolve("state");
    try (var database = Database.open(state)) {
      database.plainly(sql -> sql.update("delete from signal"));

      assertThat(mode(state)).isEqualTo("rwx------");
      assertThat(mode(state.resolve("lastgood.db"))).isEqualTo("rw-------");
      assertThat(mode(state.resolve("lastgood.db-wal"))).isEqualTo("rw-------");
    }
  }

  @Test
  void a_commit_is_on_disk_and_others_are_waited_for() {
    try (var database = Database.open(folder)) {
      List<String> pragmas =
          database.plainly(sql ->
              Stream.of("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
                  .map(p -> read(sql, "pragma " + p))
                  .toList());

      assertThat(pragmas).containsExactly("wal", "2", "15000", "1");
    }
  }

  @Test
  void a_second_opening_finds_the_tables_and_what_is_in_them() {
    try (var database = Database.open(folder)) {
      insertRun(database);
    }
    try (var database = Database.open(folder)) {
      assertThat(database.<String>plainly(sql -> read(sql, "select id from run"))).isEqualTo("r1");
    }
  }

  @Test
  void two_may_have_it_open() {
    try (var one = Database.open(folder);
        var other = Database.open(folder)) {
      insertRun(one);

      assertThat(other.<String>plainly(sql -> read(sql, "select id from run"))).isEqualTo("r1");
    }
  }

  @Test
  void a_transaction_that_fails_leaves_nothing() {
    try (var database = Database.open(folder)) {
      assertThatThrownBy(() ->
              database.together(sql -> {
                insertRun(sql);
                throw new IllegalStateException("midway");
              }))
          .hasMessage("midway");

      assertThat(database.<String>plainly(sql -> read(sql, "select count(*) from run")))
          .isEqualTo("0");
      insertRun(database);
    }
  }

  @Test
  void a_database_of_a_newer_version_is_refused_and_not_touched() throws IOException {
    try (var database = Database.open(folder)) {
      database.plainly(
          sql -> sql.update("update lastgood_schema set version = '99' where version = '1'"));
    }
    byte[] before = Files.readAllBytes(folder.resolve("lastgood.db"));

    assertThatThrownBy(() -> Database.open(folder))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("newer version of Lastgood (tables 99, this one knows")
        .hasMessageContaining(folder.resolve("lastgood.db").toString());
    assertThat(Files.readAllBytes(folder.resolve("lastgood.db"))).isEqualTo(before);
  }

  @Test
  void a_file_that_is_no_database_is_refused_in_words() throws IOException {
    Files.writeString(folder.resolve("lastgood.db"), "x".repeat(5000));

    assertThatThrownBy(() -> Database.open(folder))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("is damaged or is no state of Lastgood");
  }

  @Test
  void a_state_folder_that_cannot_be_made_is_an_error_in_words() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> Database.open(file.resolve("state")))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("the state folder cannot be written")
        .hasMessageContaining("LASTGOOD_STATE");
  }

  @Test
  void the_newest_migration_is_the_one_the_code_knows() throws IOException {
    try (var files = Files.list(Path.of("src/main/resources/db/migration"))) {
      int newest =
          files
              .map(f -> f.getFileName().toString())
              .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
              .max()
              .orElseThrow();

      assertThat(newest).isEqualTo(Migrations.NEWEST);
    }
  }

  @Test
  void credentials_in_a_url_are_never_shown() {
    assertThatThrownBy(() ->
            Database.open("jdbc:postgresql://ann:s3cret@127.0.0.1:1/shop?user=ann&password=s3cret"))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("postgresql://127.0.0.1:1/shop")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void a_copy_has_what_is_committed_and_leaves_alone_where_it_came_from() throws IOException {
    try (var database = Database.open(folder.resolve("real"))) {
      insertRun(database);
      byte[] file = Files.readAllBytes(folder.resolve("real/lastgood.db"));
      byte[] log = Files.readAllBytes(folder.resolve("real/lastgood.db-wal"));

      try (var copy = Database.copied(folder.resolve("real"), folder.resolve("while-open"))) {
        assertThat(copy.<String>plainly(sql -> read(sql, "select id from run"))).isEqualTo("r1");
        copy.plainly(sql -> sql.update("delete from run"));
      }

      assertThat(Files.readAllBytes(folder.resolve("real/lastgood.db"))).isEqualTo(file);
      assertThat(Files.readAllBytes(folder.resolve("real/lastgood.db-wal"))).isEqualTo(log);
    }
    byte[] closed = Files.readAllBytes(folder.resolve("real/lastgood.db"));
    List<String> beside = names(folder.resolve("real"));

    try (var copy = Database.copied(folder.resolve("real"), folder.resolve("while-closed"))) {
      assertThat(copy.<String>plainly(sql -> read(sql, "select id from run"))).isEqualTo("r1");
    }

    assertThat(Files.readAllBytes(folder.resolve("real/lastgood.db"))).isEqualTo(closed);
    assertThat(names(folder.resolve("real"))).isEqualTo(beside);
  }

  @Test
  void only_the_copy_of_an_older_state_is_brought_up_to_date() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.createFile(real.resolve("lastgood.db"));

    try (var copy = Database.copied(real, folder.resolve("copy"))) {
      assertThat(copy.<String>plainly(sql -> read(sql, "select count(*) from run"))).isEqualTo("0");
    }

    assertThat(names(real)).containsExactly("lastgood.db");
    assertThat(real.resolve("lastgood.db")).isEmptyFile();
  }

  @Test
  void the_copy_of_no_state_is_an_empty_one() throws IOException {
    Database.copied(folder.resolve("real"), folder.resolve("copy")).close();

    assertThat(names(folder)).containsExactly("copy");
  }

  @Test
  void a_state_that_cannot_be_looked_at_is_not_taken_for_none() throws IOException {
    Path loop = folder.resolve("real");
    Files.createSymbolicLink(loop, loop);

    assertThatThrownBy(() -> Database.copied(loop, folder.resolve("copy")))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("the state cannot be read");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var all = Files.list(folder)) {
      return all.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static String read(Sql sql, String query) {
    try {
      return sql.first(query, row -> row.getString(1)).orElse("");
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void insertRun(Database database) {
    database.together(DatabaseTest::insertRun);
  }

  private static int insertRun(Sql sql) throws java.sql.SQLException {
    return sql.update(
        "insert into run (id, system, environment, purpose, created_at, plan_schema, plan, plan_hash)"
            + " values ('r1', 'shop', 'prod', 'rollback', 0, 1, '{}', 'h')");
  }
}
