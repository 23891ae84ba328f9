package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Proof;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Supervisor;
import dev.lastgood.provider.local.Until;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two real processes behind a proxy, and what must never happen to the last one that is healthy.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SideBySideTest {
  @TempDir Path dir;
  private Bench bench;
  private ReleaseDirectory platform;
  private int old;
  private int fresh;

  @BeforeEach
  void v2_runs_on_the_first_port() throws Exception {
    bench = new Bench(dir, Services.tinyServer(2), true);
    platform = bench.platform();
    old = service().ports().getFirst();
    fresh = service().ports().getLast();
  }

  @AfterEach
  void nothing_is_left() {
    bench.close();
  }

  @Test
  void the_target_is_proven_before_traffic_moves_and_the_old_one_stops_last() throws Exception {
    List<Leg> legs = sideBySide().legs();

    assertThat(legs)
        .extracting(leg -> leg instanceof Act act ? act.verb() : "prove")
        .containsExactly("start", "prove", "route", "prove", "switch-link", "stop");
    assertThat(((Proof) legs.get(1)).address()).contains("http://127.0.0.1:" + fresh);
    assertThat(((Proof) legs.get(3)).address()).isEmpty();
    assertThat(
            sideBySide().legs().stream()
                .filter(Act.class::isInstance)
                .map(leg -> ((Act) leg).downtime()))
        .containsOnly(Duration.ZERO);
  }

  @Test
  void every_moment_of_the_way_somebody_answers() throws Exception {
    for (Act act : Doing.acts(sideBySide())) {
      Doing.untilItHolds(platform, act);
      assertThat(answer(traffic())).as("after: " + act.says()).isIn("v1", "v2");
    }
    assertThat(answer(traffic())).isEqualTo("v1");
    assertThat(service().running()).extracting(Supervisor.Running::release).containsExactly("v1");
  }

  @Test
  void the_instance_that_gets_the_traffic_is_never_stopped() throws Exception {
    Act stop = Doing.act(sideBySide(), "stop");
    Doing.untilItHolds(platform, Doing.act(sideBySide(), "start"));

    assertThat(platform.act(stop, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("traffic still goes to"));
    assertThat(answer(old)).isEqualTo("v2");
  }

  @Test
  void nothing_is_stopped_when_the_traffic_goes_where_nobody_listens() throws Exception {
    Act stop = Doing.act(sideBySide(), "stop");
    Files.writeString(bench.base.resolve("route"), "127.0.0.1:" + fresh);

    assertThat(platform.act(stop, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("where nothing listens"));
    assertThat(answer(old)).isEqualTo("v2");
  }

  @Test
  void nothing_is_stopped_when_the_proxy_does_not_say() throws Exception {
    Act stop = Doing.act(sideBySide(), "stop");
    Files.delete(bench.base.resolve("route"));
    assertThat(platform.act(stop, "key")).isInstanceOf(Outcome.Refused.class);

    Files.createDirectory(bench.base.resolve("route"));
    assertThat(platform.act(stop, "key")).isInstanceOf(Outcome.Refused.class);
    assertThat(answer(old)).isEqualTo("v2");
  }

  @Test
  void no_traffic_is_led_where_nobody_listens() throws Exception {
    assertThat(platform.act(Doing.act(sideBySide(), "route"), "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("nothing listens"));
    assertThat(traffic()).isEqualTo(old);
  }

  @Test
  void a_proxy_that_cannot_be_asked_leaves_it_unclear() throws Exception {
    Act route = Doing.act(sideBySide(), "route");
    Files.delete(bench.base.resolve("route"));
    Files.createDirectory(bench.base.resolve("route"));

    assertThat(platform.look(route)).isInstanceOf(Sight.Unclear.class);
    assertThat(platform.inventory().notes()).anyMatch(n -> n.contains("where the traffic goes"));
  }

  @Test
  void a_stop_in_place_needs_the_link_to_point_at_what_comes_after() throws Exception {
    Act stop = Doing.act(inPlace(), "stop");

    assertThat(platform.act(stop, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("points at v2, not to v1"));
    assertThat(answer(old)).isEqualTo("v2");
  }

  @Test
  void a_fresh_port_that_a_stranger_took_is_refused_and_in_place_still_works() throws Exception {
    try (var _ = new ServerSocket(fresh, 1, InetAddress.getLoopbackAddress())) {
      assertThat(platform.act(Doing.act(sideBySide(), "start"), "key"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class, r -> assertThat(r.reason()).contains("is taken by pid"));

      Doing.walk(platform, inPlace());

      assertThat(answer(traffic())).isEqualTo("v1");
    }
  }

  @Test
  void the_way_back_of_either_way_works_after_the_other_one() throws Exception {
    Method back = platform.methods(v1(), v2()).getFirst();
    assertThat(back.name()).isEqualTo("side-by-side");

    Doing.walk(platform, inPlace());
    assertThat(platform.act(Doing.acts(back).getFirst(), "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("v1 runs on port " + old));
    Doing.walk(platform, platform.methods(v1(), v2()).getLast());

    assertThat(answer(traffic())).isEqualTo("v2");
    assertThat(platform.inventory().live().map(Release::id)).contains("v2");
  }

  @Test
  void what_side_by_side_left_is_stopped_at_the_end_of_in_place() throws Exception {
    Doing.untilItHolds(platform, Doing.act(sideBySide(), "start"));

    Doing.walk(platform, inPlace());

    assertThat(service().running())
        .containsExactly(new Supervisor.Running("v1", old, service().running().getFirst().pid()));
  }

  @Test
  void when_the_bad_one_has_died_the_way_is_the_same() throws Exception {
    ProcessHandle.of(service().running().getFirst().pid()).orElseThrow().destroyForcibly();

    Doing.walk(platform, sideBySide());

    assertThat(answer(traffic())).isEqualTo("v1");
  }

  @Test
  void a_way_that_was_cut_off_is_walked_again_from_the_start() throws Exception {
    Method way = sideBySide();
    for (int cut = 0; cut < Doing.acts(way).size(); cut++) {
      try (var other = new Bench(dir, Services.tinyServer(2), true)) {
        ReleaseDirectory there = other.platform();
        Method first = there.methods(v2(), v1()).getFirst();
        Doing.acts(first).stream().limit(cut).forEach(act -> Doing.untilItHolds(there, act));

        Doing.walk(other.platform(), other.platform().methods(v2(), v1()).getFirst());

        assertThat(there.inventory().live().map(Release::id)).contains("v1");
        assertThat(other.service.orElseThrow().running())
            .extracting(Supervisor.Running::release)
            .containsExactly("v1");
      }
    }
  }

  @Test
  void what_serves_is_live_also_when_the_link_says_otherwise() throws Exception {
    Files.delete(bench.current());
    Files.createSymbolicLink(bench.current(), Path.of("releases/v1"));

    Inventory inventory = platform.inventory();

    assertThat(inventory.live().map(Release::id)).contains("v2");
    assertThat(inventory.notes())
        .anyMatch(n -> n.startsWith("v2 serves on port " + old) && n.contains("points at v1"));
  }

  @Test
  void a_process_that_is_gone_is_a_note() throws Exception {
    ProcessHandle.of(service().running().getFirst().pid()).orElseThrow().destroyForcibly();

    Until.holds("it is gone", () -> service().running().isEmpty());
    assertThat(platform.inventory().notes()).contains("no process that Lastgood started serves");
    assertThat(platform.inventory().live().map(Release::id)).contains("v2");
  }

  private Method sideBySide() throws Exception {
    return platform.methods(v2(), v1()).getFirst();
  }

  private Method inPlace() throws Exception {
    return platform.methods(v2(), v1()).getLast();
  }

  private Release v1() {
    return bench.named("v1");
  }

  private Release v2() {
    return bench.named("v2");
  }

  private Supervisor service() {
    return bench.service.orElseThrow();
  }

  private int traffic() throws Exception {
    Optional<String> target = bench.proxy.orElseThrow().target();
    return Instances.port(target.orElseThrow()).orElseThrow();
  }

  private static String answer(int port) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write('\n');
      byte[] two = socket.getInputStream().readNBytes(2);
      return new String(two, java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
