package dev.lastgood.provider.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.ReplaceOptions;
import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `mongodb` does, on whatever server.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class MongodbBehaviour implements PlatformContract {
  private static final AtomicInteger WORLDS = new AtomicInteger();

  @TempDir Path dir;

  abstract MongoWorld where();

  @Override
  public Shop world() throws Exception {
    int n = WORLDS.incrementAndGet();
    return new Shop(
        dir.resolve("w" + n), where(), "shop" + ProcessHandle.current().pid() + "w" + n);
  }

  static Method way(Shop shop, MongodbPlatform platform, String from, String to) throws Exception {
    return platform.methods(Release.of("database", from), Release.of("database", to)).getFirst();
  }

  static List<Act> acts(Method way) {
    return way.legs().stream().map(Act.class::cast).toList();
  }

  static String walk(MongodbPlatform platform, Method way) {
    var said = new StringBuilder();
    for (Act act : acts(way)) {
      Outcome outcome = platform.act(act, "key");
      assertThat(outcome).as(act.says()).isInstanceOf(Outcome.Done.class);
      said.append(((Outcome.Done) outcome).receipt()).append('\n');
      assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
    }
    return said.toString();
  }

  static String leftOut(Shop shop) throws Exception {
    Path folder = shop.dir.resolve("left-out");
    if (!Files.isDirectory(folder)) {
      return "";
    }
    try (Stream<Path> files = Files.walk(folder)) {
      var all = new StringBuilder();
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    }
  }

  static String ids(Shop shop, String collection) {
    return shop
        .db()
        .getCollection(collection)
        .find()
        .map(d -> String.valueOf(d.get("_id")))
        .into(new java.util.ArrayList<>())
        .stream()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  @Test
  void what_would_be_erased_is_counted_by_id_before_anybody_approves() throws Exception {
    try (Shop shop = world()) {
      Method way = way(shop, shop.platform(), shop.live(), shop.older());

      assertThat(way.losses())
          .hasSize(3)
          .anySatisfy(l -> assertThat(l).endsWith("customers: 1 inserted, 0 updated, 0 deleted"))
          .anySatisfy(l -> assertThat(l).endsWith("orders: 0 inserted, 1 updated, 1 deleted"))
          .anySatisfy(
              l -> assertThat(l).endsWith("loyalty: the collection itself, with 1 documents"));
    }
  }

  @Test
  void what_users_wrote_since_is_carried_over_and_what_was_live_is_kept() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();

      String said = walk(platform, way(shop, platform, shop.live(), shop.older()));

      assertThat(said).contains("1 inserted, 1 updated, 1 deleted carried over");
      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5 6");
      assertThat(Shop.field(shop.orders(), "order-7", "cents")).isEqualTo("1");
      assertThat(shop.orders().find(new Document("_id", "order-8")).first()).isNull();
      assertThat(shop.orders().countDocuments()).isEqualTo(299);
      assertThat(shop.collections())
          .contains("customers", "orders", "empty")
          .doesNotContain("loyalty")
          .anyMatch(c -> c.startsWith("lastgood_k_") && c.endsWith("_loyalty"))
          .noneMatch(c -> c.startsWith("lastgood_b_"));
      assertThat(leftOut(shop)).isEmpty();
      assertThat(platform.inventory().notes()).anyMatch(n -> n.contains("is kept under"));
    }
  }

  @Test
  void without_carrying_over_the_snapshot_stands_as_it_was() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform =
          shop.platform(where().url(shop.name), Optional.of(false), Optional.empty());

      walk(platform, way(shop, platform, shop.live(), shop.older()));

      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5");
      assertThat(shop.orders().countDocuments()).isEqualTo(300);
      assertThat(Shop.field(shop.orders(), "order-7", "cents")).isEqualTo("700");
    }
  }

  @Test
  void indexes_come_back_with_the_documents() throws Exception {
    Assumptions.assumeTrue(where().indexes(), "this server restores no indexes");
    try (Shop shop = world()) {
      shop.customers().dropIndex("mail");
      MongodbPlatform platform = shop.platform();

      walk(platform, way(shop, platform, shop.live(), shop.older()));

      assertThat(shop.customers().listIndexes().map(i -> i.getString("name"))).contains("mail");
    }
  }

  @Test
  void a_migration_of_most_documents_is_left_out_and_stands_in_a_file() throws Exception {
    try (Shop shop = world()) {
      shop.orders().updateMany(new Document(), Shop.set("currency", "EUR"));
      MongodbPlatform platform = shop.platform();
      Method way = way(shop, platform, shop.live(), shop.older());

      String said = walk(platform, way);

      assertThat(way.losses()).anyMatch(l -> l.contains("look like a migration"));
      assertThat(said).contains("299 left out, with the reasons, into ");
      assertThat(shop.orders().countDocuments(new Document("currency", "EUR"))).isZero();
      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5 6");
      assertThat(leftOut(shop).lines().filter(l -> l.contains("\"currency\": \"EUR\"")))
          .hasSizeGreaterThanOrEqualTo(299)
          .allMatch(l -> l.contains("a migration may have done it") && l.contains("\"restored\""));
    }
  }

  @Test
  void a_person_may_say_that_the_live_state_counts() throws Exception {
    try (Shop shop = world()) {
      shop.orders().updateMany(new Document(), Shop.set("currency", "EUR"));
      MongodbPlatform platform = shop.platform(Optional.of(Ambiguous.KEEP_LIVE));

      walk(platform, way(shop, platform, shop.live(), shop.older()));

      assertThat(shop.orders().countDocuments(new Document("currency", "EUR"))).isEqualTo(299);
      assertThat(leftOut(shop)).isEmpty();
    }
  }

  @Test
  void a_document_that_the_older_state_refuses_stands_in_a_file() throws Exception {
    Assumptions.assumeTrue(where().indexes(), "this server restores no indexes");
    try (Shop shop = world()) {
      shop.customers().dropIndex("mail");
      shop.customers().insertOne(Shop.customer(1).append("_id", 77)); // the address of customer 1
      MongodbPlatform platform = shop.platform();

      walk(platform, way(shop, platform, shop.live(), shop.older()));

      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5 6");
      assertThat(leftOut(shop)).contains("\"_id\": {\"$numberInt\": \"77\"}").contains("\"why\"");
    }
  }

  @Test
  void written_between_the_last_round_and_the_exchange_is_not_lost() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();
      List<Act> acts = acts(way(shop, platform, shop.live(), shop.older()));
      for (Act act : acts.subList(0, acts.size() - 1)) {
        assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }
      // As if it had been written in the moment before the rename: it stands in the kept one.
      var kept =
          shop.db()
              .getCollection(
                  shop.collections().stream()
                      .filter(c -> c.startsWith("lastgood_k_") && c.endsWith("_customers"))
                      .findFirst()
                      .orElseThrow());
      kept.insertOne(Shop.customer(7));
      kept.updateOne(new Document("_id", 6), Shop.set("name", "Late"));
      kept.updateOne(new Document("_id", 2), Shop.set("name", "Late, too"));
      kept.deleteOne(new Document("_id", 3));
      kept.updateOne(new Document("_id", 4), Shop.set("name", "Before"));
      // And users went on after it.
      shop.customers().updateOne(new Document("_id", 4), Shop.set("name", "After"));
      shop.customers().insertOne(Shop.customer(9));

      Outcome outcome = platform.act(acts.getLast(), "key");

      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(ids(shop, "customers")).isEqualTo("1 2 4 5 6 7 9");
      assertThat(Shop.field(shop.customers(), 6, "name")).isEqualTo("Late");
      assertThat(Shop.field(shop.customers(), 2, "name")).isEqualTo("Late, too");
      assertThat(Shop.field(shop.customers(), 4, "name")).isEqualTo("After");
      assertThat(leftOut(shop)).contains("Before").contains("changed on both sides");
    }
  }

  @Test
  void rounds_follow_what_users_take_back() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();
      List<Act> acts = acts(way(shop, platform, shop.live(), shop.older()));
      for (Act act : acts.subList(0, 3)) {
        assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }
      // Everything that was carried over is taken back before the exchange.
      shop.customers().deleteOne(new Document("_id", 6));
      shop.orders().updateOne(new Document("_id", "order-7"), Shop.set("cents", 700L));

      for (Act act : acts.subList(3, acts.size())) {
        assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
      }

      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5");
      assertThat(Shop.field(shop.orders(), "order-7", "cents")).isEqualTo("700");
      assertThat(leftOut(shop)).isEmpty();
    }
  }

  @Test
  void an_undo_goes_back_to_what_was_kept_and_takes_new_documents_along() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();
      walk(platform, way(shop, platform, shop.live(), shop.older()));
      shop.customers().insertOne(Shop.customer(8));
      shop.orders().deleteOne(new Document("_id", "order-9"));
      Method back = way(shop, platform, shop.older(), shop.live());

      walk(platform, back);

      assertThat(back.losses()).anyMatch(l -> l.contains("customers: 2 inserted"));
      assertThat(platform.inventory().live().map(Release::id)).contains(shop.live());
      assertThat(ids(shop, "customers")).isEqualTo("1 2 3 4 5 6 8");
      assertThat(ids(shop, "loyalty")).isEqualTo("1");
      assertThat(shop.orders().find(new Document("_id", "order-9")).first()).isNull();
      assertThat(shop.orders().countDocuments()).isEqualTo(298);
    }
  }

  @Test
  void what_somebody_made_live_after_the_plan_is_not_replaced() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();
      List<Act> acts = acts(way(shop, platform, shop.live(), shop.older()));
      shop.db()
          .getCollection(Names.STATE)
          .replaceOne(
              new Document("_id", "live"),
              new Document("_id", "live").append("release", "after-20261121120000"),
              new ReplaceOptions().upsert(true));
      String before = shop.snapshot();

      Outcome outcome = platform.act(acts.getFirst(), "key");

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason())
          .contains("after-20261121120000 now, not " + shop.live(), "plan again");
      assertThat(shop.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void a_restored_state_that_is_not_the_snapshot_is_refused() throws Exception {
    try (Shop shop = world()) {
      MongodbPlatform platform = shop.platform();
      List<Act> acts = acts(way(shop, platform, shop.live(), shop.older()));
      platform.act(acts.getFirst(), "key");
      String beside =
          shop.collections().stream()
              .filter(c -> c.startsWith("lastgood_b_") && c.endsWith("_orders"))
              .findFirst()
              .orElseThrow();
      shop.db()
          .getCollection(beside)
          .updateOne(new Document("_id", "order-1"), Shop.set("cents", 0L));

      Outcome outcome = platform.act(acts.get(1), "key");

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason())
          .contains("orders has as many documents as it should, but others")
          .contains("live collections were not touched");
    }
  }

  @Test
  void a_snapshot_that_was_cut_off_is_never_a_target_or_is_refused() throws Exception {
    try (Shop shop = world()) {
      Path file =
          shop.dir.resolve("snapshots/" + shop.older() + "/dump/" + shop.name + "/orders.bson.gz");
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
      MongodbPlatform platform = shop.platform();
      String before = shop.snapshot();

      Method way = way(shop, platform, shop.live(), shop.older());
      Outcome outcome = platform.act(acts(way).getFirst(), "key");

      assertThat(way.losses()).anyMatch(l -> l.contains("cut off"));
      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason())
          .contains("live collections were not touched");
      assertThat(shop.snapshot()).isEqualTo(before);
    }
  }
}
