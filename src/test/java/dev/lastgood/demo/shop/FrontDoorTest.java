package dev.lastgood.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.demo.Tally;
import dev.lastgood.demo.Traffic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FrontDoorTest {
  private static final ShopRelease V1 = new ShopRelease("v1", false);
  private static final ShopRelease V2 = new ShopRelease("v2", true);

  @TempDir Path scratch;
  private Path routes;
  private FrontDoor door;

  @BeforeEach
  void open() throws IOException {
    routes = Files.createDirectories(scratch.resolve("routes"));
    door = FrontDoor.open(0, routes);
  }

  @AfterEach
  void close() throws IOException {
    door.close();
  }

  @Test
  void no_request_is_lost_in_fifty_switches_under_load() throws IOException {
    Backend backend = backend(V1);
    route("backend", backend.port());
    try (Frontend frontend = frontend()) {
      route("frontend", frontend.port());
      Traffic traffic = Traffic.start(address(), new Traffic.Pace(16, 300), InstantSource.system());
      for (int i = 0; i < 50; i++) {
        Backend next = backend(V1);
        route("backend", next.port());
        backend.close();
        backend = next;
        long seen = traffic.tally().ok();
        eventually("traffic goes on", () -> traffic.tally().ok() > seen + 4);
      }

      Tally tally = traffic.end();
      assertThat(tally.reasons()).isEmpty();
      assertThat(tally.failed()).isZero();
      assertThat(tally.ok()).isGreaterThan(200);
      assertThat(Files.readAllLines(scratch.resolve("orders.jsonl"))).hasSize((int) tally.orders());
    } finally {
      backend.close();
    }
  }

  @Test
  void a_request_on_its_way_ends_where_it_began() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Backend quick = backend(V1)) {
      route("backend", slow.getLocalPort());
      try (Wire customer = Wire.connect(address(), 1000)) {
        customer.write(get("/api/health"), new byte[0]);
        try (Wire behind = new Wire(slow.accept())) {
          assertThat(behind.readHead().orElseThrow().target()).isEqualTo("/api/health");
          route("backend", quick.port());
          behind.write(
              new Head("HTTP/1.1 200 OK", List.of(new Head.Header("Content-Length", "4"))),
              "slow".getBytes(StandardCharsets.US_ASCII));

          Head head = customer.readHead().orElseThrow();

          assertThat(customer.readBody(head, "GET")).asString().isEqualTo("slow");
        }
      }
      assertThat(ask("/api/health")).contains("\"version\":\"v1\"");
    }
  }

  @Test
  void an_address_nobody_listens_at_is_a_502_that_names_it() throws IOException {
    int unused = unusedPort();
    route("backend", unused);

    assertThat(ask("/api/health")).startsWith("502 no answer from 127.0.0.1:" + unused);
  }

  @Test
  void a_file_that_is_no_address_leaves_the_route_as_it_was() throws IOException {
    try (Backend backend = backend(V1)) {
      route("backend", backend.port());
      write("backend", "");
      write("other", "127.0.0.1:1");
      eventually("the folder was read", () -> ask("/_door/routes/other").contains(":1"));

      assertThat(ask("/_door/routes/backend")).contains("127.0.0.1:" + backend.port());
      assertThat(ask("/api/health")).contains("healthy");
    }
  }

  @Test
  void what_is_in_use_can_be_read_back() throws IOException {
    try (Backend backend = backend(V1)) {
      route("backend", backend.port());
      ask("/api/health");

      assertThat(ask("/_door/routes"))
          .isEqualTo(
              "200 {\"routes\":{\"backend\":\"127.0.0.1:%1$d\"},\"inFlight\":{\"127.0.0.1:%1$d\":0}}\n"
                  .formatted(backend.port()));
    }
  }

  @Test
  void gifts_use_up_the_connections_of_v2_and_only_of_v2() throws IOException {
    for (ShopRelease release : List.of(V1, V2)) {
      try (Backend backend = backend(release)) {
        route("backend", backend.port());
        for (int i = 0; i < Connections.ALL; i++) {
          assertThat(order("order=g" + i + "&gift=yes")).startsWith("201");
        }

        assertThat(ask("/api/health"))
            .contains(release.leaks() ? "\"status\":\"unhealthy\"" : "\"status\":\"healthy\"");
        assertThat(ask("/api/products")).startsWith(release.leaks() ? "503" : "200");
      }
    }
  }

  private Backend backend(ShopRelease release) throws IOException {
    return new Backend(0, release, OrderStore.open(scratch.resolve("orders.jsonl")));
  }

  private Frontend frontend() throws IOException {
    return new Frontend(0, V1, java.net.URI.create("http://" + address() + "/api/"));
  }

  private String address() {
    return "127.0.0.1:" + door.port();
  }

  /// Moves a route as Lastgood does: write, then read back until the door says so.
  private void route(String name, int port) throws IOException {
    write(name, "127.0.0.1:" + port);
    eventually(name + " is moved", () -> ask("/_door/routes/" + name).endsWith(":" + port + "\n"));
  }

  private void write(String name, String content) throws IOException {
    Path next = Files.writeString(scratch.resolve(name + ".next"), content);
    Files.move(next, routes.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private String ask(String target) {
    return exchange(get(target), "");
  }

  private String order(String form) {
    return exchange(
        new Head(
            "POST /api/orders HTTP/1.1",
            List.of(new Head.Header("Content-Length", "" + form.length()))),
        form);
  }

  private String exchange(Head request, String body) {
    try (Wire wire = Wire.connect(address(), 1000)) {
      wire.write(request, body.getBytes(StandardCharsets.UTF_8));
      Head head = wire.readHead().orElseThrow();
      return head.status()
          + " "
          + new String(wire.readBody(head, request.method()), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Head get(String target) {
    return new Head("GET " + target + " HTTP/1.1", List.of(new Head.Header("Host", "shop")));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void eventually(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
