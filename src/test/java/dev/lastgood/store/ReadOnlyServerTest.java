package dev.lastgood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// A shared state that is only looked at, on a real server.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadOnlyServerTest {
  private final String url = PostgresFixture.url();

  @Test
  void it_can_be_read_and_not_be_written() {
    Database.open(url).close();

    try (var database = Database.readOnly(url)) {
      assertThat(database.<Long>plainly(ReadOnlyServerTest::runs)).isZero();
      assertThatThrownBy(() -> database.plainly(sql -> sql.update("delete from run")))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> database.together(sql -> sql.update("delete from run")))
          .isInstanceOf(StoreUnavailable.class);
    }
  }

  @Test
  void no_tables_are_made() {
    assertThatThrownBy(() -> Database.readOnly(url))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("there is no state of Lastgood yet")
        .hasMessageContaining("lastgood status makes one");
    assertThatThrownBy(() -> Database.readOnly(url)).hasMessageContaining("no state of Lastgood");
  }

  @Test
  void older_tables_are_not_brought_up_to_date() {
    try (var database = Database.open(url)) {
      database.plainly(sql ->
          sql.update("delete from lastgood_schema where version <> '1' and version is not null"));
    }

    assertThatThrownBy(() -> Database.readOnly(url))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("an older version of Lastgood (tables 1, this one knows")
        .hasMessageContaining("lastgood status brings it up to date");
  }

  private static long runs(Sql sql) throws java.sql.SQLException {
    return sql.first("select count(*) from run", row -> row.getLong(1)).orElseThrow();
  }
}
