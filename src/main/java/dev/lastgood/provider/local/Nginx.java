package dev.lastgood.provider.local;

import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An nginx of this machine: its configuration is tested, it is told to reload, and it is *seen*
/// whether it did. Exit code 0 of a reload says only that a signal was sent: the master may still
/// keep its old configuration, and says so in its error log alone.
public final class Nginx {
  private static final Duration COMMAND = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final int MAX_WORDS = 500;
  private static final List<String> USUAL =
      List.of(
          "/usr/sbin/nginx",
          "/usr/local/sbin/nginx",
          "/usr/local/nginx/sbin/nginx",
          "/opt/homebrew/bin/nginx");

  /// Empty: in its usual places.
  private final String binary;

  private final Path config;
  private final Optional<Path> prefix;
  private final Optional<Path> pidFile;
  private final NginxProcesses processes;
  private final Host host;

  /// For a pid file in a folder we may not write to.
  private final Path lock;

  /// What the command that starts it prints.
  private final LogFile log;

  private Nginx(
      String binary,
      Path config,
      Optional<Path> prefix,
      Optional<Path> pidFile,
      Surroundings here) {
    this.binary = binary;
    this.config = config;
    this.prefix = prefix;
    this.pidFile = pidFile;
    this.host = Host.of(here.base());
    this.processes = NginxProcesses.on(host, here.clock());
    String name = "nginx-" + ContentId.of(config.toString().getBytes(StandardCharsets.UTF_8));
    this.lock = here.state().resolve(name + ".lock");
    this.log = new LogFile(here.state().resolve(name + ".log"));
  }

  /// @param binary empty: nginx in its usual places, else on the PATH
  /// @param config main configuration; empty: Debian's
  /// @param prefix what nginx was started with after `-p`; empty: the one it was built with
  /// @param pidFile empty: what the main configuration says
  public static Nginx at(
      Surroundings here,
      Optional<Path> binary,
      Optional<Path> config,
      Optional<Path> prefix,
      Optional<Path> pidFile) {
    String program =
        binary
            .map(b -> b.getNameCount() == 1 && !b.isAbsolute() ? b : here.base().resolve(b))
            .map(Path::toString)
            .orElse("");
    Host host = Host.of(here.base());
    return new Nginx(
        program,
        config
            .map(here.base()::resolve)
            .orElseGet(() -> host.path("/etc/nginx/nginx.conf"))
            .toAbsolutePath(),
        prefix.map(here.base()::resolve),
        pidFile.map(here.base()::resolve),
        here);
  }

  /// Held by everybody who changes a file of this nginx, whatever component it belongs to: a broken
  /// file of one would fail the test of another, and the reload of one pass for that of another.
  /// Beside the pid file, since components have no state in common.
  public Path lock() {
    Path pid = pidFile();
    Path folder = pid.getParent();
    return folder != null && !host.elsewhere() && Files.isWritable(folder)
        ? folder.resolve("." + pid.getFileName() + ".lastgood-lock")
        : lock;
  }

  /// This nginx as the reader of one of its files.
  public LiveFile.Reader of(Path file) {
    return new LiveFile.Reader() {
      @Override
      public Optional<String> complaint() {
        return Nginx.this.complaint();
      }

      @Override
      public boolean uses() {
        try {
          return read(file) == Read.YES;
        } catch (IOException e) {
          return false;
        }
      }

      @Override
      public LiveFile.Loading load() {
        return Nginx.this.load();
      }
    };
  }

  /// `nginx -t -q`, in nginx's own words.
  Optional<String> complaint() {
    return switch (host.run(command("-t", "-q"))) {
      case Argv.End.Exited(int code, String _) when code == 0 -> Optional.empty();
      case Argv.End.Exited exited -> Optional.of("nginx refuses it: " + words(exited));
      case Argv.End.CutOff cut -> Optional.of("nginx could not test it: " + cut.reason());
      case Argv.End.NotStarted not -> Optional.of("nginx could not test it: " + not.reason());
    };
  }

  /// Reloads, and waits until no worker of before takes requests any more.
  LiveFile.Loading load() {
    Optional<NginxProcesses.Master> master = master();
    if (master.isEmpty()) {
      return new LiveFile.Loading.Rejected(absence());
    }
    List<NginxProcesses.Worker> before = processes.serving(master.get());
    NginxLog log = NginxLog.of(processes.proc(), master.get());
    return switch (host.run(command("-s", "reload"))) {
      case Argv.End.Exited(int code, String _) when code == 0 ->
          replaced(master.get(), before, log);
      case Argv.End.Exited exited ->
          new LiveFile.Loading.Rejected("nginx does not reload: " + words(exited));
      case Argv.End.NotStarted not -> new LiveFile.Loading.Rejected(not.reason());
      case Argv.End.CutOff cut -> new LiveFile.Loading.Unsure(cut.reason());
    };
  }

