package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many checks, side by side.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class ChecksTest {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static Checks.Round round(List<Check> checks) {
    return new Checks(Some.checker()).round(checks, Optional.empty(), Optional.empty());
  }

  private static Check named(String name, Check.Probe probe) {
    return new Check(name, Optional.empty(), Set.of(), Duration.ofSeconds(30), probe);
  }

  @Test
  void they_are_measured_at_the_same_time() {
    var together = new CyclicBarrier(8);
    RudeServer.Manner all =
        (_, out) -> {
          try {
            together.await(20, TimeUnit.SECONDS);
            out.write(OK);
          } catch (java.util.concurrent.BrokenBarrierException
              | java.util.concurrent.TimeoutException e) {
            throw new java.io.IOException(e);
          }
        };
    try (var server = new RudeServer(all)) {
      var checks = new ArrayList<Check>();
      for (int i = 0; i < 8; i++) {
        checks.add(named("c" + i, Some.http(server.url("/"))));
      }
      assertThat(round(checks).allHealthy()).isTrue();
    }
  }

  @Test
  void at_most_sixteen_are_measured_at_once() {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    RudeServer.Manner counting =
        (_, out) -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          Thread.sleep(20);
          now.decrementAndGet();
          out.write(OK);
        };
    try (var server = new RudeServer(counting)) {
      var checks = new ArrayList<Check>();
      for (int i = 0; i < 60; i++) {
        checks.add(named("c" + i, Some.http(server.url("/"))));
      }
      assertThat(round(checks).allHealthy()).isTrue();
      assertThat(most.get()).isBetween(1, 16);
    }
  }

  @Test
  void they_come_in_the_order_of_their_names_with_the_time_each_took() {
    try (var server = RudeServer.json("{}")) {
      var round =
          round(
              List.of(
                  named("web", Some.http(server.url("/"))),
                  named("api", Some.http(server.url("/")))));
      assertThat(round.measurements().keySet()).containsExactly("api", "web");
      assertThat(round.seen().values()).allMatch(s -> s.took().isPositive());
      assertThat(round.lines()).hasSize(2).first().asString().startsWith("api is healthy: status");
      assertThat(round.says()).isEqualTo("2 of 2 checks healthy");
    }
  }

  @Test
  void one_sick_check_makes_the_round_sick() {
    try (var well = RudeServer.json("{}");
        var sick = RudeServer.saying("HTTP/1.1 503 Busy", "")) {
      var round =
          round(
              List.of(
                  named("web", Some.http(well.url("/"))), named("api", Some.http(sick.url("/")))));
      assertThat(round.allHealthy()).isFalse();
      assertThat(round.says()).isEqualTo("api is unhealthy: status 503, expected 200");
    }
  }

  @Test
  void no_checks_are_not_healthy() {
    var none = round(List.of());
    assertThat(none.allHealthy()).isFalse();
    assertThat(none.says()).isEqualTo("no checks are configured for this moment");
  }

  @Test
  void only_every_healthy_one_is_healthy() {
    for (Measurement bad :
        List.of(
            new Measurement.Unhealthy("x"),
            new Measurement.Inconclusive("x"),
            new Measurement.Error("x"))) {
      var round =
          new Checks.Round(
              new java.util.TreeMap<>(
                  java.util.Map.of(
                      "a", new Checks.Seen(new Measurement.Healthy("y"), Duration.ZERO),
                      "b", new Checks.Seen(bad, Duration.ZERO))));
      assertThat(round.allHealthy()).as(bad.word()).isFalse();
    }
  }

  @Test
  void told_to_stop_it_answers_at_once_and_nothing_is_healthy() throws Exception {
    try (var server = new RudeServer((_, _) -> Thread.sleep(Duration.ofMinutes(5)))) {
      var result = new java.util.concurrent.CompletableFuture<Checks.Round>();
      var check =
          new Check(
              "slow",
              Optional.empty(),
              Set.of(),
              Duration.ofMinutes(5),
              Some.http(server.url("/")));
      Thread asking = Thread.ofVirtual().start(() -> result.complete(round(List.of(check, check))));
      while (server.requests().isEmpty()) {
        Thread.onSpinWait();
      }
      asking.interrupt();
      assertThat(result.get().allHealthy()).isFalse();
      assertThat(result.get().says()).contains("slow is error: given up");
    }
  }
}
