package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Runs a component as a process of Lastgood's own making, which outlives Lastgood: in a session of
/// its own, its output in a file, its pid written down. See [Slot] for how it is found again.
public final class ProcessSupervisor implements Supervisor {
  private static final Duration PORT_PATIENCE = Duration.ofSeconds(2);

  /// A process that listens on no port is taken to be up when it has lived this long.
  private static final Duration SETTLED = Duration.ofMillis(500);

  /// After SIGKILL only the kernel's own work is left.
  private static final Duration LAST_BREATH = Duration.ofSeconds(5);

  private final ProcessServiceSettings settings;
  private final Path folder;
  private final Launch launch;

  /// How those of our own children ended that we have seen ending; others leave no exit code.
  private final Map<Long, Process> children = new ConcurrentHashMap<>();

  ProcessSupervisor(String component, ProcessServiceSettings settings, Surroundings surroundings) {
    this.settings = settings;
    this.folder = surroundings.state().toAbsolutePath().resolve("service").resolve(component);
    this.launch = new Launch(settings, surroundings.base(), folder);
  }

  @Override
  public List<Integer> ports() {
    return settings.ports();
  }

  @Override
  public List<Running> running() {
    List<Integer> ports = settings.ports().isEmpty() ? List.of(0) : settings.ports();
    List<Running> running = new ArrayList<>();
    for (int port : ports) {
      if (new Slot(folder, port).look() instanceof Slot.Seen.Runs runs) {
        running.add(new Running(runs.release(), port, runs.pid()));
      }
    }
    return running;
  }

  @Override
  public Sight started(Wanted wanted) {
    Slot slot = slot(wanted);
    return switch (slot.look()) {
      case Slot.Seen.Nothing _ -> new Sight.NotYet("nothing runs" + slot.on());
      case Slot.Seen.Died died when died.file().release().equals(wanted.release()) ->
          new Sight.Failed(death(wanted, died.file()));
      case Slot.Seen.Died died ->
          new Sight.NotYet("nothing runs" + slot.on() + "; " + died.file().release() + " died");
      case Slot.Seen.Runs runs when !runs.release().equals(wanted.release()) ->
          new Sight.NotYet(runs.release() + " runs" + slot.on() + ", not " + wanted.release());
      case Slot.Seen.Runs runs -> wanted.port() == 0 ? settled(runs) : listens(wanted, runs);
    };
  }

  private static Sight settled(Slot.Seen.Runs runs) {
    boolean settled =
        Processes.stat(runs.pid()).filter(s -> Slot.age(s).compareTo(SETTLED) >= 0).isPresent();
    String seen = runs.release() + " runs as pid " + runs.pid();
    return settled ? new Sight.Holds(seen) : new Sight.UnderWay(seen + ", just started");
  }

  private Sight listens(Wanted wanted, Slot.Seen.Runs runs) {
    String seen = runs.release() + " runs as pid " + runs.pid();
    Set<String> listeners = Sockets.listeners(wanted.port());
    if (listeners.isEmpty()) {
      return new Sight.UnderWay(seen + ", port " + wanted.port() + " is not open yet");
    }
    if (Sockets.heldBy(List.of(runs.pid()), listeners).orElse(false)) {
      return new Sight.Holds(seen + " and listens on port " + wanted.port());
    }
    return Sockets.heldBy(members(slot(wanted), runs), listeners)
        .map(own ->
            own
                ? new Sight.Holds(seen + " and listens on port " + wanted.port())
                : new Sight.Failed(
                    seen
                        + ", but port "
                        + wanted.port()
                        + " is held by "
                        + Sockets.holder(wanted.port())))
        // A service that gave up its rights hides its files even from its own user; the proof of
        // the version, which follows, decides.
        .orElseGet(() ->
            new Sight.Holds(seen + "; port " + wanted.port() + " is open, by whom is not visible"));
  }

  private String death(Wanted wanted, PidFile file) {
    if (!file.ofThisBoot()) {
      return wanted.release() + slot(wanted).on() + " is gone since the machine was restarted";
    }
    String exit =
        Optional.ofNullable(children.get(file.pid()))
            .filter(ProcessSupervisor::hasExitCode)
            .map(p -> " with exit " + p.exitValue())
            .orElse("");
    return wanted.release()
        + slot(wanted).on()
        + " died"
        + exit
        + "; "
        + masked(launch.log(wanted).lastWords(file.logFrom()));
  }

