package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Supervisor.Wanted;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProcessSupervisorTest {
  @TempDir Path dir;

  private int port;
  private Wanted v1;
  private Wanted v2;
  private final List<Supervisor> used = new CopyOnWriteArrayList<>();

  @BeforeEach
  void two_releases() throws Exception {
    port = FreePorts.some(1).getFirst();
    v1 = new Wanted("v1", Files.createDirectory(dir.resolve("v1")), port);
    v2 = new Wanted("v2", Files.createDirectory(dir.resolve("v2")), port);
    Files.createDirectory(dir.resolve("state"));
  }

  @AfterEach
  void nothing_is_left() {
    used.forEach(s ->
        s.running().forEach(r -> s.stop(new Wanted(r.release(), dir, r.port()), Duration.ZERO)));
  }

  // ---- starting

  @Test
  void starts_a_process_and_sees_it_listen() {
    Supervisor supervisor = tiny();
    assertThat(supervisor.started(v1)).isInstanceOf(Sight.NotYet.class);

    assertThat(supervisor.start(v1, "key")).isInstanceOf(Outcome.Done.class);

    assertThat(settled(supervisor, v1)).isInstanceOf(Sight.Holds.class);
    assertThat(supervisor.running()).extracting(r -> r.release()).containsExactly("v1");
    Path log = dir.resolve("state/service/backend/" + port + ".log");
    Until.holds("the log says so", () -> read(log).contains("tiny server v1 listens"));
  }

  @Test
  void another_lastgood_finds_it_by_its_pid_file() {
    start(tiny(), v1);

    assertThat(tiny().started(v1)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_start_that_died_before_it_wrote_the_pid_down_is_found_by_its_mark() throws Exception {
    start(tiny(), v1);
    Files.delete(pidFile());
    long pid = tiny().running().getFirst().pid();

    assertThat(tiny().started(v1)).isInstanceOf(Sight.Holds.class);
    assertThat(tiny().start(v1, "again")).isInstanceOf(Outcome.Done.class);
    assertThat(tiny().running()).extracting(Supervisor.Running::pid).containsExactly(pid);

    assertThat(tiny().stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    Until.holds("the process ends", () -> !alive(pid));
  }

  @Test
  void a_start_that_died_right_after_it_began_is_found_too() throws Exception {
    PidFile.intent("v1", 0).write(Files.createDirectories(pidFile().getParent()).resolve("x"));
    PidFile intent = PidFile.read(pidFile().resolveSibling("x")).orElseThrow();
    start(tiny(), v1);
    intent.write(pidFile());

    assertThat(tiny().started(v1)).isInstanceOf(Sight.Holds.class);
    assertThat(tiny().stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    assertThat(Sockets.listening(port)).isFalse();
  }

  @Test
  void a_start_that_died_before_it_began_is_no_process_and_no_death() throws Exception {
    Files.createDirectories(pidFile().getParent());
    PidFile.intent("v1", 0).write(pidFile());

    assertThat(tiny().started(v1)).isInstanceOf(Sight.NotYet.class);
    start(tiny(), v1);
  }

  @Test
  void a_pid_that_belongs_to_somebody_else_now_is_not_believed() throws Exception {
    Process other = new ProcessBuilder("sleep", "300").start();
    Files.createDirectories(pidFile().getParent());
    new PidFile(other.pid(), 1, PidFile.bootId(), "v1", 0).write(pidFile());

    Supervisor supervisor = tiny();
    assertThat(supervisor.running()).isEmpty();
    assertThat(supervisor.stopped(v1)).isInstanceOf(Sight.Holds.class);
    assertThat(supervisor.stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);

    assertThat(other.isAlive()).isTrue();
    other.destroyForcibly();
  }

  @Test
  void a_pid_of_another_boot_is_not_believed() throws Exception {
    Process other = new ProcessBuilder("sleep", "300").start();
    long ticks = Processes.stat(other.pid()).orElseThrow().startTicks();
    Files.createDirectories(pidFile().getParent());
    new PidFile(other.pid(), ticks, "another boot", "v1", 0).write(pidFile());

    assertThat(tiny().running()).isEmpty();
    other.destroyForcibly();
  }

  @Test
  void a_pid_file_full_of_nonsense_is_no_process() throws Exception {
    Files.createDirectories(pidFile().getParent());
    Files.writeString(pidFile(), "pid=12x\n\0\0garbage");

    assertThat(tiny().running()).isEmpty();
    assertThat(tiny().started(v1)).isInstanceOf(Sight.NotYet.class);
  }

  @Test
  void a_port_that_somebody_else_holds_is_refused_with_who() throws Exception {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(tiny().start(v1, "key"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .contains(
                          "port " + port + " is taken by pid " + ProcessHandle.current().pid())
                      .contains("v1 was not started"));
    }
    assertThat(tiny().running()).isEmpty();
  }

  @Test
  void a_port_that_another_release_holds_is_refused() {
    Supervisor supervisor = tiny();
    start(supervisor, v2);

    assertThat(supervisor.started(v1)).isInstanceOf(Sight.NotYet.class);
    assertThat(supervisor.start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("v2 runs on port " + port));
    assertThat(supervisor.running()).extracting(r -> r.release()).containsExactly("v2");
  }

  @Test
  void two_who_start_at_once_start_one_process() throws Exception {
    try (var two = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = two.submit(() -> tiny().start(v1, "key"));
      var other = two.submit(() -> tiny().start(v1, "key"));

      assertThat(List.of(one.get(), other.get())).allMatch(Outcome.Done.class::isInstance);
    }
    assertThat(settled(tiny(), v1)).isInstanceOf(Sight.Holds.class);
    Path log = dir.resolve("state/service/backend/" + port + ".log");
    Until.holds("the log says so", () -> read(log).contains("listens"));
    assertThat(read(log)).containsOnlyOnce("listens");
  }

  @Test
  void a_program_that_is_not_there_fails_in_words() {
    Supervisor supervisor = supervisor("no-such-program");
    supervisor.start(v1, "key");

    assertThat(settled(supervisor, v1))
        .isInstanceOfSatisfying(
            Sight.Failed.class, f -> assertThat(f.seen()).contains("no-such-program"));
  }

  @Test
  void a_release_without_its_folder_is_refused() throws Exception {
    Files.delete(v1.home());

    assertThat(tiny().start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains(v1.home().toString()));
  }

  // ---- programs that do not stay

  @Test
  void a_program_that_exits_at_once_has_failed_with_its_last_words() {
    Supervisor supervisor = supervisor("sh", "-c", "echo no database; exit 3");
    supervisor.start(v1, "key");

    assertThat(settled(supervisor, v1))
        .isInstanceOfSatisfying(
            Sight.Failed.class,
            f ->
                assertThat(f.seen())
                    .contains("v1 on port " + port + " died with exit 3")
                    .contains("no database"));
  }

  @Test
  void a_program_that_exits_0_and_is_gone_has_failed_too() {
    Supervisor supervisor = supervisor("sh", "-c", "echo started fine; exit 0");
    supervisor.start(v1, "key");

    assertThat(settled(supervisor, v1)).isInstanceOf(Sight.Failed.class);
  }

  @Test
  void an_old_death_does_not_stand_in_the_way_of_a_new_start() {
    Supervisor failing = supervisor("sh", "-c", "exit 3");
    failing.start(v1, "key");
    settled(failing, v1);

    Supervisor supervisor = tiny();
    assertThat(supervisor.start(v1, "again")).isInstanceOf(Outcome.Done.class);
    assertThat(settled(supervisor, v1)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void the_death_of_another_release_is_not_mine() {
    Supervisor failing = supervisor("sh", "-c", "exit 3");
    failing.start(v2, "key");
    settled(failing, v2);

    assertThat(failing.started(v1)).isInstanceOf(Sight.NotYet.class);
  }

  @Test
  void a_process_that_is_killed_is_seen_to_be_dead() {
    Supervisor supervisor = tiny();
    start(supervisor, v1);

    ProcessHandle.of(supervisor.running().getFirst().pid()).orElseThrow().destroyForcibly();

    assertThat(eventually(() -> supervisor.started(v1) instanceof Sight.Failed)).isTrue();
    assertThat(supervisor.running()).isEmpty();
  }

  @Test
  void a_program_that_goes_to_the_background_is_found_and_stopped() {
    List<String> words = new ArrayList<>(List.of("sh", "-c", "setsid \"$@\" & exit 0", "sh"));
    words.addAll(TinyServer.words("{port}", "{id}"));
    Supervisor supervisor = supervisor(words.toArray(String[]::new));

    start(supervisor, v1);

    long pid = supervisor.running().getFirst().pid();
    assertThat(supervisor.stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    Until.holds("the process ends", () -> !alive(pid));
    Until.holds("the port is free", () -> !Sockets.listening(port));
  }

  /// As under a process manager that gives each of its workers a session.
  @Test
  void a_server_in_a_session_of_its_own_below_the_main_process_is_seen_to_listen() {
    List<String> words = new ArrayList<>(List.of("sh", "-c", "setsid \"$@\" & wait", "sh"));
    words.addAll(TinyServer.words("{port}", "{id}"));
    Supervisor supervisor = supervisor(words.toArray(String[]::new));

    start(supervisor, v1);

    assertThat(supervisor.stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    Until.holds("the port is free", () -> !Sockets.listening(port));
  }

  /// Java closes what an interrupted thread reads through a channel, and "cannot be read" must not
  /// become "does not run".
  @Test
  void a_look_by_an_interrupted_thread_sees_what_is_there() {
    Supervisor supervisor = tiny();
    start(supervisor, v1);

    Thread.currentThread().interrupt();
    Sight stopped = supervisor.stopped(v1);
    Sight started = supervisor.started(v1);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(stopped).isInstanceOf(Sight.NotYet.class);
    assertThat(started).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_program_without_a_port_is_up_when_it_has_stayed_a_while() {
    Supervisor supervisor = open(settings(List.of("sleep", "300"), List.of()));
    Wanted wanted = new Wanted("v1", v1.home(), 0);
    supervisor.start(wanted, "key");

    assertThat(settled(supervisor, wanted)).isInstanceOf(Sight.Holds.class);
  }

  // ---- stopping

  @Test
  void stops_the_release_it_was_asked_to_stop_and_no_other() {
    Supervisor supervisor = tiny();
    start(supervisor, v2);

    assertThat(supervisor.stopped(v1)).isInstanceOf(Sight.Holds.class);
    assertThat(supervisor.stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    assertThat(supervisor.started(v2)).isInstanceOf(Sight.Holds.class);

    assertThat(supervisor.stop(v2, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    assertThat(supervisor.stopped(v2)).isInstanceOf(Sight.Holds.class);
    assertThat(pidFile()).doesNotExist();
  }

  @Test
  void a_process_that_ignores_the_request_is_killed_with_all_its_children() {
    List<String> words = new ArrayList<>(List.of("sh", "-c", "trap '' TERM; \"$@\" & wait", "sh"));
    words.addAll(TinyServer.words("{port}", "{id}", "stays"));
    Supervisor supervisor =
        open(settings(words, List.of(port), Duration.ofMillis(300), Map.of(), Map.of()));
    start(supervisor, v1);
    long pid = supervisor.running().getFirst().pid();

    assertThat(supervisor.stop(v1, Duration.ZERO))
        .isInstanceOfSatisfying(
            Outcome.Done.class, d -> assertThat(d.receipt()).contains("was killed"));

    Until.holds("its children end", () -> Processes.inSession(pid).isEmpty());
    Until.holds("the port is free", () -> !Sockets.listening(port));
  }

  @Test
  void waits_for_open_connections_but_not_for_ever() throws Exception {
    Supervisor supervisor = tiny();
    start(supervisor, v1);
    try (var busy = new Socket(InetAddress.getLoopbackAddress(), port)) {
      busy.getOutputStream().write('\n');
      assertThat(busy.getInputStream().read()).isEqualTo('v');

      assertThat(supervisor.stop(v1, Duration.ofMillis(200)))
          .isInstanceOfSatisfying(
              Outcome.Done.class,
              d -> assertThat(d.receipt()).contains("1 connections were still open after 200 ms"));
    }
  }

  @Test
  void ends_as_soon_as_the_last_connection_is_gone() throws Exception {
    Supervisor supervisor = tiny();
    start(supervisor, v1);
    var busy = new Socket(InetAddress.getLoopbackAddress(), port);
    busy.getOutputStream().write('\n');
    assertThat(busy.getInputStream().read()).isEqualTo('v');
    try (var one = Executors.newVirtualThreadPerTaskExecutor()) {
      var stop = one.submit(() -> supervisor.stop(v1, Duration.ofMinutes(5)));
      assertThat(supervisor.started(v1)).isInstanceOf(Sight.Holds.class);
      busy.close();

      assertThat(stop.get())
          .isInstanceOfSatisfying(
              Outcome.Done.class, d -> assertThat(d.receipt()).doesNotContain("still open"));
    }
  }

  @Test
  void a_process_of_its_own_session_survives_the_end_of_the_one_that_started_it() throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StartAndDie.class.getName(),
                dir.toString(),
                Integer.toString(port)));
    Process starter = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertThat(starter.inputReader().readLine()).isEqualTo("started");

    starter.destroyForcibly().waitFor();

    assertThat(settled(tiny(), v1)).isInstanceOf(Sight.Holds.class);
  }

  /// Starts v1 and waits to be killed.
  static final class StartAndDie {
    private StartAndDie() {}

    public static void main(String[] args) throws Exception {
      var test = new ProcessSupervisorTest();
      test.dir = Path.of(args[0]);
      test.port = Integer.parseInt(args[1]);
      test.tiny().start(new Wanted("v1", test.dir.resolve("v1"), test.port), "key");
      System.out.println("started");
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  // ---- what it is given and what is seen of it

  @Test
  void gets_its_variables_and_none_of_lastgoods_own() throws Exception {
    Files.writeString(dir.resolve("v1/.env"), "FROM_FILE=file\nBOTH=file\n");
    var settings =
        new ProcessServiceSettings(
            List.of("sh", "-c", "env | sort; echo {slot} {port} {id} {release}; sleep 300"),
            Map.of("BOTH", "env", "WHERE", "{release}/{port}"),
            Map.of("TOKEN", new Secret("${env:TOKEN}", () -> "hunter2hunter2")),
            Optional.of("{release}/.env"),
            Optional.empty(),
            List.of(port),
            Optional.empty(),
            Optional.empty(),
            Optional.of("out/{id}.log"));
    Supervisor supervisor = open(settings);
    supervisor.start(v1, "key");

    Path log = dir.resolve("out/v1.log");
    assertThat(eventually(() -> read(log).contains("1 " + port + " v1 " + v1.home()))).isTrue();
    assertThat(read(log).lines())
        .contains(
            "FROM_FILE=file",
            "BOTH=env",
            "WHERE=" + v1.home() + "/" + port,
            "TOKEN=hunter2hunter2",
            "PWD=" + v1.home())
        .noneMatch(line -> line.startsWith("MAVEN_") || line.startsWith("GIT_"));
    assertThat(supervisor.masked(read(log))).doesNotContain("hunter2").contains("TOKEN=***");
    assertThat(supervisor.startByHand(v1))
        .contains("TOKEN='${env:TOKEN}'")
        .doesNotContain("hunter");
  }

  @Test
  void a_secret_that_is_missing_is_refused_by_its_reference() {
    var settings =
        settings(
            List.of("sleep", "300"),
            List.of(port),
            Duration.ofSeconds(5),
            Map.of(),
            Map.of(
                "TOKEN",
                new Secret(
                    "${env:TOKEN}",
                    () -> {
                      throw new IllegalStateException("not set");
                    })));

    assertThat(open(settings).start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("${env:TOKEN}"));
  }

  @Test
  void settings_that_make_no_sense_are_said_with_their_key() {
    assertThatThrownBy(() -> open(settings(List.of(), List.of(port))))
        .isInstanceOfSatisfying(BadSettings.class, b -> assertThat(b.key()).isEqualTo("run"));
    assertThatThrownBy(() -> open(settings(List.of("x"), List.of(port, port))))
        .isInstanceOfSatisfying(BadSettings.class, b -> assertThat(b.key()).isEqualTo("ports"));
    assertThatThrownBy(() -> open(settings(List.of("x"), List.of(99999))))
        .isInstanceOfSatisfying(BadSettings.class, b -> assertThat(b.key()).isEqualTo("ports"));
  }

  // ---- helpers

  private Supervisor tiny() {
    return open(settings(TinyServer.words("{port}", "{id}"), List.of(port)));
  }

  private Supervisor supervisor(String... words) {
    return open(settings(List.of(words), List.of(port)));
  }

  private static ProcessServiceSettings settings(List<String> words, List<Integer> ports) {
    return settings(words, ports, Duration.ofSeconds(5), Map.of(), Map.of());
  }

  private static ProcessServiceSettings settings(
      List<String> words,
      List<Integer> ports,
      Duration stopWithin,
      Map<String, String> env,
      Map<String, Secret> secrets) {
    return new ProcessServiceSettings(
        words,
        env,
        secrets,
        Optional.empty(),
        Optional.empty(),
        ports,
        Optional.empty(),
        Optional.of(stopWithin),
        Optional.empty());
  }

  private Supervisor open(ProcessServiceSettings settings) {
    Supervisor supervisor =
        settings.open(
            "backend",
            new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    used.add(supervisor);
    return supervisor;
  }

  private static void start(Supervisor supervisor, Wanted wanted) {
    assertThat(supervisor.start(wanted, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(settled(supervisor, wanted)).isInstanceOf(Sight.Holds.class);
  }

  private static Sight settled(Supervisor supervisor, Wanted wanted) {
    var seen = new java.util.concurrent.atomic.AtomicReference<Sight>(supervisor.started(wanted));
    boolean _ =
        eventually(() -> {
          Sight sight = supervisor.started(wanted);
          seen.set(sight);
          return sight instanceof Sight.Holds || sight instanceof Sight.Failed;
        });
    return seen.get();
  }

  private static boolean eventually(BooleanSupplier fact) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return true;
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean alive(long pid) {
    return Processes.stat(pid).filter(Processes.Stat::alive).isPresent();
  }

  private Path pidFile() {
    return dir.resolve("state/service/backend/" + port + ".pid");
  }
}
