package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.TableName;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import dev.lastgood.provider.Piecemeal.Piece;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Single tables go back, and the rest of the database stays as it is.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TablesTest {
  private static final String ODD = "\"Odd \"\"Name\"";

  @TempDir Path dir;
  private Crm crm;

  @BeforeEach
  void open() throws Exception {
    crm = new Crm(dir);
  }

  @AfterEach
  void close() throws SQLException {
    crm.close();
  }

  @Test
  void notes_that_are_too_much_for_the_exchange_are_taken_away_after_it() throws Exception {
    try (Crm narrow = new Crm(dir.resolve("narrow"), PostgresFixture.narrowUrl())) {
      String snapshot = narrow.snapshot();
      // what a rollback of the whole database left when it was killed
      narrow.sql("create schema _lastgood_noting");
      narrow.sql(
          """
          do $$ begin for n in 1..400 loop
            execute format('create function _lastgood_noting.note_%1$s() returns trigger language plpgsql as $x$begin return null; end$x$', n);
            execute format('create table if not exists "other %1$s" (id int)', n % 40);
            for m in 1..4 loop
              execute format('create trigger t_%1$s_%2$s after insert on "other %3$s" for each statement execute function _lastgood_noting.note_%1$s()', n, m, n % 40);
            end loop;
            commit;
          end loop; end $$
          """);

      assertThatThrownBy(() -> narrow.sql("drop schema _lastgood_noting cascade"))
          .hasMessageContaining("out of shared memory");

      narrow.walk(narrow.piece(snapshot, "region"));

      assertThat(narrow.ask("select count(*) from pg_namespace where nspname = '_lastgood_noting'"))
          .isEqualTo("0");
      assertThat(narrow.ask("select count(*) from pg_trigger where tgname like 't\\_%'"))
          .isEqualTo("0");
    }
  }

  @Test
  void two_tables_go_back_with_what_users_wrote_and_the_rest_is_as_it_was() throws Exception {
    String snapshot = crm.snapshot();
    crm.sql(
        "alter table customer drop column city;"
            + " update "
            + ODD
            + " set \"Body, text\" = '' where id > 20; update orders set cents = 1");
    crm.sql(
        "insert into region values (3, 'East'); insert into customer (region, name) values (3, 'Dee');"
            + " insert into orders (customer, cents) select id, 77 from customer where name = 'Dee';"
            + " update customer set name = 'c1 & co' where id = 1; insert into "
            + ODD
            + " (customer, \"Body, text\") values (301, 'of Dee')");
    String mails = crm.ask("select count(*) from mail");
    String orders = crm.ask("select oid from pg_class where relname = 'orders'");
    Piece piece = crm.piece(snapshot, "customer," + ODD);
    try (Connection session = DriverManager.getConnection(crm.url)) {
      String pid = Crm.ask(session, "select pg_backend_pid()");

      assertThat(piece.method().costs())
          .anyMatch(c -> c.contains("orders.orders_customer_fkey to customer"))
          .anyMatch(c -> c.contains("customer.customer_region_fkey to region"));
      assertThat(piece.method().losses()).anyMatch(l -> l.contains("public.customer"));
      assertThat(piece.method().losses()).noneMatch(l -> l.contains("orders"));
      crm.walk(piece);

      assertThat(Crm.ask(session, "select pg_backend_pid()")).as("nobody's session").isEqualTo(pid);
      assertThat(Crm.ask(session, "select count(*) from customer where name like 'c%'"))
          .isEqualTo("300");
    }
    assertThat(
            crm.ask(
                "select name || ' ' || city || ' ' || label from customer where id in (1, 301) order by id"))
        .isEqualTo("c1 & co Bern c1 & co!\nDee Bern Dee!");
    assertThat(crm.ask("select sum(length(\"Body, text\")) from " + ODD))
        .isEqualTo(Integer.toString(300 * 301 / 2 + 6));
    assertThat(crm.ask("select sum(cents) from orders")).as("not named").isEqualTo("977");
    assertThat(crm.ask("select oid from pg_class where relname = 'orders'")).isEqualTo(orders);
    assertThat(crm.ask("select count(*) from mail")).as("no second e-mail").isEqualTo(mails);
    whole("customer");
    assertThat(crm.leftovers()).isEmpty();

    back(piece.to().id());
  }

  /// What hangs on the tables hangs on those that are live now.
  private void whole(String table) throws SQLException {
    assertThat(
            crm.ask(
                "select conname || ' ' || convalidated from pg_constraint where contype = 'f' and (confrelid = 'public.customer'::regclass or conrelid = 'public.customer'::regclass) order by 1"))
        .isEqualTo(
            "Odd \"Name_customer_fkey true\ncustomer_region_fkey true\norders_customer_fkey true");
    assertThat(
            crm.ask(
                "select count(*) from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid where k.contype = 'f' and (c.relnamespace::regnamespace::text ~ 'kept') <> (t.relnamespace::regnamespace::text ~ 'kept')"))
        .isEqualTo("0");
    assertThat(crm.ask("select name || cents from rich where name = 'Dee'")).isEqualTo("Dee77");
    assertThat(crm.ask("select reloptions::text from pg_class where relname = 'rich'"))
        .isEqualTo("{security_invoker=true}");
    assertThat(
            crm.ask(
                "select string_agg(schemaname || '.' || tablename, ' ' order by tablename) from pg_publication_tables where pubname = 'crm'"))
        .isEqualTo("public.customer public.region");
    assertThat(
            crm.ask("select pg_get_expr(polqual, polrelid) from pg_policy where polname = 'known'"))
        .doesNotContain("kept");
    assertThat(crm.ask("select obj_description('public." + table + "'::regclass)"))
        .isEqualTo("who pays");
    crm.sql("begin; insert into customer (region, name) values (1, 'next'); rollback");
  }

  private void back(String mixed) throws Exception {
    crm.sql(
        "insert into customer (region, name) values (2, 'Eve'); update customer set name = 'c2!' where id = 2;"
            + " delete from "
            + ODD
            + " where id = 3");
    PostgresPlatform platform = crm.platform();
    var inventory = platform.inventory();
    assertThat(inventory.live().orElseThrow().id()).isEqualTo(mixed);
    String before = inventory.releases().get(1).id();
    String after =
        inventory.releases().stream()
            .map(r -> r.id())
            .filter(i -> i.startsWith("after-"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(before));

    Going.walk(platform, after, TableWays.SWITCH);

    assertThat(platform.inventory().live().orElseThrow().id()).isEqualTo(after);
    assertThat(
            crm.ask(
                "select string_agg(name, ' ' order by id) from customer where id in (1, 2, 50) or id > 300"))
        .isEqualTo("c1 & co c2! c50 Dee Eve");
    assertThat(crm.ask("select count(*) || ' ' || sum(length(\"Body, text\")) from " + ODD))
        .as("the damage again, and what users wrote")
        .isEqualTo("300 " + (20 * 21 / 2 + 6 - 3));
    assertThat(
            crm.ask(
                "select count(*) from pg_attribute where attrelid = 'customer'::regclass and attname = 'city'"))
        .as("the newer schema again")
        .isEqualTo("0");
    assertThat(crm.leftovers()).isEmpty();
  }

  @Test
  void rows_that_would_refer_to_nothing_refuse_it_before_anything_is_exchanged() throws Exception {
    crm.sql("insert into region values (4, 'West'); update customer set region = 4 where id = 9");
    String snapshot = crm.snapshot();
    crm.sql("update customer set region = 1 where id = 9; delete from region where id = 4");
    crm.sql("update customer set name = 'gone' where id > 20");

    assertThat(refused(crm.piece(snapshot, "customer")))
        .contains(
            "customer.customer_region_fkey: 1 row (e.g. 4) of customer as it was refer to rows of region")
        .contains("--tables region");
    assertThat(crm.ask("select count(*) from customer where name = 'gone'")).isEqualTo("280");
    assertThat(
            crm.ask("select count(*) from pg_namespace where nspname like '\\_lastgood\\_noting'"))
        .isEqualTo("0");
  }

  @Test
  void rows_of_others_that_would_refer_to_nothing_refuse_it_too() throws Exception {
    crm.sql("alter table customer add constraint short check (length(name) < 10)");
    String snapshot = crm.snapshot();
    crm.sql(
        "alter table customer drop constraint short; insert into customer (region, name) values (1, 'much longer');"
            + " insert into orders (customer, cents) select id, 5 from customer where name like 'much%'");

    assertThat(refused(crm.piece(snapshot, "customer")))
        .contains(
            "orders.orders_customer_fkey: 1 row (e.g. 301) of orders would refer to rows of customer")
        .contains("--tables orders");
    assertThat(crm.ask("select count(*) from rich where name like 'much%'")).isEqualTo("1");
  }

  @Test
  void what_a_transaction_writes_that_began_before_the_exchange_is_in_the_undo_too()
      throws Exception {
    String snapshot = crm.snapshot();
    crm.sql("alter table customer drop column city");
    String before = crm.platform().inventory().live().orElseThrow().id();
    try (Connection session = DriverManager.getConnection(crm.url)) {
      session.setAutoCommit(false);
      Crm.ask(session, "insert into log values ('it has its number now') returning body");

      crm.walk(crm.piece(snapshot, "customer"));
      Crm.ask(session, "insert into customer (region, name) values (1, 'late') returning id");
      session.commit();
    }
    crm.sql("update customer set name = 'c4?' where id = 4");
    Going.walk(crm.platform(), before, TableWays.SWITCH);

    assertThat(
            crm.ask(
                "select string_agg(name, ' ' order by id) from customer where id in (4, 5) or id > 300"))
        .isEqualTo("c4? c5 late");
  }

  @Test
  void the_whole_database_can_go_back_afterwards_and_snapshots_are_without_what_is_kept()
      throws Exception {
    String first = crm.snapshot();
    crm.sql(
        "alter table customer drop column city; insert into customer (region, name) values (1, 'Dee')");
    String before = crm.platform().inventory().live().orElseThrow().id();
    crm.walk(crm.piece(first, "customer"));
    assertThat(crm.platform().inventory().find(before)).isPresent();
    String second = crm.snapshot();
    assertThat(crm.platform().inventory().find(before))
        .as("other tables may be others from now on")
        .isEmpty();
    crm.sql("alter table customer drop column city; insert into log values ('on we go')");

    Going.walk(crm.platform(), second, Ways.RESTORE);

    assertThat(crm.ask("select count(*) || ' ' || count(city) from customer")).isEqualTo("301 301");
    assertThat(crm.ask("select count(*) from log")).isEqualTo("51");
    assertThat(
            crm.ask("select count(*) from pg_namespace where nspname like '\\_lastgood\\_kept%'"))
        .isEqualTo("0");
    Going.walk(crm.platform(), first, Ways.RESTORE);
    assertThat(crm.ask("select count(*) || ' ' || count(city) from customer")).isEqualTo("301 301");
  }

  @Test
  void without_carrying_over_the_tables_are_as_they_were_and_numbers_go_on() throws Exception {
    String snapshot = crm.snapshot();
    crm.sql("insert into customer (region, name) values (1, 'Dee'); update customer set name = ''");
    PostgresPlatform platform = crm.without();
    Piece piece = Crm.piece(platform, snapshot, "customer");
    String before = platform.inventory().live().orElseThrow().id();

    Going.acts(piece.method()).forEach(a -> Going.perform(platform, a));

    assertThat(crm.ask("select count(*) || min(name) from customer")).isEqualTo("300c1");
    crm.sql("insert into customer (region, name) values (1, 'Eve')");
    assertThat(crm.ask("select id from customer where name = 'Eve'")).isEqualTo("302");
    var back = Going.methods(platform, before).getFirst();
    assertThat(back.losses()).singleElement().asString().contains("everything written to customer");
    Going.acts(back).forEach(a -> Going.perform(platform, a));
    assertThat(crm.ask("select count(*) || max(name) from customer")).isEqualTo("301");
  }

  @Test
  void a_table_that_a_migration_dropped_comes_back_and_goes_with_the_undo() throws Exception {
    String snapshot = crm.snapshot();
    crm.sql("drop table " + ODD);
    String before = crm.platform().inventory().live().orElseThrow().id();
    Piece piece = crm.piece(snapshot, ODD);
    assertThat(piece.method().costs()).anyMatch(c -> c.contains("is not live: it comes as it was"));

    crm.walk(piece);

    assertThat(crm.ask("select count(*) from " + ODD)).isEqualTo("300");
    assertThat(
            crm.ask(
                "select conname || convalidated from pg_constraint where contype = 'f' and conrelid = 'public."
                    + ODD
                    + "'::regclass"))
        .isEqualTo("Odd \"Name_customer_fkeytrue");
    Going.walk(crm.platform(), before, TableWays.SWITCH);
    assertThat(crm.ask("select to_regclass('public." + ODD + "') is null")).isEqualTo("t");
  }

  @Test
  void somebody_who_holds_the_table_is_waited_for_and_nobody_else_waits_longer_than_allowed()
      throws Exception {
    String snapshot = crm.snapshot();
    crm.sql("alter table customer drop column city");
    PostgresPlatform platform = crm.platform(Duration.ofMillis(300));
    try (Connection session = DriverManager.getConnection(crm.url)) {
      session.setAutoCommit(false);
      Crm.ask(session, "select count(*) from customer");

      assertThat(refused(platform, Crm.piece(platform, snapshot, "customer")))
          .contains("were not exchanged, they are as they were", "held a table for 300 ms");

      assertThat(crm.ask("select count(*) from rich")).as("all go on").isEqualTo("300");
      session.commit();
    }
    crm.walk(crm.piece(snapshot, "customer"));
    assertThat(crm.ask("select count(city) from customer")).isEqualTo("300");
    assertThat(crm.leftovers()).isEmpty();
  }

  @Test
  void a_key_that_was_never_validated_and_a_deferred_one_are_as_they_were() throws Exception {
    crm.sql(
        """
        alter table customer add parent int, add constraint deferred foreign key (parent) references region
          on delete set null deferrable initially deferred;
        alter table log add customer bigint; update log set customer = 9999;
        alter table log add constraint loose foreign key (customer) references customer not valid;
        """);
    String keys =
        "select string_agg(conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), '; ' order by conname) from pg_constraint where contype = 'f'";
    String before = crm.ask(keys);
    String snapshot = crm.snapshot();
    crm.sql("alter table customer drop column city");

    crm.walk(crm.piece(snapshot, "customer"));

    assertThat(crm.ask("select count(city) from customer")).isEqualTo("300");
    assertThat(crm.ask(keys + " and connamespace = 'public'::regnamespace")).isEqualTo(before);
    assertThat(before).contains("DEFERRABLE INITIALLY DEFERRED", "NOT VALID");
  }

  @Test
  void an_ordinary_owner_can_do_it_while_a_superuser_is_connected() throws Exception {
    String role = crm.name + "_owner";
    crm.sql(
        """
        create role "%1$s" login createdb; alter database "%2$s" owner to "%1$s";
        do $$ declare o record; begin
          for o in select oid::regclass t from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') loop
            execute format('alter table %%s owner to %%I', o.t, '%1$s');
          end loop;
        end $$;
        alter function mailed() owner to "%1$s"; alter publication crm owner to "%1$s"; alter schema public owner to "%1$s";
        """
            .formatted(role, crm.name));
    try {
      PostgresPlatform platform =
          new Going.Kept(crm.url.replace("user=postgres", "user=" + role)).in(dir);
      String snapshot = platform.snapshot().kept().id();
      crm.sql(
          "alter table customer drop column city; insert into customer (region, name) values (1, 'Dee')");
      String before = platform.inventory().live().orElseThrow().id();
      try (Connection boss = DriverManager.getConnection(crm.url)) {
        Going.acts(Crm.piece(platform, snapshot, "customer").method())
            .forEach(a -> Going.perform(platform, a));

        assertThat(Crm.ask(boss, "select count(*) || ' ' || count(city) from customer"))
            .isEqualTo("301 301");
        Going.walk(platform, before, TableWays.SWITCH);
        assertThat(Crm.ask(boss, "select count(*) from customer")).isEqualTo("301");
      }
    } finally {
      crm.sql("alter database \"" + crm.name + "\" owner to postgres");
      crm.sql(
          "reassign owned by \""
              + role
              + "\" to postgres; drop owned by \""
              + role
              + "\"; drop role \""
              + role
              + "\"");
    }
  }

  @Test
  void of_two_at_once_one_does_it_and_the_other_finds_it_done() throws Exception {
    String snapshot = crm.snapshot();
    crm.sql("alter table customer drop column city");
    List<Act> acts = Going.acts(crm.piece(snapshot, "customer").method());

    List<List<Outcome>> all = new ArrayList<>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Outcome>>> two = new ArrayList<>();
      for (int n = 0; n < 2; n++) {
        two.add(
            tasks.submit(() -> {
              PostgresPlatform platform = crm.platform();
              return acts.stream().map(a -> platform.act(a, "key")).toList();
            }));
      }
      for (var one : two) {
        all.add(one.get());
      }
    }

    assertThat(all).allSatisfy(o -> assertThat(o.getLast()).isInstanceOf(Outcome.Done.class));
    assertThat(crm.ask("select count(*) from pg_namespace where nspname ~ '^_lastgood_kept_'"))
        .isEqualTo("1");
    assertThat(crm.ask("select count(city) from customer")).isEqualTo("300");
  }

  private String refused(Piece piece) throws Exception {
    return refused(crm.platform(), piece);
  }

  private static String refused(PostgresPlatform platform, Piece piece) {
    for (Act act : Going.acts(piece.method())) {
      if (platform.act(act, "key") instanceof Outcome.Refused(String reason)) {
        return reason;
      }
    }
    return "nothing was refused";
  }

  @Test
  void an_unknown_table_is_told_with_the_nearest_name() throws Exception {
    String snapshot = crm.snapshot();
    assertThatThrownBy(() -> crm.piece(snapshot, "custmer"))
        .isInstanceOf(NoSuchPart.class)
        .hasMessageContaining("no table custmer in " + snapshot)
        .hasMessageContaining("did you mean `customer`?");
    crm.sql("create table later (id int)");
    assertThatThrownBy(() -> crm.piece(snapshot, "later")).isInstanceOf(NoSuchPart.class);
  }

  @Test
  void what_cannot_be_carried_to_another_table_is_named_before_anything_is_made() throws Exception {
    crm.sql(
        "create materialized view kept as select count(*) from customer;"
            + " create function one(customer) returns text language sql as 'select $1.name';"
            + " create table part (id int) partition by range (id)");
    String snapshot = crm.snapshot();
    assertThatThrownBy(() -> crm.piece(snapshot, "customer"))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("public.kept reads it")
        .hasMessageContaining("public.one(public.customer)");
    assertThatThrownBy(() -> crm.piece(snapshot, "part")).isInstanceOf(NoSuchPart.class);
    assertThat(List.of(crm.leftovers())).containsExactly("");
  }

  @Test
  void a_view_whose_rule_writes_into_the_table_refuses_it_and_is_named() throws Exception {
    crm.sql(
        "create view entrance as select 'nobody'::text as name; create rule enter as on insert to entrance do"
            + " instead insert into customer (region, name) values (1, new.name)");
    String snapshot = crm.snapshot();

    assertThatThrownBy(() -> crm.piece(snapshot, "customer"))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("public.entrance reads it")
        .hasMessageContaining("has a rule");
    assertThat(List.of(crm.leftovers())).containsExactly("");
  }

  @Test
  void both_ends_of_a_foreign_key_that_is_dropped_are_locked_whole_from_the_start() {
    var customer = new TableName("public", "customer");
    var region = new TableName("public", "region");
    var city = new TableName("public", "city");
    var dropped =
        new Ties.Key(
            customer, "of", "foreign key", region, List.of("region"), List.of("id"), false, true);
    var made =
        new Ties.Key(
            customer, "in", "foreign key", city, List.of("city"), List.of("id"), false, true);
    var ties =
        new Ties(
            List.of(), List.of(dropped), List.of(), List.of(), List.of(), List.of(), List.of());

    assertThat(TableHold.locks(Set.of(customer), ties, List.of(dropped, made)))
        .containsExactly(
            "lock table "
                + customer.quoted()
                + ", "
                + region.quoted()
                + " in access exclusive mode",
            "lock table " + city.quoted() + " in share row exclusive mode");
  }
}
