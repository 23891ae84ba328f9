package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Back to the database that was left: with what users wrote since, or as it was and said so.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TakingBackPlatformTest {
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
  void what_users_wrote_since_is_counted_and_carried_over_and_back_once_more() throws Exception {
    Platform platform = shop.platform();
    walk(platform, shop.older());
    shop.sql(
        """
        insert into customer (name) values ('Dee');
        insert into "Order Lines" (customer, cents) select id, 5 from customer where name in ('Cy', 'Dee');
        update "Order Lines" set cents = 7 where id = 3;
        delete from "Order Lines" where id in (4, 5);
        """);

    Method way = way(platform, shop.live());

    assertThat(way.costs())
        .contains(
            "carried over, as of now: customer: 1 inserted, 0 updated, 0 deleted",
            "carried over, as of now: Order Lines: 2 inserted, 1 updated, 2 deleted");
    assertThat(way.losses()).isEmpty();
    assertThat(kept()).as("nothing stays open after a plan").endsWith(" false");
    walk(platform, shop.live());
    assertThat(names()).isEqualTo("Ann Bob Cy Dee");
    assertThat(lines()).isEqualTo("500 7");
    assertThat(kept()).endsWith(" false");

    shop.sql("insert into customer (name) values ('Ann')");
    walk(platform, shop.older());

    assertThat(names()).isEqualTo("Ann Ann Bob Cy Dee");
    assertThat(lines()).isEqualTo("500 7");
    assertThat(shop.ask(shop.name, "select count(*) from customer where more is null"))
        .as("it is the older schema again")
        .isEqualTo("0");
    assertThat(shop.databases()).hasSize(2);
  }

  @Test
  void settings_made_since_go_along_and_publications_that_do_not_are_named() throws Exception {
    shop.sql("create publication before for table customer");
    shop.sql("alter database \"" + shop.name + "\" set work_mem = '5MB'");
    Platform platform = shop.platform();
    walk(platform, shop.older());
    shop.sql(
        "alter database \"%1$s\" reset work_mem; alter database \"%1$s\" set statement_timeout = '99s'"
            .formatted(shop.name));
    shop.sql("create publication since for table customer");

    assertThat(way(platform, shop.live()).costs())
        .anyMatch(c -> c.startsWith("publication since was made or changed since and stays"))
        .contains("publication before was dropped since and will be there again");
    walk(platform, shop.live());

    assertThat(
            shop.ask(
                "postgres",
                "select setconfig::text from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where datname = '"
                    + shop.name
                    + "'"))
        .isEqualTo("{statement_timeout=99s}");
  }

  @Test
  void how_materialized_views_get_what_was_carried_over_is_said_in_plan_and_report()
      throws Exception {
    shop.sql("create materialized view \"How many\" as select count(*) n from customer");
    Platform platform = shop.platform();
    String snapshot = ((PostgresPlatform) platform).snapshot().kept().id();
    shop.sql("insert into customer (name) values ('Dee')");
    String refresh = "refresh materialized view public.\"How many\"";

    assertThat(way(platform, snapshot).costs()).anyMatch(c -> c.endsWith(refresh));
    String said = "";
    for (Act act : acts(platform, snapshot)) {
      said += platform.act(act, "key");
    }

    assertThat(said).contains("show nothing of it until they are refreshed: " + refresh);
    shop.sql(refresh);
    assertThat(shop.ask(shop.name, "select n from \"How many\"")).isEqualTo("4");
  }

  @Test
  void a_renamed_column_is_the_same_column_there_and_back() throws Exception {
    String now = "\"Cents.Of \"\"Euros\"\"\"";
    shop.sql("alter table \"Order Lines\" rename column cents to " + now);
    shop.sql("update \"Order Lines\" set %s = 11 where id = 1".formatted(now));
    Platform platform = shop.platform();

    walk(platform, shop.older());

    String cents =
        "select string_agg(%s::text, ' ' order by id) from \"Order Lines\" where id < 4 or id > 500";
    assertThat(shop.ask(shop.name, cents.formatted("cents"))).isEqualTo("11 2 3");
    shop.sql(
        "update \"Order Lines\" set cents = 22 where id = 2; insert into \"Order Lines\" (customer, cents) values (1, 44)");
    walk(platform, shop.live());
    assertThat(shop.ask(shop.name, cents.formatted(now))).isEqualTo("11 22 3 44");
    shop.sql("update \"Order Lines\" set %s = 33 where id = 3".formatted(now));
    walk(platform, shop.older());
    assertThat(shop.ask(shop.name, cents.formatted("cents"))).isEqualTo("11 22 33 44");
  }

  @Test
  void rows_that_do_not_fit_are_losses_and_in_a_file() throws Exception {
    shop.sql("alter table customer add constraint short check (length(name) < 5)");
    Platform platform = shop.platform();
    walk(platform, shop.older());
    shop.sql("insert into customer (name) values ('Longest'), ('Dee')");

    assertThat(way(platform, shop.live()).losses())
        .containsExactly(
            "customer: 1 row does not fit and goes into a file: it does not meet the check short");
    String said = "";
    for (Act act : acts(platform, shop.live())) {
      said += platform.act(act, "key");
    }

    assertThat(said).contains("1 left out, with the reasons, into " + dir);
    assertThat(names()).isEqualTo("Ann Bob Cy Dee");
  }

  @Test
  void of_two_at_once_one_does_it_and_the_other_finds_it_done() throws Exception {
    walk(shop.platform(), shop.older());
    shop.sql("insert into customer (name) values ('Dee')");
    List<Act> acts = acts(shop.platform(), shop.live());

    List<Outcome> outcomes = new ArrayList<>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Outcome>>> all = new ArrayList<>();
      for (int n = 0; n < 2; n++) {
        all.add(
            tasks.submit(() -> {
              Platform platform = shop.platform();
              return acts.stream().map(a -> platform.act(a, "key")).toList();
            }));
      }
      for (Future<List<Outcome>> one : all) {
        outcomes.addAll(one.get());
      }
    }

    assertThat(outcomes).hasSize(4).hasOnlyElementsOfType(Outcome.Done.class);
    assertThat(outcomes.toString()).containsOnlyOnce("what was live is kept as");
    assertThat(names()).isEqualTo("Ann Bob Cy Dee");
    assertThat(shop.databases()).hasSize(2);
  }

  @Test
  void a_refused_exchange_leaves_the_kept_one_closed_and_can_be_repeated() throws Exception {
    walk(shop.platform(), shop.older());
    shop.sql("insert into customer (name) values ('Dee')");
    Platform hasty = shop.platform(Duration.ofMillis(300));
    List<Act> acts = acts(hasty, shop.live());
    perform(hasty, acts.getFirst());
    try (Connection user = DriverManager.getConnection(shop.url);
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("update customer set name = 'Anna' where name = 'Ann'");

      Outcome outcome = hasty.act(acts.getLast(), "key");

      assertThat(outcome.toString()).startsWith("Refused").contains("as it was and open");
      user.commit();
    }
    assertThat(kept()).endsWith(" false");
    perform(shop.platform(), acts.getLast());

    assertThat(names()).isEqualTo("Anna Bob Cy Dee");
  }

  @Test
  void a_snapshot_in_between_changes_the_name_and_not_what_is_known() throws Exception {
    Platform platform = shop.platform();
    walk(platform, shop.older());
    shop.sql("insert into customer (name) values ('Dee')");
    shop.platform().snapshot();
    shop.sql("delete from \"Order Lines\" where id = 9");

    walk(platform, shop.live());

    assertThat(names()).isEqualTo("Ann Bob Cy Dee");
    assertThat(lines()).isEqualTo("499 3");
  }

  @Test
  void without_carrying_over_the_notes_of_before_are_not_believed_any_more() throws Exception {
    Platform platform = shop.platform();
    walk(platform, shop.older());
    walk(platform, shop.live());
    shop.sql("insert into customer (name) values ('Dee')");
    Platform without = without();
    Method way = way(without, shop.older());
    assertThat(way.legs()).as("restored anew").hasSize(3);
    walk(without, shop.older());
    walk(without, shop.live());
    shop.sql("insert into customer (name) values ('Bob')");

    assertThat(way(platform, shop.older()).legs()).as("nothing is known of that one").hasSize(4);
    walk(platform, shop.older());

    assertThat(names()).isEqualTo("Ann Bob Bob Cy Dee");
  }

  @Test
  void a_kept_database_that_is_gone_is_no_way() throws Exception {
    Platform platform = shop.platform();
    walk(platform, shop.older());
    List<Act> acts = acts(platform, shop.live());
    shop.run("postgres", "drop database \"" + shop.databases().getLast() + "\"");

    assertThat(platform.act(acts.getFirst(), "key").toString())
        .startsWith("Refused")
        .contains("does not stand on the server any more");
    assertThat(platform.act(acts.getLast(), "key")).isInstanceOf(Outcome.Refused.class);
    assertThat(names()).isEqualTo("Ann Bob Cy");
  }

  @Test
  void the_notes_are_in_no_snapshot_and_no_count() throws Exception {
    shop.sql(
        "alter table customer drop constraint customer_name_check; insert into customer (name) values ('X')");
    Platform platform = shop.platform();
    walk(platform, shop.older());
    assertThat(shop.ask(shop.name, "select count(*) from _lastgood_parting.differs"))
        .isEqualTo("1");

    String taken = shop.platform().snapshot().kept().id();

    assertThat(Manifest.read(dir.resolve("shop/snapshots").resolve(taken)).rows().keySet())
        .containsExactlyInAnyOrder("public.customer", "public.Order Lines");
    walk(platform, taken);
  }

  @Test
  void a_database_may_have_any_name() throws Exception {
    String odd = Quoted.fitting(shop.name + " \"Shop\" 'Ü' " + "X".repeat(30), "");
    shop.run(
        "postgres", "alter database \"%s\" rename to %s".formatted(shop.name, Quoted.name(odd)));
    try {
      Platform platform = platform(odd, Optional.empty());
      String kept = ((PostgresPlatform) platform).snapshot().kept().id();
      String live = platform.inventory().live().orElseThrow().id();
      walk(platform, kept);
      shop.run(inUrl(odd), "insert into customer (name) values ('Dee')");

      walk(platform, live);

      assertThat(platform.inventory().live().orElseThrow().id()).isEqualTo(live);
      assertThat(shop.ask(inUrl(odd), "select count(*) from customer where name = 'Dee'"))
          .isEqualTo("1");
    } finally {
      for (String name :
          shop.ask(
                  "postgres",
                  "select datname from pg_database where left(datname, 10) = %s"
                      .formatted(Quoted.text(odd.substring(0, 10))))
              .lines()
              .toList()) {
        shop.run("postgres", "drop database %s with (force)".formatted(Quoted.name(name)));
      }
    }
  }

  @Test
  void the_mark_of_the_rounds_before_is_believed_by_another_process() throws Exception {
    assertThat(exchangedAfterATouch(false)).isEqualTo("Ann Bob Bob Cy");
  }

  @Test
  void a_mark_that_cannot_be_read_is_none_and_more_is_compared() throws Exception {
    assertThat(exchangedAfterATouch(true)).isEqualTo("Ann Bob Cy Dee");
  }

  /// A row that was carried over is changed behind the back of all.
  private String exchangedAfterATouch(boolean spoilt) throws Exception {
    shop.sql("insert into customer (name) values ('Dee')");
    Platform platform = shop.platform();
    List<Act> acts = acts(platform, shop.older());
    acts.subList(0, acts.size() - 1).forEach(a -> perform(platform, a));
    String beside = shop.databases().getLast();
    shop.run(beside, "update customer set name = 'Bob' where name = 'Dee'");
    try (var files = Files.list(shop.dir.resolve("left-out"))) {
      Path mark =
          files
              .filter(f -> f.getFileName().toString().startsWith("mark-"))
              .findFirst()
              .orElseThrow();
      assertThat(Files.readString(mark).split(" ", -1)).hasSize(4);
      if (spoilt) {
        Files.writeString(mark, "what was this?");
      }
    }
    perform(shop.platform(), acts.getLast());
    return names();
  }

  // ---- helpers

  private Platform without() {
    return platform(shop.name, Optional.of(false));
  }

  private Platform platform(String database, Optional<Boolean> carry) {
    var settings =
        new PostgresSettings(
            new Secret(
                "${env:DATABASE_URL}", () -> shop.urlOf("NAME").replace("NAME", inUrl(database))),
            Optional.of(shop.dir.resolve("snapshots")),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            carry,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new PostgresKind()
        .open("database", settings, new Surroundings(dir, dir, InstantSource.system()));
  }

  private static String inUrl(String database) {
    return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Method way(Platform platform, String to) throws PlatformUnreachable {
    Inventory inventory = platform.inventory();
    return platform
        .methods(inventory.live().orElseThrow(), inventory.find(to).orElseThrow())
        .getFirst();
  }

  private static List<Act> acts(Platform platform, String to) throws PlatformUnreachable {
    return way(platform, to).legs().stream().map(Act.class::cast).toList();
  }

  private static void perform(Platform platform, Act act) {
    assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
  }

  private static void walk(Platform platform, String to) throws PlatformUnreachable {
    acts(platform, to).forEach(a -> perform(platform, a));
  }

  private String names() throws SQLException {
    return shop.ask(
        shop.name, "select string_agg(name, ' ' order by name collate \"C\") from customer");
  }

  private String lines() throws SQLException {
    return shop.ask(
        shop.name,
        "select count(*) || ' ' || max(cents) filter (where id = 3) from \"Order Lines\"");
  }

  /// Names of what is kept, and whether it is open.
  private String kept() throws SQLException {
    return shop.ask(
        "postgres",
        "select datname || ' ' || datallowconn from pg_database where datname like '%s\\_%%'"
            .formatted(shop.name));
  }
}