  private LiveFile.Loading replaced(
      NginxProcesses.Master master, List<NginxProcesses.Worker> before, NginxLog log) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      if (!master().equals(Optional.of(master))) {
        return new LiveFile.Loading.Unsure("nginx ended during the reload: " + absence());
      }
      List<NginxProcesses.Worker> now = processes.serving(master);
      if (!now.isEmpty() && now.stream().noneMatch(before::contains)) {
        return new LiveFile.Loading.Used(
            "nginx reloaded: workers " + pids(before) + " gave way to " + pids(now));
      }
      Optional<String> refusal = log.refusal(master.pid());
      if (refusal.isPresent()) {
        return new LiveFile.Loading.Rejected(
            "nginx keeps its old configuration: " + Why.plain(refusal.get(), MAX_WORDS));
      }
      if (System.nanoTime() > deadline || !slept()) {
        return new LiveFile.Loading.Unsure(
            "nginx was told to reload, and after "
                + PATIENCE.toSeconds()
                + " s its workers "
                + pids(before)
                + " still serve with the old configuration. Look into its error log");
      }
    }
  }

  /// Starts it by the command given, and waits until workers serve.
  public LiveFile.Loading start(Argv how) {
    switch (host.runInto(how, log)) {
      case Argv.End.Exited(int code, String _) when code == 0 -> {}
      case Argv.End.Exited exited -> {
        return new LiveFile.Loading.Rejected(how.shown() + " failed: " + words(exited));
      }
      case Argv.End.NotStarted not -> {
        return new LiveFile.Loading.Rejected(not.reason());
      }
      case Argv.End.CutOff cut -> {
        return new LiveFile.Loading.Unsure(cut.reason());
      }
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<NginxProcesses.Worker> now = master().map(processes::serving).orElse(List.of());
      if (!now.isEmpty()) {
        return new LiveFile.Loading.Used("nginx was started: workers " + pids(now));
      }
      if (System.nanoTime() > deadline || !slept()) {
        return new LiveFile.Loading.Unsure(how.shown() + " ended well, and " + absence());
      }
    }
  }

  /// Has the running nginx read this file since it was last changed?
  public enum Read {
    YES,
    NO,
    /// Started at the moment the file was changed, as far as the clocks tell.
    UNSURE,
    NOT_RUNNING
  }

  /// Judges by the times at which the workers started and the file was changed.
  public Read read(Path file) throws IOException {
    Optional<NginxProcesses.Master> master = master();
    return master.isEmpty() ? Read.NOT_RUNNING : processes.read(master.get(), file);
  }

  /// @return empty when it does not run; [#absence] says why that is believed
  Optional<NginxProcesses.Master> master() {
    return pid().flatMap(processes::master);
  }

  public boolean running() {
    return master().isPresent();
  }

  /// Why it is believed not to run, and what to do. A pid file that names another program is stale,
  /// and `nginx -s reload` would send its signal to that program.
  public String absence() {
    Path file = pidFile();
    Optional<Long> pid = pid();
    String seen =
        pid.isEmpty()
            ? file + (Files.exists(file) ? " names no process" : " is not there")
            : file
                + " names process "
                + pid.get()
                + ", which is "
                + processes.title(pid.get()).map(t -> "`" + Why.plain(t, 80) + "`").orElse("gone");
    return "nginx is not running ("
        + seen
        + "): start it, e.g. systemctl start nginx, or "
        + new Argv(start(), Optional.empty(), Map.of(), COMMAND).shown();
  }

  private List<String> start() {
    List<String> words = new ArrayList<>(List.of(program()));
    prefix.ifPresent(p -> words.addAll(List.of("-p", p.toString())));
    words.addAll(List.of("-c", config.toString()));
    return words;
  }

  /// Looked for when it is needed: on another host that is a question.
  private String program() {
    return binary.isEmpty()
        ? USUAL.stream().filter(u -> Files.isExecutable(host.path(u))).findFirst().orElse("nginx")
        : binary;
  }

  /// What a person types after changing a file: reload only what passed the test.
  public String testAndReloadByHand() {
    return command("-t", "-q").shown() + " && " + command("-s", "reload").shown();
  }

  /// Where the running master writes its errors; empty when it does not run or writes to no file.
  public Optional<Path> errorLog() {
    return master().flatMap(m -> NginxLog.of(processes.proc(), m).file());
  }

  private Argv command(String... what) {
    List<String> words = start();
    words.addAll(List.of(what));
    return new Argv(words, Optional.empty(), Map.of(), COMMAND);
  }

  private Optional<Long> pid() {
    try {
      String text = AtomicFiles.read(pidFile(), 64).strip();
      return text.isEmpty()
              || text.length() > 9
              || !text.chars().allMatch(c -> c >= '0' && c <= '9')
          ? Optional.empty()
          : Optional.of(Long.valueOf(text));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path pidFile() {
    return pidFile.or(this::configuredPidFile).orElseGet(() -> host.path("/run/nginx.pid"));
  }

  private Optional<Path> configuredPidFile() {
    try {
      String text = AtomicFiles.read(config, LiveFile.MAX_BYTES).replaceAll("(?m)#.*$", "");
      Matcher pid =
          Pattern.compile("(?m)(?:^|[;{}])\\s*pid\\s+\"?([^;\"\\s]+)\"?\\s*;").matcher(text);
      if (!pid.find()) {
        return Optional.empty();
      }
      Path named = config.getFileSystem().getPath(pid.group(1));
      return Optional.of(prefix.map(p -> p.resolve(named)).orElse(named)).filter(Path::isAbsolute);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// The line that says what is wrong, else the last one.
  private static String words(Argv.End.Exited exited) {
    String emergencies =
        exited
            .output()
            .lines()
            .filter(l -> l.contains("[emerg]"))
            .map(NginxLog::message)
            .limit(3)
            .collect(Collectors.joining("; "));
    String said = emergencies.isEmpty() ? exited.lastLine() : emergencies;
    return said.isEmpty() ? "exit " + exited.code() : Why.plain(said, MAX_WORDS);
  }

  private static String pids(List<NginxProcesses.Worker> workers) {
    return workers.isEmpty()
        ? "(none)"
        : workers.stream().map(w -> String.valueOf(w.pid())).collect(Collectors.joining(", "));
  }

  private static boolean slept() {
    try {
      Thread.sleep(POLL);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
