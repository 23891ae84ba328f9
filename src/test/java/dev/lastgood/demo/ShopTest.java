package dev.lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shop and its team's deploy tool, on real processes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShopTest {
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path scratch;
  private ShopPlace place;
  private Shop shop;

  @BeforeEach
  void open() throws IOException {
    place = ShopPlace.in(scratch);
    shop = new Shop(place, scratch.resolve("state"), InstantSource.system());
    shop.open();
    shop.deploy("frontend", "v1");
    shop.deploy("backend", "v1");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void a_deploy_under_traffic_loses_nothing_and_v2_stands_still_after_a_few_seconds()
      throws IOException {
    try (Traffic traffic = Traffic.start(place.door(), Traffic.Pace.DEMO, InstantSource.system())) {
      Ask.until("customers are served", PATIENCE_SECONDS, () -> traffic.tally().ok() > 50);

      shop.deploy("backend", "v2");
      traffic.mark("v2 is live");

      assertThat(traffic.tally().failed()).as("%s", traffic.tally().reasons()).isZero();
      assertThat(Ask.get(place.door(), "/api/health").orElseThrow())
          .contains("\"version\":\"v2\"")
          .contains("\"status\":\"healthy\"");
      Ask.until(
          "customers fail", PATIENCE_SECONDS, () -> traffic.tally().failedSince("v2 is live") > 20);
      assertThat(Ask.get(place.door(), "/api/health")).as("not healthy any more").isEmpty();

      shop.deploy("backend", "v1");
      servedAgain(traffic, 50);
      traffic.mark("v1 is live again");
      servedAgain(traffic, 100);

      Tally tally = traffic.end();
      assertThat(tally.failedSince("v1 is live again")).isZero();
      assertThat(tally.downtime()).isPresent();
      assertThat(Files.readAllLines(place.orders())).hasSize((int) tally.orders());
    }
  }

  private static void servedAgain(Traffic traffic, int times) throws IOException {
    long before = traffic.tally().ok();
    Ask.until(
        "customers are served again",
        PATIENCE_SECONDS,
        () -> traffic.tally().ok() > before + times);
  }

  @Test
  void a_deploy_leaves_one_instance_and_the_link_at_its_release() throws IOException {
    shop.deploy("backend", "v2");

    assertThat(shop.running("backend")).singleElement().extracting("release").isEqualTo("v2");
    assertThat(shop.address("backend"))
        .isEqualTo("127.0.0.1:" + shop.running("backend").getFirst().port());
    assertThat(Files.readSymbolicLink(place.home("backend").resolve("current")))
        .isEqualTo(Path.of("releases/v2"));
  }

  @Test
  void nothing_of_the_shop_is_left_when_it_is_closed() {
    shop.close();

    assertThat(shop.running("backend")).isEmpty();
    assertThat(shop.running("frontend")).isEmpty();
    assertThat(Ask.get(place.door(), "/_door/routes")).isEmpty();
  }
}
