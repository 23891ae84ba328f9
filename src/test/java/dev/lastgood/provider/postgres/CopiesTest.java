package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Method;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting.Taken;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots that are kept as idle databases on the same server.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CopiesTest {
  @TempDir Path dir;
  private Shop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(dir.resolve("shop"));
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  @Test
  void a_copy_is_gone_back_to_twice_and_the_undo_between_works() throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY).in(dir);
    Taken taken = platform.snapshot();
    String kept = taken.kept().id();
    String good = Copies.name(shop.name, kept);
    assertThat(taken.notes()).anyMatch(n -> n.contains("kept as the idle database " + good));
    assertThat(dir.resolve("snapshots").resolve(kept).resolve(Snapshots.DUMP)).doesNotExist();
    assertThat(allows(good)).isEqualTo("f");
    shop.sql("alter table customer add column nick text");
    shop.sql("insert into customer (name) values ('Dee')");

    assertThat(Going.methods(platform, kept))
        .extracting(Method::name)
        .containsExactly("copy-beside");
    Going.walk(platform, kept, "copy-beside");

    assertThat(unknown()).as("tables without statistics").isEmpty();
    assertThat(nicks()).as("the migration is gone").isEqualTo("0");
    assertThat(dees()).as("what users wrote is there").isEqualTo("1");
    Going.walk(platform, taken.live().id(), "switch-database");
    assertThat(nicks()).as("the undo").isEqualTo("1");
    assertThat(allows(good)).as("the copy is not used up").isEqualTo("f");

    // What was restored is kept as a database that served; it is gone back to by its name alone.
    shop.sql("insert into customer (name) values ('Dee')");
    for (String other : shop.databases()) {
      if (other.contains("_before_rollback_")) {
        shop.run("postgres", "drop database \"" + other + "\" with (force)");
      }
    }
    Going.walk(platform, kept, "copy-beside");
    assertThat(nicks()).isEqualTo("0");
    assertThat(dees()).isEqualTo("2");
  }

  @Test
  void the_plan_says_what_it_comes_out_of_how_old_it_is_and_whether_it_was_brought_up_before()
      throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY, SnapshotAs.DUMP).in(dir);
    String kept = platform.snapshot().kept().id();

    assertThat(Going.methods(platform, kept))
        .extracting(Method::name)
        .containsExactly("copy-beside", "restore-beside");
    assertThat(Going.methods(platform, kept).getFirst().costs())
        .anyMatch(c ->
            c.startsWith(kept + " out of its copy on the server: ")
                && c.endsWith(", 0 minutes old, never brought up here yet"));

    var copying = Going.acts(Going.methods(platform, kept).getFirst());
    Going.perform(platform, copying.get(0));

    assertThat(Going.methods(platform, kept).getFirst().costs())
        .anyMatch(c -> c.contains("out of its copy") && c.contains("brought up here before, at "));
    assertThat(Going.methods(platform, kept).getLast().costs())
        .anyMatch(c -> c.contains("out of its dump") && c.endsWith("never brought up here yet"));
  }

  @Test
  void a_copy_that_somebody_dropped_leaves_the_dump() throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY, SnapshotAs.DUMP).in(dir);
    String kept = platform.snapshot().kept().id();
    shop.sql("alter table customer add column nick text");
    var copying = Going.acts(Going.methods(platform, kept).getFirst());
    shop.run("postgres", "drop database \"" + Copies.name(shop.name, kept) + "\"");

    assertThat(platform.act(copying.getFirst(), "key").toString())
        .startsWith("Refused")
        .contains(kept);
    assertThat(Going.methods(platform, kept))
        .extracting(Method::name)
        .containsExactly("restore-beside");
    Going.walk(platform, kept, "restore-beside");
    assertThat(nicks()).isEqualTo("0");
    assertThat(unknown()).as("tables without statistics").isEmpty();
  }

  @Test
  void a_copy_that_somebody_wrote_into_does_not_spoil_the_dump() throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY, SnapshotAs.DUMP).in(dir);
    String kept = platform.snapshot().kept().id();
    shop.sql("alter table customer add column nick text");
    var copying = Going.acts(Going.methods(platform, kept).getFirst());
    var restoring = Going.acts(Going.methods(platform, kept).getLast());
    String good = Copies.name(shop.name, kept);
    shop.run("postgres", "alter database \"" + good + "\" allow_connections true");
    shop.run(good, "insert into customer (name) values ('Mallory')");
    shop.run("postgres", "alter database \"" + good + "\" allow_connections false");
    Going.perform(platform, copying.get(0));
    assertThat(platform.act(copying.get(1), "key").toString())
        .startsWith("Refused")
        .contains("customer has");

    restoring.forEach(a -> {
      assertThat(platform.look(a)).as(a.says()).isNotInstanceOf(Sight.Holds.class);
      Going.perform(platform, a);
    });

    assertThat(nicks()).isEqualTo("0");
    assertThat(shop.ask(shop.name, "select count(*) from customer where name = 'Mallory'"))
        .isEqualTo("0");
  }

  @Test
  void copies_are_counted_in_the_status_and_go_with_their_snapshot() throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY).keeping(1).in(dir);
    String first = platform.snapshot().kept().id();
    String second = platform.snapshot().kept().id();
    assertThat(platform.inventory().notes())
        .filteredOn(n -> n.contains("is the copy of"))
        .hasSize(2)
        .anyMatch(n -> n.startsWith(Copies.name(shop.name, first)));

    assertThat(platform.prune(Set.of())).containsExactly(first);

    assertThat(shop.databases()).contains(Copies.name(shop.name, second));
    assertThat(shop.databases()).doesNotContain(Copies.name(shop.name, first));
  }

  @Test
  void where_no_copy_can_be_made_the_dump_is_kept_and_a_note_says_why() throws Exception {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
    String taken = Copies.name(shop.name, "snapshot-20260102-030405");
    shop.run("postgres", "create database \"" + taken + "\"");
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY).in(dir, clock);

    Taken snapshot = platform.snapshot();

    assertThat(snapshot.notes()).anyMatch(n -> n.contains("no copy was made") && n.contains(taken));
    assertThat(shop.databases()).containsExactlyInAnyOrder(shop.name, taken);
    Going.walk(platform, snapshot.kept().id(), "restore-beside");
  }

  @Test
  void what_died_while_the_copy_was_made_is_removed_by_the_next_snapshot() throws Exception {
    String half = shop.name + "_restoring_20260102_030405_abcd";
    shop.run("postgres", "create database \"" + half + "\"");
    shop.run(
        "postgres",
        "comment on database \"%s\" is '%s'"
            .formatted(
                half,
                new Marker("", shop.name, "snapshot-20260102-030405", Marker.State.RESTORING)
                    .comment()));

    new Going.Kept(shop.url, SnapshotAs.COPY).in(dir).snapshot();

    assertThat(shop.databases()).doesNotContain(half);
  }

  private String allows(String database) throws SQLException {
    return shop.ask(
        "postgres", "select datallowconn from pg_database where datname = '" + database + "'");
  }

  /// Tables the planner knows nothing about.
  private String unknown() throws SQLException {
    return shop.ask(
        shop.name,
        """
        select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
          and not exists (select from pg_stats s where s.schemaname = 'public' and s.tablename = c.relname)
        """);
  }

  private String nicks() throws SQLException {
    return shop.ask(
        shop.name, "select count(*) from information_schema.columns where column_name = 'nick'");
  }

  private String dees() throws SQLException {
    return shop.ask(shop.name, "select count(*) from customer where name = 'Dee'");
  }
}
