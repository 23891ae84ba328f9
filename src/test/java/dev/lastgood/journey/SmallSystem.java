package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.FreePorts;
import dev.lastgood.provider.local.ProcessServiceSettings;
import dev.lastgood.provider.local.Supervisor;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// A system of one component in a folder of its own: release directories, one real process, and
/// where it has two ports a front door. Releases are deployed as its team would: by a tool that is
/// not Lastgood, and calls `lastgood record`.
final class SmallSystem implements AutoCloseable {
  static final String COMPONENT = "backend";
  private static final String STATE = "state";

  final Path folder;
  final List<Integer> ports;
  private final Optional<Door> door;
  private final Map<String, String> environment = new TreeMap<>();
  private InstantSource clock = InstantSource.system();

  private SmallSystem(Path folder, int ports, Optional<Door> door) throws IOException {
    this.folder = folder;
    this.ports = FreePorts.some(ports);
    this.door = door;
    Files.createDirectories(folder.resolve("backend/releases"));
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("LASTGOOD_STATE", state().toString());
    environment.put("LASTGOOD_USER", "ada");
    configure("");
  }

  /// v1 is known good, v2 is live; one port, so the service is down while it is switched.
  static SmallSystem inPlace(Path folder) throws IOException {
    return empty(folder).withTwoReleases();
  }

  /// The same with two ports and a front door, so that v1 can be started beside v2.
  static SmallSystem sideBySide(Path folder) throws IOException {
    return new SmallSystem(folder, 2, Optional.of(Door.ofTheShop(folder))).withTwoReleases();
  }

  /// The same behind a real nginx.
  static SmallSystem behindNginx(Path folder) throws IOException {
    return new SmallSystem(folder, 2, Optional.of(Door.ofNginx(folder))).withTwoReleases();
  }

  /// Nothing is deployed yet.
  static SmallSystem empty(Path folder) throws IOException {
    return new SmallSystem(folder, 1, Optional.empty());
  }

  SmallSystem withTwoReleases() throws IOException {
    build("v1");
    build("v2");
    deploy("v1");
    does("mark", "good", COMPONENT);
    deploy("v2");
    return this;
  }

  // ---- its files

  Path state() {
    return folder.resolve(STATE);
  }

  Path config() {
    return folder.resolve("lastgood.yaml");
  }

  Path release(String id) {
    return folder.resolve("backend/releases").resolve(id);
  }

  Path current() {
    return folder.resolve("backend/current");
  }

  void build(String id, String... moods) throws IOException {
    Files.createDirectories(release(id));
    Files.writeString(release(id).resolve("app.txt"), "app of " + id);
    moods(id, moods);
  }

  /// Also of a release that runs: it reads them when it starts.
  void moods(String id, String... moods) throws IOException {
    Files.writeString(release(id).resolve("moods"), String.join("\n", moods) + "\n");
  }

  /// @param more further sections, which may replace `after`
  void configure(String more) throws IOException {
    String after = more.contains("after:") ? "" : "after: { passes: 1, patience: 3s }\n";
    Files.writeString(config(), usual() + after + more);
  }

  String usual() {
    String proxy = door.map(d -> "    proxy: " + d.yaml() + "\n    drain: 2s\n").orElse("");
    return "system: small\ncomponents:\n  backend:\n    platform: release-directory\n    path: backend\n"
        + "    service:\n      kind: process\n      run: "
        + MoodyServer.words().stream()
            .map(w -> "\"" + w + "\"")
            .collect(Collectors.joining(", ", "[", "]"))
        + "\n      ports: "
        + ports
        + "\n      start-within: 15s\n      stop-within: 5s\n"
        + proxy
        + "checks:\n  health: { get: \""
        + url()
        + "\", component: backend, word: { at: status, healthy: [healthy], unhealthy: [unhealthy] },"
        + " version: version, timeout: 1s }\n";
  }

  /// Where its customers ask.
  String url() {
    return "http://127.0.0.1:" + customersPort() + "/api/health";
  }

  int customersPort() {
    return door.map(Door::port).orElse(ports.getFirst());
  }

  // ---- its team

