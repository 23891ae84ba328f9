package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a database has besides rows is there again after a rollback, as it was.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresFidelityTest {
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
  void default_privileges_publications_comments_and_event_triggers() throws Exception {
    String role = shop.name + "_reader";
    shop.run("postgres", "create role \"%s\"".formatted(role));
    try {
      shop.sql(
          """
          alter default privileges grant select on tables to "%1$s";
          grant select (name) on customer to "%1$s";
          create publication changes for table customer;
          comment on column customer.name is 'as on the ''bill''';
          create function watch() returns event_trigger language plpgsql as $$ begin end $$;
          create event trigger watcher on ddl_command_end execute function watch();
          """
              .formatted(role));
      String facts =
          """
          select defaclacl::text from pg_default_acl
          union all select attacl::text from pg_attribute where attacl is not null and attrelid = 'customer'::regclass
          union all select pubname || prrelid::regclass from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
          union all select col_description('customer'::regclass, attnum) from pg_attribute
            where attname = 'name' and attrelid = 'customer'::regclass
          union all select evtname || evtenabled::text from pg_event_trigger order by 1\
          """;
      String before = shop.ask(shop.name, facts);

      back(shop.platform().snapshot().kept().id());

      assertThat(before.lines()).hasSize(5);
      assertThat(shop.ask(shop.name, facts)).isEqualTo(before);
    } finally {
      shop.close();
      shop.run("postgres", "drop role \"%s\"".formatted(role));
    }
  }

  @Test
  void the_tablespaces_of_the_database_and_of_its_tables() throws Exception {
    String space = shop.name + "_fast";
    makeSpace(space);
    try {
      shop.run(
          "postgres", "alter database \"%s\" set tablespace \"%s\"".formatted(shop.name, space));
      shop.sql("create table archive (id int primary key) tablespace pg_default");
      String facts =
          "select t.spcname from pg_database d join pg_tablespace t on t.oid = d.dattablespace where"
              + " datname = current_database() union all select 'archive ' || coalesce(t.spcname,"
              + " 'as the database') from pg_class c left join pg_tablespace t on t.oid ="
              + " c.reltablespace where relname = 'archive'";
      String before = shop.ask(shop.name, facts);

      back(shop.platform().snapshot().kept().id());

      assertThat(before).isEqualTo(space + "\narchive pg_default");
      assertThat(shop.ask(shop.name, facts)).isEqualTo(before);
    } finally {
      shop.close();
      shop.run("postgres", "drop tablespace \"%s\"".formatted(space));
    }
  }

  @Test
  void moments_of_every_time_zone_and_large_objects_that_users_wrote_meanwhile() throws Exception {
    shop.sql(
        """
        create table visit (id int primary key, at timestamptz, wall timestamp, day date, raw oid);
        insert into visit values (1, '2026-03-29 01:59:59.999999+01', '2026-03-29 02:30', 'infinity', lo_from_bytea(0, 'before'));
        """);
    String kept = shop.platform().snapshot().kept().id();
    shop.sql(
        """
        set timezone = 'Pacific/Chatham';
        insert into visit values (2, '2026-10-25 02:30:00 Europe/Berlin', '0044-03-15 BC', '-infinity', lo_from_bytea(0, 'meanwhile'));
        insert into visit values (3, '2026-10-25 02:30:00.000001+01', '294276-12-31 23:59:59', '4713-01-01 BC', null);
        """);
    String facts =
        "select id || ' ' || (at at time zone 'UTC') || ' ' || wall || ' ' || day || ' ' ||"
            + " coalesce(convert_from(lo_get(raw), 'utf8'), '') from visit order by id";
    String before = shop.ask(shop.name, facts);

    back(kept);

    assertThat(before.lines()).hasSize(3);
    assertThat(shop.ask(shop.name, facts)).isEqualTo(before);
  }

  /// A tablespace cannot be made in a transaction, nor by two statements in one.
  private void makeSpace(String space) throws SQLException {
    try (Connection connection = DriverManager.getConnection(shop.urlOf("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("set allow_in_place_tablespaces = on");
      statement.execute("create tablespace \"%s\" location ''".formatted(space));
    }
  }

  private void back(String to) throws Exception {
    String oid = oid();
    PostgresPlatform platform = shop.platform();
    Inventory inventory = platform.inventory();
    platform
        .methods(inventory.live().orElseThrow(), inventory.find(to).orElseThrow())
        .getFirst()
        .legs()
        .stream()
        .map(Act.class::cast)
        .forEach(
            a -> assertThat(platform.act(a, "key")).as(a.says()).isInstanceOf(Outcome.Done.class));
    assertThat(oid()).isNotEqualTo(oid);
  }

  private String oid() throws SQLException {
    return shop.ask(
        "postgres", "select oid from pg_database where datname = '%s'".formatted(shop.name));
  }
}
