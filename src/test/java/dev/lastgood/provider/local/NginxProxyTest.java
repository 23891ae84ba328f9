package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NginxProxyTest {
  @TempDir Path dir;
  private RealNginx nginx;
  private static Backend v1;
  private static Backend v2;
  private Path upstream;

  @BeforeAll
  static void openBackends() throws IOException {
    v1 = new Backend("v1");
    v2 = new Backend("v2");
  }

  @AfterAll
  static void closeBackends() {
    v1.close();
    v2.close();
  }

  @BeforeEach
  void start() throws Exception {
    nginx = RealNginx.in(dir.resolve("nginx"));
    upstream = dir.resolve("nginx/backend.conf");
    Files.createDirectories(dir.resolve("state"));
    Files.writeString(upstream, "upstream backend { server " + v2.address() + "; }\n");
    site("");
    nginx.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (nginx != null) {
      nginx.close();
    }
  }

  private void site(String more) throws IOException {
    Files.writeString(
        nginx.site(),
        "include "
            + upstream
            + ";\nserver {\n  listen 127.0.0.1:"
            + nginx.port()
            + ";\n  location / { proxy_pass http://backend; }\n"
            + more
            + "}\n");
  }

  private Proxy proxy(Optional<String> readBack) {
    return settings(readBack).open(here("state"));
  }

  private Surroundings here(String state) {
    return new Surroundings(dir, dir.resolve(state), InstantSource.system());
  }

  private NginxProxySettings settings(Optional<String> readBack) {
    return new NginxProxySettings(
        upstream,
        "backend",
        Optional.of(nginx.config()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        readBack);
  }

  private Proxy proxy() {
    return proxy(Optional.empty());
  }

  private String served() {
    var stop = new AtomicBoolean();
    var customer = new Customer(nginx.port(), stop);
    Thread asking = Thread.ofVirtual().start(customer);
    Until.holds("an answer", () -> !customer.answers.isEmpty() || !customer.failures.isEmpty());
    stop.set(true);
    Until.holds("it goes away", () -> !asking.isAlive());
    return customer.answers.stream().reduce((_, last) -> last).orElse(customer.failures.toString());
  }

  private Set<Path> folder() throws IOException {
    try (Stream<Path> files = Files.list(upstream.getParent())) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void the_traffic_goes_where_it_is_sent() throws Exception {
    assertThat(proxy().target()).contains(v2.address());

    assertThat(proxy().route(v1.address())).isInstanceOf(Outcome.Done.class);

    assertThat(proxy().target()).contains(v1.address());
    assertThat(served()).isEqualTo("v1");
  }

  @Test
  void nothing_but_the_lock_is_left_beside_the_file() throws Exception {
    Set<Path> before = folder();
    before.add(nginx.pidFile().resolveSibling(".nginx.pid.lastgood-lock"));

    proxy().route(v1.address());

    assertThat(folder()).isEqualTo(before);
  }

  @Test
  void asking_twice_reloads_once() throws Exception {
    proxy().route(v1.address());
    List<NginxProcesses.Worker> workers = workers();

    assertThat(proxy().route(v1.address())).isInstanceOf(Outcome.Done.class);

    assertThat(workers()).isEqualTo(workers);
  }

  private List<NginxProcesses.Worker> workers() {
    var processes = new NginxProcesses(Path.of("/proc"), InstantSource.system());
    return processes.serving(processes.master(nginx.pid()).orElseThrow());
  }

  @Test
  void ten_switches_under_load_fail_no_request() throws Exception {
    var stop = new AtomicBoolean();
    List<Customer> customers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        customers.add(new Customer(nginx.port(), stop));
        threads.execute(customers.getLast());
      }
      for (int i = 0; i < 10; i++) {
        int served = customers.getFirst().served.get();
        assertThat(proxy().route((i % 2 == 0 ? v1 : v2).address()))
            .isInstanceOf(Outcome.Done.class);
        Until.holds("served on", () -> customers.getFirst().served.get() > served + 20);
      }
      stop.set(true);
    }
    assertThat(customers).allSatisfy(c -> assertThat(c.failures).isEmpty());
    assertThat(customers).allSatisfy(c -> assertThat(c.answers).contains("v1", "v2"));
    assertThat(served()).isEqualTo("v2");
  }

  @Test
  void the_running_nginx_says_the_address_where_a_location_returns_the_variable() throws Exception {
    proxy().route(v1.address());
    site("  location = /.lastgood/backend { return 200 $lastgood_backend; }\n");
    nginx.hangUp();
    Proxy proxy = proxy(Optional.of("http://127.0.0.1:" + nginx.port() + "/.lastgood/backend"));
    Until.holds("the location is known", () -> says(proxy).equals(v1.address()));

    Outcome outcome = proxy.route(v2.address());

    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    assertThat(((Outcome.Done) outcome).receipt())
        .contains("/.lastgood/backend says " + v2.address());
    assertThat(proxy.target()).contains(v2.address());
    assertThat(served()).isEqualTo("v2");
  }

  private static String says(Proxy proxy) {
    try {
      return proxy.target().orElse("");
    } catch (PlatformUnreachable e) {
      return "";
    }
  }

  @Test
  void a_read_back_that_does_not_answer_is_an_environment_problem() {
    Proxy proxy = proxy(Optional.of("http://127.0.0.1:" + nginx.port() + "/none"));

    assertThatThrownBy(proxy::target).isInstanceOf(PlatformUnreachable.class);
  }

  @Test
  void a_broken_configuration_is_refused_in_nginx_own_words_and_the_old_file_comes_back()
      throws Exception {
    String before = Files.readString(upstream);
    site("  serve_faster on;\n");

    Outcome outcome = proxy().route(v1.address());

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("unknown directive \"serve_faster\"")
        .contains(nginx.site() + ":5");
    assertThat(Files.readString(upstream)).isEqualTo(before);
    assertThat(folder()).noneMatch(f -> f.getFileName().toString().contains("lastgood-before"));
    assertThat(served()).isEqualTo("v2");
  }

  @Test
  void a_bare_hang_up_with_a_broken_configuration_is_seen_as_not_done() throws Exception {
    nginx.writeYounger(upstream, "upstream backend { server " + v1.address() + "; }\n");
    site("  serve_faster on;\n");
    nginx.hangUp();
    Until.holds(
        "the master has tried",
        () -> {
          try {
            return Files.readString(nginx.errorLog()).contains("unknown directive");
          } catch (IOException e) {
            return false;
          }
        });

    // The file says v1; the workers are still those of v2.
    assertThat(proxy().target()).isEmpty();
    assertThat(served()).isEqualTo("v2");
  }

  @Test
  void a_reload_the_master_does_not_take_is_refused_in_its_own_words() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String before = Files.readString(upstream);
      // nginx -t and nginx -s reload both say nothing about a port that is taken.
      Files.writeString(
          nginx.site(),
          Files.readString(nginx.site())
              + "server { listen 127.0.0.1:"
              + taken.getLocalPort()
              + "; }\n");

      Outcome outcome = proxy().route(v1.address());

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason())
          .contains("nginx keeps its old configuration")
          .contains("Address already in use");
      assertThat(Files.readString(upstream)).isEqualTo(before);
      assertThat(served()).isEqualTo("v2");
    }
  }

  @Test
  void an_nginx_that_does_not_run_is_refused_with_what_starts_it() throws Exception {
    nginx.close();
    String before = Files.readString(upstream);

    Outcome outcome = proxy().route(v1.address());

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("nginx is not running")
        .contains("-c " + nginx.config());
    assertThat(Files.readString(upstream)).isEqualTo(before);
    assertThat(proxy().target()).isEmpty();
  }

  @Test
  void a_stale_pid_file_that_names_another_program_hurts_nobody() throws Exception {
    nginx.close();
    Process bystander = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(nginx.pidFile(), bystander.pid() + "\n");

      Outcome outcome = proxy().route(v1.address());

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).reason()).contains("which is `sleep 60`");
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
      Files.delete(nginx.pidFile());
    }
  }

  @Test
  void a_file_that_holds_something_else_is_not_lost() throws Exception {
    String foreign =
        "upstream backend { server "
            + v2.address()
            + "; keepalive 8; }\nupstream other { server 127.0.0.1:1; }\n";
    Files.writeString(upstream, foreign);

    Outcome outcome = proxy().route(v1.address());

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("holds more than")
        .contains("options");
    assertThat(Files.readString(upstream)).isEqualTo(foreign);
  }

  @Test
  void an_address_that_is_configuration_is_refused() throws Exception {
    String before = Files.readString(upstream);

    for (String evil :
        List.of(
            "127.0.0.1:80; } include /etc/passwd; #",
            "127.0.0.1",
            ":80",
            "a:0",
            "a:99999",
            "$x:80",
            "")) {
      assertThat(proxy().route(evil)).as(evil).isInstanceOf(Outcome.Refused.class);
    }
    assertThat(Files.readString(upstream)).isEqualTo(before);
  }

  @Test
  void a_link_stays_a_link() throws Exception {
    Path real = dir.resolve("nginx/available.conf");
    Files.move(upstream, real);
    Files.createSymbolicLink(upstream, real);

    assertThat(proxy().route(v1.address())).isInstanceOf(Outcome.Done.class);

    assertThat(upstream).isSymbolicLink();
    assertThat(Files.readString(real)).contains("server " + v1.address());
  }

  @Test
  void what_an_interrupted_attempt_left_is_not_believed_and_the_next_one_can_still_go_back()
      throws Exception {
    // As after a kill between the write and the test.
    String old = Files.readString(upstream);
    String untested =
        new NginxSnippet("backend", List.of()).with(Address.parse(v1.address()).orElseThrow());
    Path aside =
        upstream.resolveSibling(
            ".backend.conf.lastgood-before-"
                + ContentId.of(untested.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    Files.move(upstream, aside);
    Files.writeString(upstream, untested);
    assertThat(proxy().target()).isEmpty();
    site("  serve_faster on;\n");

    assertThat(proxy().route(v1.address())).isInstanceOf(Outcome.Refused.class);

    assertThat(Files.readString(upstream)).isEqualTo(old);
    assertThat(aside).doesNotExist();
  }

  @Test
  void two_who_switch_at_once_end_with_one_of_their_addresses_in_use() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> one = threads.submit(() -> proxy().route(v1.address()));
      Future<Outcome> two = threads.submit(() -> proxy().route(v2.address()));

      assertThat(one.get()).isInstanceOf(Outcome.Done.class);
      assertThat(two.get()).isInstanceOf(Outcome.Done.class);
    }
    String target = proxy().target().orElseThrow();
    assertThat(served()).isEqualTo(target.equals(v1.address()) ? "v1" : "v2");
  }

  /// Each component has a state of its own; the nginx is one.
  @Test
  void components_that_share_an_nginx_take_turns() throws Exception {
    Path pid = nginx.pidFile();
    Path lock = pid.resolveSibling(".nginx.pid.lastgood-lock");
    Proxy other = settings(Optional.empty()).open(here("state-of-another"));
    Future<Outcome> waiting;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try (SlotLock _ = SlotLock.take(lock, Duration.ZERO).orElseThrow()) {
        waiting = threads.submit(() -> other.route(v1.address()));
        assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        assertThat(Files.readString(upstream)).contains(v2.address());
      }
      assertThat(waiting.get()).isInstanceOf(Outcome.Done.class);
    }
    assertThat(proxy().target()).contains(v1.address());
  }

  @Test
  void what_a_person_would_type_does_the_same() throws Exception {
    String typed = proxy().byHand(v1.address());

    assertThat(typed)
        .startsWith("echo 'upstream backend { server " + v1.address())
        .contains(" && /usr/sbin/nginx -c " + nginx.config() + " -t -q && ")
        .endsWith("-s reload");
    assertThat(new ProcessBuilder("sh", "-c", typed).start().waitFor()).isZero();
    Until.holds("v1 serves", () -> served().equals("v1"));
    assertThat(proxy().target()).contains(v1.address());
  }

  @Test
  void names_and_options_that_would_be_more_than_that_are_bad_settings() {
    var here = new Surroundings(dir, dir, InstantSource.system());
    assertThatThrownBy(() -> settings("a { } b", List.of()).open(here))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("a { } b");
    assertThatThrownBy(() -> settings("backend", List.of("keepalive 1; } evil {")).open(here))
        .isInstanceOf(BadSettings.class);
    assertThatThrownBy(() -> settings("backend", List.of("server 127.0.0.1:1 backup")).open(here))
        .isInstanceOf(BadSettings.class);
  }

  private NginxProxySettings settings(String name, List<String> options) {
    return new NginxProxySettings(
        upstream,
        name,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        options,
        Optional.empty());
  }
}