  /// Starts it, leads the traffic to it, moves the link, ends what ran before, records it.
  void deploy(String id) throws IOException {
    List<Supervisor.Running> before = service().running();
    if (ports.size() == 1) {
      before.forEach(this::stop);
    }
    int port =
        ports.stream()
            .filter(p -> ports.size() == 1 || before.stream().noneMatch(r -> r.port() == p))
            .findFirst()
            .orElseThrow();
    var wanted = new Supervisor.Wanted(id, release(id), port);
    assertThat(service().start(wanted, "deploy")).isInstanceOf(Outcome.Done.class);
    Until.holds(id + " listens", () -> service().started(wanted) instanceof Sight.Holds);
    if (door.isPresent()) {
      door.get().lead(port);
    }
    AtomicFiles.link(current(), Path.of("releases").resolve(id));
    if (ports.size() > 1) {
      before.forEach(this::stop);
    }
    does("record", COMPONENT, id);
  }

  private void stop(Supervisor.Running running) {
    service()
        .stop(
            new Supervisor.Wanted(running.release(), release(running.release()), running.port()),
            Duration.ZERO);
  }

  void stopEverything() {
    service().running().forEach(this::stop);
  }

  Supervisor service() {
    return new ProcessServiceSettings(
            MoodyServer.words(),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            ports,
            Optional.empty(),
            Optional.of(Duration.ofSeconds(5)),
            Optional.empty())
        .open(
            COMPONENT,
            new Surroundings(
                folder, state().resolve("platforms").resolve(COMPONENT), InstantSource.system()));
  }

  /// Release ids of what runs.
  List<String> running() {
    return service().running().stream().map(Supervisor.Running::release).toList();
  }

  // ---- Lastgood

  void clock(InstantSource other) {
    clock = other;
  }

  void environment(String name, String value) {
    environment.put(name, value);
  }

  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  Said lastgood(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", config().toString()));
    return InProcess.lastgood(environment, clock, all.toArray(String[]::new));
  }

  /// Of a command that has no use for its configuration.
  Said lastgoodAlone(String... words) {
    return InProcess.lastgood(environment, clock, words);
  }

  /// The same from another account of this machine.
  Said lastgoodAs(String account, String... words) {
    Map<String, String> ours = Map.copyOf(environment);
    environment.put("SUDO_USER", account);
    environment.put("LASTGOOD_USER", account);
    try {
      return lastgood(words);
    } finally {
      environment.clear();
      environment.putAll(ours);
    }
  }

  /// The same on a machine that shares nothing but the database.
  Said onAnotherMachine(Supplier<Said> command) {
    environment.put("LASTGOOD_STATE", folder.resolve("home/other-machine").toString());
    try {
      return command.get();
    } finally {
      environment.put("LASTGOOD_STATE", state().toString());
    }
  }

  /// A run of ada's that waits for somebody else's yes.
  void waitingRun() throws IOException {
    configure("approvals: { self: never }\n");
    Said said = lastgood("rollback", "--yes", COMPONENT);
    assertThat(said.exit()).as("%s", said).isEqualTo(6);
  }

  /// Grace's yes to the plan of the run that waits.
  Said approved() {
    String plan = lastgood("show", "--plan").out().replaceFirst("(?s).*Plan hash *", "").strip();
    return lastgoodAs("grace", "approve", "--yes", "--plan", plan);
  }

  /// For what must work.
  Said does(String... words) {
    Said said = lastgood(words);
    assertThat(said.exit()).as("%s", said).isZero();
    return said;
  }

  /// Everything that an error must leave as it was: files, rights, links, times, processes. What
  /// processes print is theirs.
  World world() throws IOException {
    return new World(
        Tree.of(folder, Set.of(STATE, "home")).toString().replace(", ", "\n"),
        service().running(),
        Files.isSymbolicLink(current()) ? Files.readSymbolicLink(current()).toString() : "none");
  }

  record World(String files, List<Supervisor.Running> running, String current) {}

  @Override
  public void close() throws IOException {
    stopEverything();
    if (door.isPresent()) {
      door.get().close();
    }
  }
}
