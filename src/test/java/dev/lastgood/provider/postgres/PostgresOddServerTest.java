package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers, roles and databases that others have set up in their own way.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresOddServerTest {
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
  void time_outs_and_spellings_of_the_role_are_none_of_our_sessions() throws Exception {
    String role = shop.name + "_hasty";
    shop.run("postgres", "create role \"%1$s\" login superuser".formatted(role));
    try {
      List<String> limits =
          new ArrayList<>(List.of("idle_session_timeout", "idle_in_transaction_session_timeout"));
      shop.ask("postgres", "select name from pg_settings where name = 'transaction_timeout'")
          .lines()
          .forEach(limits::add);
      for (String limit : limits) {
        shop.run("postgres", "alter role \"%s\" set %s = '5s'".formatted(role, limit));
      }
      shop.run("postgres", "alter role \"%s\" set quote_all_identifiers = on".formatted(role));
      String url = shop.url.replace("user=postgres", "user=" + role);
      var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");

      try (Session turn = server.patient(Duration.ofHours(1));
          var reader = new Session(server.whole(shop.name).reader());
          var writer = new Session(server.whole(shop.name).writer());
          var owner = new Session(server.whole(shop.name).owner())) {
        for (Session session : List.of(turn, reader, writer, owner)) {
          for (String limit : limits) {
            assertThat(session.text("show " + limit)).as(limit).isEqualTo("0");
          }
          assertThat(session.text("show quote_all_identifiers")).isEqualTo("off");
        }
      }
    } finally {
      shop.run("postgres", "drop role \"%s\"".formatted(role));
    }
  }

  @Test
  void what_others_have_in_a_schema_of_a_reserved_name_stops_the_plan_and_stays() throws Exception {
    for (String schema :
        List.of("_lastgood", "_lastgood_noting", "_lastgood_parting", "_lastgood_slot")) {
      shop.sql("create schema %1$s; create table %1$s.mine as select 42 as n".formatted(schema));

      assertThatThrownBy(() -> acts(shop.platform(), shop.older()))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining(schema + ".mine")
          .hasMessageContaining("rename the schema");
      assertThatThrownBy(() -> shop.platform().snapshot())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining(schema + ".mine");

      assertThat(shop.ask(shop.name, "select n from %s.mine".formatted(schema))).isEqualTo("42");
      shop.sql("drop schema %s cascade".formatted(schema));
    }
    walk(shop.platform(), shop.older());
    walk(shop.platform(), shop.live());
  }

  @Test
  void a_prepared_transaction_is_named_in_the_plan_and_by_the_switch() throws Exception {
    PostgresPlatform platform = shop.platform();
    shop.sql("begin; insert into customer (name) values ('Dee'); prepare transaction 'a b'");
    try {
      Inventory inventory = platform.inventory();
      assertThat(
              platform
                  .methods(
                      inventory.live().orElseThrow(), inventory.find(shop.older()).orElseThrow())
                  .getFirst()
                  .costs())
          .anyMatch(c -> c.contains("refused as long as") && c.contains("transaction a b"));
      List<Act> acts = acts(platform, shop.older());
      perform(platform, acts.subList(0, acts.size() - 1));

      assertThat(platform.act(acts.getLast(), "key"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .contains(
                          "was not switched", "prepared transaction a b of postgres is open"));
    } finally {
      shop.sql("rollback prepared 'a b'");
    }
  }

  private static List<Act> acts(Platform platform, String to) throws PlatformUnreachable {
    Inventory inventory = platform.inventory();
    return platform
        .methods(inventory.live().orElseThrow(), inventory.find(to).orElseThrow())
        .getFirst()
        .legs()
        .stream()
        .map(Act.class::cast)
        .toList();
  }

  private static void walk(Platform platform, String to) throws PlatformUnreachable {
    perform(platform, acts(platform, to));
  }

  private static void perform(Platform platform, List<Act> acts) {
    for (Act act : acts) {
      assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
      assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
    }
  }
}
