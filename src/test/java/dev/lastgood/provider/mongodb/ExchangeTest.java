package dev.lastgood.provider.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is between two renames, and who comes after it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExchangeTest {
  @TempDir Path dir;

  private static MongodbPlatform through(Shop shop, int port) {
    return shop.platform(MongoWorld.url(port, shop.name), Optional.of(false), Optional.empty());
  }

  private static String served(Shop shop) {
    List<String> all = new ArrayList<>();
    for (String name : shop.collections()) {
      if (!Names.own(name)) {
        all.add(name + " " + shop.db().getCollection(name).countDocuments());
      }
    }
    return String.join(", ", all);
  }

  /// All documents of all collections, wherever they are.
  private static long documents(Shop shop) {
    return shop.collections().stream()
        .filter(n -> !n.equals(Names.STATE))
        .mapToLong(n -> shop.db().getCollection(n).countDocuments())
        .sum();
  }

  @Test
  void whoever_dies_at_any_change_of_the_exchange_is_followed_by_one_who_finishes_it()
      throws Exception {
    try (var server = new InMemory(dir);
        var shop = new Shop(dir.resolve("shop"), server, "shop")) {
      MongodbPlatform straight = through(shop, server.port());
      Method way =
          straight
              .methods(Release.of("database", shop.live()), Release.of("database", shop.older()))
              .getFirst();
      List<Act> acts = MongodbBehaviour.acts(way);
      for (Act act : acts) {
        assertThat(straight.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }
      backAgain(shop, straight);
      // From now on both states stand, and are exchanged again and again.
      Act exchange = acts.getLast();
      long before = documents(shop);
      int broken = 0;
      for (boolean after : new boolean[] {false, true}) {
        boolean broke = true;
        for (int n = 1; broke; n++) {
          try (var wire = new CuttingWire(server.port(), n, after)) {
            Outcome first = through(shop, wire.port()).act(exchange, "key");
            broke = wire.broke();
            assertThat(first)
                .as("cut at %d", n)
                .isInstanceOf(broke ? Outcome.Unknown.class : Outcome.Done.class);
          }
          assertThat(documents(shop)).as("nothing is lost, cut at %d", n).isEqualTo(before);
          if (!(straight.look(exchange) instanceof Sight.Holds)) {
            assertThat(straight.act(exchange, "key")).isInstanceOf(Outcome.Done.class);
          }

          assertThat(straight.look(exchange)).isInstanceOf(Sight.Holds.class);
          assertThat(served(shop)).isEqualTo("customers 5, empty 0, orders 300");
          assertThat(documents(shop)).isEqualTo(before);
          broken += broke ? 1 : 0;
          backAgain(shop, straight);
        }
      }
      assertThat(broken).as("boundaries that were tried").isGreaterThan(18);
    }
  }

  private static void backAgain(Shop shop, MongodbPlatform platform) throws Exception {
    Method back =
        platform
            .methods(Release.of("database", shop.older()), Release.of("database", shop.live()))
            .getFirst();
    assertThat(platform.act(MongodbBehaviour.acts(back).getFirst(), "key"))
        .isInstanceOf(Outcome.Done.class);
    assertThat(served(shop)).isEqualTo("customers 6, empty 0, loyalty 1, orders 299");
  }

  @Test
  void halfway_is_said_and_no_other_way_is_begun() throws Exception {
    try (var server = new InMemory(dir);
        var shop = new Shop(dir.resolve("shop"), server, "shop")) {
      MongodbPlatform straight = through(shop, server.port());
      List<Act> acts =
          MongodbBehaviour.acts(
              straight
                  .methods(
                      Release.of("database", shop.live()), Release.of("database", shop.older()))
                  .getFirst());
      for (Act act : acts.subList(0, acts.size() - 1)) {
        assertThat(straight.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }
      try (var wire = new CuttingWire(server.port(), 4, true)) {
        Outcome cut = through(shop, wire.port()).act(acts.getLast(), "key");
        assertThat(((Outcome.Unknown) cut).reason())
            .contains("halfway", "Every collection is there");
      }

      assertThat(straight.inventory().live()).isEmpty();
      assertThat(straight.inventory().notes()).anyMatch(n -> n.contains("lastgood resume"));
      assertThat(straight.look(acts.getLast()).seen()).contains("is halfway");
      org.assertj.core.api.Assertions.assertThatThrownBy(straight::snapshot)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("in the middle of an exchange");
      assertThat(straight.act(acts.getFirst(), "key")).isInstanceOf(Outcome.Done.class);

      // The way back finishes it first, then goes back.
      Method back =
          straight
              .methods(Release.of("database", shop.older()), Release.of("database", shop.live()))
              .getFirst();
      assertThat(straight.act(MongodbBehaviour.acts(back).getFirst(), "key"))
          .isInstanceOf(Outcome.Done.class);
      assertThat(served(shop)).isEqualTo("customers 6, empty 0, loyalty 1, orders 299");
    }
  }

  @Test
  void what_an_application_makes_anew_while_a_name_is_free_is_set_aside_and_carried_over()
      throws Exception {
    try (var server = new InMemory(dir);
        var shop = new Shop(dir.resolve("shop"), server, "shop")) {
      MongodbPlatform platform = shop.platform();
      List<Act> acts =
          MongodbBehaviour.acts(MongodbBehaviour.way(shop, platform, shop.live(), shop.older()));
      for (Act act : acts.subList(0, 3)) {
        assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }
      Act exchange = acts.get(3);
      // Killed after the first rename, that of customers: it has no collection now.
      try (var wire = new CuttingWire(server.port(), 2, true)) {
        MongodbPlatform dying =
            shop.platform(
                MongoWorld.url(wire.port(), shop.name), Optional.of(true), Optional.empty());
        assertThat(dying.act(exchange, "key")).isInstanceOf(Outcome.Unknown.class);
      }
      assertThat(shop.collections()).doesNotContain("customers");
      shop.customers().insertOne(Shop.customer(50));

      assertThat(platform.act(exchange, "key")).isInstanceOf(Outcome.Done.class);
      assertThat(MongodbBehaviour.ids(shop, "customers")).isEqualTo("1 2 3 4 5 6");
      assertThat(platform.act(acts.get(4), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(MongodbBehaviour.ids(shop, "customers")).isEqualTo("1 2 3 4 5 50 6");
      assertThat(shop.collections()).anyMatch(c -> c.startsWith("lastgood_l1_"));
    }
  }

  @Test
  void a_server_that_is_away_is_said_without_the_connection_string() throws Exception {
    try (var server = new InMemory(dir);
        var shop = new Shop(dir.resolve("shop"), server, "shop")) {
      MongodbPlatform nowhere = through(shop, 1);

      org.assertj.core.api.Assertions.assertThatThrownBy(nowhere::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("mongodb at 127.0.0.1:1/shop")
          .hasMessageNotContaining(MongoWorld.SECRET);
    }
  }
}