  /// The kernel shows an end a moment before the JVM knows the exit code.
  private static boolean hasExitCode(Process ended) {
    try {
      return ended.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Outcome start(Wanted wanted, String key) {
    return locked(slot(wanted), startWithin(), () -> startLocked(wanted, key));
  }

  /// A process that has just ended may hold its port for a moment longer than its name.
  private static boolean staysTaken(int port) {
    long end = System.nanoTime() + PORT_PATIENCE.toNanos();
    while (Sockets.listening(port)) {
      if (System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
        return true;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return false;
  }

  private Outcome startLocked(Wanted wanted, String key) throws IOException {
    Slot slot = slot(wanted);
    if (slot.look() instanceof Slot.Seen.Runs runs) {
      return runs.release().equals(wanted.release())
          ? new Done(wanted.release() + " runs already, as pid " + runs.pid())
          : new Refused(
              runs.release()
                  + " runs"
                  + slot.on()
                  + " as pid "
                  + runs.pid()
                  + "; "
                  + wanted.release()
                  + " was not started. Stop the other one first");
    }
    if (wanted.port() != 0 && staysTaken(wanted.port())) {
      return new Refused(
          "port "
              + wanted.port()
              + " is taken by "
              + Sockets.holder(wanted.port())
              + ", which Lastgood did not start; "
              + wanted.release()
              + " was not started");
    }
    LogFile log = launch.log(wanted);
    log.turnOver();
    long from = log.size();
    PidFile.intent(wanted.release(), from).write(slot.pidFile());
    Process process = launched(wanted, slot, key);
    long ticks = Processes.stat(process.pid()).map(Processes.Stat::startTicks).orElse(-1L);
    children.put(process.pid(), process);
    new PidFile(process.pid(), ticks, PidFile.bootId(), wanted.release(), from)
        .write(slot.pidFile());
    return new Done("started " + wanted.release() + slot.on() + " as pid " + process.pid());
  }

  private Process launched(Wanted wanted, Slot slot, String key) throws IOException {
    try {
      return launch.start(wanted, slot, key);
    } catch (IOException e) {
      Files.deleteIfExists(slot.pidFile());
      throw e;
    }
  }

  @Override
  public Sight stopped(Wanted unwanted) {
    Slot slot = slot(unwanted);
    return switch (slot.look()) {
      case Slot.Seen.Runs runs when runs.release().equals(unwanted.release()) ->
          new Sight.NotYet(runs.release() + " runs" + slot.on() + " as pid " + runs.pid());
      case Slot.Seen.Runs runs ->
          new Sight.Holds(
              unwanted.release() + " does not run" + slot.on() + "; " + runs.release() + " does");
      case Slot.Seen.Died _, Slot.Seen.Nothing _ ->
          new Sight.Holds(unwanted.release() + " does not run" + slot.on());
    };
  }

  @Override
  public Outcome stop(Wanted unwanted, Duration drain) {
    return locked(slot(unwanted), drain.plus(stopWithin()), () -> stopLocked(unwanted, drain));
  }

  private Outcome stopLocked(Wanted unwanted, Duration drain)
      throws IOException, InterruptedException {
    Slot slot = slot(unwanted);
    if (!(slot.look() instanceof Slot.Seen.Runs runs)) {
      Files.deleteIfExists(slot.pidFile());
      return new Done(unwanted.release() + " did not run" + slot.on());
    }
    if (!runs.release().equals(unwanted.release())) {
      return new Done(
          unwanted.release() + " did not run" + slot.on() + "; " + runs.release() + " does");
    }
    String drained = drained(unwanted.port(), members(slot, runs), drain);
    Duration gentle = settings.stopWithin().orElse(Duration.ofSeconds(10));
    String how = " ended when asked";
    if (!ended(slot, runs.pid(), gentle, ProcessHandle::destroy)) {
      how = " did not end within " + gentle.toMillis() + " ms of SIGTERM and was killed";
      if (!ended(slot, runs.pid(), LAST_BREATH, ProcessHandle::destroyForcibly)) {
        return new Unknown(
            unwanted.release()
                + slot.on()
                + ": pid "
                + runs.pid()
                + " cannot be ended; look at it");
      }
    }
    Files.deleteIfExists(slot.pidFile());
    children.remove(runs.pid());
    return new Done(unwanted.release() + slot.on() + how + drained);
  }

  private static List<Long> members(Slot slot, Slot.Seen.Runs runs) {
    return slot.everything(runs.pid()).stream().map(Processes.Stat::pid).toList();
  }

  /// Waits until none of its connections is left.
  private static String drained(int port, List<Long> pids, Duration drain)
      throws InterruptedException {
    if (port == 0 || drain.isZero()) {
      return "";
    }
    long deadline = System.nanoTime() + drain.toNanos();
    int left = Sockets.connections(port, pids);
    while (left > 0 && System.nanoTime() < deadline) {
      Thread.sleep(5);
      left = Sockets.connections(port, pids);
    }
    return left == 0
        ? ""
        : "; " + left + " connections were still open after " + drain.toMillis() + " ms";
  }

  /// Signals everything of the slot, and what it forks meanwhile, until nothing is left.
  private static boolean ended(
      Slot slot, long session, Duration patience, Predicate<ProcessHandle> signal)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Set<Processes.Stat> signalled = new HashSet<>();
    List<Processes.Stat> left = slot.everything(session);
    while (!left.isEmpty()) {
      left.stream().filter(signalled::add).forEach(member -> signal(member, signal));
      while (left.stream().anyMatch(ProcessSupervisor::lives)) {
        if (System.nanoTime() >= deadline) {
          return false;
        }
        Thread.sleep(2);
      }
      left = slot.everything(session);
    }
    return true;
  }

  /// Never by the bare pid: between the look and the signal it may be somebody else's.
  private static void signal(Processes.Stat member, Predicate<ProcessHandle> signal) {
    Optional<ProcessHandle> handle = ProcessHandle.of(member.pid());
    if (handle.isPresent() && lives(member)) {
      boolean _ = signal.test(handle.get());
    }
  }

  private static boolean lives(Processes.Stat member) {
    return Processes.stat(member.pid())
        .filter(s -> s.alive() && s.startTicks() == member.startTicks())
        .isPresent();
  }

  @Override
  public Duration startWithin() {
    return settings.startWithin().orElse(Duration.ofSeconds(30));
  }

  @Override
  public Duration stopWithin() {
    return settings.stopWithin().orElse(Duration.ofSeconds(10)).plus(LAST_BREATH);
  }

  @Override
  public String startByHand(Wanted wanted) {
    return launch.byHand(wanted);
  }

  @Override
  public String stopByHand(Wanted unwanted) {
    return "kill $(sed -n s/^pid=//p " + Argv.quoted(slot(unwanted).pidFile().toString()) + ")";
  }

  @Override
  public List<Path> logs() {
    Stream<Integer> ports = settings.ports().isEmpty() ? Stream.of(0) : settings.ports().stream();
    return ports
        .map(port -> launch.log(new Wanted("", folder, port)))
        .distinct()
        .flatMap(log -> log.all().stream())
        .toList();
  }

  @Override
  public String masked(String text) {
    return launch.masked(text);
  }

  private Slot slot(Wanted wanted) {
    return new Slot(folder, wanted.port());
  }

  private interface Work {
    Outcome run() throws IOException, InterruptedException;
  }

  /// One Lastgood at a time works on a slot; the second finds what the first has done.
  private Outcome locked(Slot slot, Duration patience, Work work) {
    try {
      Files.createDirectories(folder);
      Optional<SlotLock> taken = SlotLock.take(slot.lockFile(), patience);
      if (taken.isEmpty()) {
        return new Unknown(
            "another Lastgood has been working on the process"
                + slot.on()
                + " for "
                + patience.toSeconds()
                + " s; look what it did");
      }
      try (SlotLock _ = taken.get()) {
        return work.run();
      }
    } catch (IOException e) {
      return failed(slot, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unknown("interrupted while working on the process" + slot.on());
    }
  }

  private static Outcome failed(Slot slot, IOException e) {
    Function<String, Outcome> answer =
        slot.look() instanceof Slot.Seen.Runs ? Unknown::new : Refused::new;
    return answer.apply("the process" + slot.on() + ": " + Why.of(e));
  }
}
