package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The processes of nginx as `/proc` shows them. nginx writes into its command line what each one
/// is.
class NginxProcesses {
  private static final String MASTER = "nginx: master process";
  private static final String WORKER = "nginx: worker process";
  private static final String LEAVING = "is shutting down";
  private static final long TICK_MILLIS = 10;

  /// A tick of the process table, a tick of the uptime, and one of the clock that stamps files.
  private static final Duration GRAIN = Duration.ofMillis(30);

  private static final int TRIES = 10;

  private final Path proc;
  private final InstantSource clock;

  NginxProcesses(Path proc, InstantSource clock) {
    this.proc = proc;
    this.clock = clock;
  }

  static NginxProcesses on(Host host, InstantSource clock) {
    return host.elsewhere()
        ? new NginxProcessesElsewhere(host, clock)
        : new NginxProcesses(Path.of("/proc"), clock);
  }

  Path proc() {
    return proc;
  }

  Optional<Processes.Stat> stat(long pid) {
    return Processes.stat(pid);
  }

  /// Those whose parent it is, and perhaps others.
  Stream<Processes.Stat> children(long parent) {
    return Processes.all().stream().map(Processes::stat).flatMap(Optional::stream);
  }

  /// @param startTicks with the pid it names one process for ever
  record Master(long pid, long startTicks) {}

  record Worker(long pid, long startTicks) {}

  /// @return empty if that process is gone, or is no master of an nginx
  Optional<Master> master(long pid) {
    return stat(pid)
        .filter(Processes.Stat::alive)
        .filter(s -> title(pid).filter(t -> t.startsWith(MASTER)).isPresent())
        .map(s -> new Master(pid, s.startTicks()));
  }

  /// Workers that take new requests, not those that only finish old ones.
  List<Worker> serving(Master master) {
    return children(master.pid())
        .filter(s -> s.parent() == master.pid() && s.alive())
        .filter(s ->
            title(s.pid()).filter(t -> t.startsWith(WORKER) && !t.contains(LEAVING)).isPresent())
        .map(s -> new Worker(s.pid(), s.startTicks()))
        .toList();
  }

  /// The command line, as the process itself wrote it.
  Optional<String> title(long pid) {
    try {
      String line = Files.readString(proc.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return Optional.of(line.replace('\0', ' ').strip()).filter(l -> !l.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Compares the start of the workers with the last change of the file.
  Nginx.Read read(Master master, Path file) throws IOException {
    List<Worker> workers = serving(master);
    if (workers.isEmpty()) {
      return Nginx.Read.UNSURE;
    }
    Instant changed = changed(file);
    Boot boot = boot();
    Nginx.Read verdict = Nginx.Read.YES;
    for (Worker worker : workers) {
      Instant started = boot.at().plusMillis(worker.startTicks() * TICK_MILLIS);
      if (started.plus(boot.error()).isBefore(changed)) {
        return Nginx.Read.NO;
      }
      if (started.minus(boot.error()).isBefore(changed)) {
        verdict = Nginx.Read.UNSURE;
      }
    }
    return verdict;
  }

  /// The inode's change time: a rename, a copy and an edit all move it, and nobody can set it. Of
  /// the link as well, which may have been pointed elsewhere.
  private static Instant changed(Path file) throws IOException {
    Instant content = time(file.toRealPath());
    Instant link = time(file);
    return link.isAfter(content) ? link : content;
  }

  private static Instant time(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS))
        .toInstant();
  }

  /// @param error how far off the time may be
  record Boot(Instant at, Duration error) {}

  /// The kernel tells the second of its start. Clock and uptime tell it finer, if the clock given
  /// is the one of this machine.
  private Boot boot() throws IOException {
    Instant coarse = Instant.ofEpochSecond(btime());
    Boot fine = finer();
    for (int i = 1; i < TRIES && fine.error().compareTo(GRAIN.plusMillis(2)) > 0; i++) {
      Boot again = finer();
      fine = again.error().compareTo(fine.error()) < 0 ? again : fine;
    }
    boolean ours = Duration.between(coarse, fine.at()).abs().compareTo(Duration.ofSeconds(2)) <= 0;
    return ours ? fine : new Boot(coarse.plusMillis(500), Duration.ofMillis(1500));
  }

  /// Off by as much as it took to read both: on a busy machine that can be long.
  private Boot finer() throws IOException {
    Clocks clocks = clocks();
    Instant before = clocks.before();
    Duration up = clocks.up();
    Duration taken = Duration.between(before, clocks.after());
    return new Boot(before.plus(taken.dividedBy(2)).minus(up), GRAIN.plus(taken.abs()));
  }

  /// The uptime of the machine, and what its clock said before and after that was read.
  record Clocks(Instant before, Duration up, Instant after) {}

  Clocks clocks() throws IOException {
    Instant before = clock.instant();
    Duration up = up(Files.readString(proc.resolve("uptime"), StandardCharsets.US_ASCII));
    return new Clocks(before, up, clock.instant());
  }

  static Duration up(String uptime) {
    return Duration.ofMillis(Math.round(Double.parseDouble(uptime.split(" ", 2)[0]) * 1000));
  }

  private long btime() throws IOException {
    return Files.readAllLines(proc.resolve("stat"), StandardCharsets.US_ASCII).stream()
        .filter(l -> l.startsWith("btime "))
        .mapToLong(l -> Long.parseLong(l.substring(6).strip()))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/stat has no btime"));
  }
}
