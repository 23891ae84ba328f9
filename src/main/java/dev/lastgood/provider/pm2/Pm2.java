package dev.lastgood.provider.pm2;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The PM2 command on one daemon.
final class Pm2 {
  private static final int NO_PROGRAM = 127;
  private static final int MOST = 16 * 1024 * 1024;

  private final String component;
  private final Pm2Settings settings;
  private final Path home;
  private final LogFile log;

  Pm2(String component, Pm2Settings settings, Path home, Path state) {
    this.component = component;
    this.settings = settings;
    this.home = home;
    this.log = new LogFile(state.resolve("pm2-" + component + ".log"));
  }

  /// One process of an app.
  ///
  /// @param code the file that runs, as PM2 was told
  record Running(
      String app, String status, long restarts, Instant since, Path code, List<Path> logs) {
    boolean online() {
      return status.equals("online");
    }
  }

  Path home() {
    return home;
  }

  Duration timeout() {
    return settings.timeout().orElse(Duration.ofSeconds(30));
  }

  /// All processes of the daemon. A daemon that is not there is not started to be asked.
  List<Running> list() throws PlatformUnreachable {
    if (!daemon()) {
      return List.of();
    }
    Argv.Reply reply = argv(home, "jlist").ask("", MOST);
    if (!(reply instanceof Argv.Reply.Answer said)) {
      throw new PlatformUnreachable(component + ": " + ((Argv.Reply.None) reply).reason());
    }
    if (said.code() == NO_PROGRAM) {
      throw new PlatformUnreachable(
          component
              + ": "
              + said.lastLine()
              + ". PM2 is not in the PATH of this user: say under `pm2` how it is called");
    }
    if (said.code() != 0) {
      throw new PlatformUnreachable(component + ": pm2 jlist: " + said.lastLine());
    }
    // Remarks of PM2 come first, and begin with [PM2]: the list is the line that is one.
    for (String line : said.answer().lines().filter(l -> l.startsWith("[")).toList()) {
      Optional<JsonNode> tree = tree(line);
      if (tree.isPresent() && tree.get().isArray()) {
        return read(tree.get())
            .orElseThrow(() ->
                new PlatformUnreachable(
                    component
                        + ": pm2 jlist answered in a shape this version of Lastgood does not"
                        + " know: an app without name, status or pm_exec_path. Is it PM2?"));
      }
    }
    throw new PlatformUnreachable(component + ": pm2 jlist answered no list");
  }

  private boolean daemon() {
    try {
      String pid = AtomicFiles.read(home.resolve("pm2.pid"), 100).strip();
      return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  private static Optional<JsonNode> tree(String text) {
    try {
      return Optional.of(JsonMapper.shared().readTree(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// Empty when an entry does not say what it is: an app that is overlooked would be started twice.
  private static Optional<List<Running>> read(JsonNode list) {
    List<Running> running = new ArrayList<>();
    for (JsonNode each : list) {
      JsonNode env = each.path("pm2_env");
      if (!each.path("name").isString()
          || !env.path("status").isString()
          || !env.path("pm_exec_path").isString()) {
        return Optional.empty();
      }
      List<Path> logs = new ArrayList<>();
      for (String key : List.of("pm_err_log_path", "pm_out_log_path")) {
        String path = env.path(key).asString("");
        if (path.startsWith("/") && !logs.contains(Path.of(path))) {
          logs.add(Path.of(path));
        }
      }
      running.add(
          new Running(
              each.path("name").asString(""),
              env.path("status").asString(""),
              env.path("restart_time").asLong(0),
              Instant.ofEpochMilli(env.path("pm_uptime").asLong(0)),
              Path.of(env.path("pm_exec_path").asString("/")),
              logs));
    }
    return Optional.of(running);
  }

  /// What comes back after a reboot: the code of each app as `pm2 save` wrote it down.
  Map<String, List<Path>> saved() throws IOException {
    Map<String, List<Path>> saved = new TreeMap<>();
    try {
      JsonNode list =
          tree(AtomicFiles.read(home.resolve("dump.pm2"), MOST))
              .orElseThrow(() -> new IOException(home.resolve("dump.pm2") + " is no JSON"));
      for (JsonNode each : list) {
        saved
            .computeIfAbsent(each.path("name").asString(""), _ -> new ArrayList<>())
            .add(Path.of(each.path("pm_exec_path").asString("/")));
      }
      return saved;
    } catch (NoSuchFileException e) {
      return saved;
    }
  }

  /// A command that changes something; what it starts prints on when we are gone.
  Argv.End change(Path dir, String... words) {
    return argv(dir, words).runInto(log);
  }

  /// PM2 hands the environment of whoever calls it to the apps, and writes it into its dump: that
  /// must not be Lastgood's, which may hold secrets.
  Argv argv(Path dir, String... words) {
    return clean(dir, settings.pm2().isEmpty() ? List.of("pm2") : settings.pm2(), words);
  }

  private Argv clean(Path dir, List<String> program, String... words) {
    var environment = new TreeMap<String, String>();
    for (String name : List.of("PATH", "HOME", "USER", "LANG", "TZ")) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.putAll(settings.env());
    environment.put("PM2_HOME", home.toString());
    List<String> all = new ArrayList<>(List.of("env", "-i"));
    environment.forEach((name, value) -> all.add(name + "=" + value));
    all.addAll(program);
    all.addAll(List.of(words));
    return new Argv(
        all, Optional.of(Files.isDirectory(dir) ? dir : Path.of("/")), Map.of(), timeout());
  }

  /// The apps of an ecosystem file and the code of each, as PM2 itself would find them: a `.js` is
  /// a program, so it is run by node to tell.
  Map<String, Path> apps(Path ecosystem) throws PlatformUnreachable {
    String program =
        "const e=require(process.argv[1]),p=require('path');console.log(JSON.stringify((e.apps||[])"
            + ".map(a=>[String(a.name),p.resolve(a.cwd||process.cwd(),String(a.script))])))";
    Path dir = ecosystem.getParent() == null ? Path.of("/") : ecosystem.getParent();
    Argv.Reply reply =
        clean(dir, List.of("node"), "-e", program, ecosystem.toString()).ask("", 1 << 20);
    String said =
        switch (reply) {
          case Argv.Reply.Answer(int code, String answer, _) when code == 0 -> answer;
          case Argv.Reply.Answer no ->
              throw new PlatformUnreachable(ecosystem + " cannot be read: " + no.lastLine());
          case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
        };
    Map<String, Path> apps = new TreeMap<>();
    JsonNode list =
        tree(said)
            .orElseThrow(() -> new PlatformUnreachable(ecosystem + " prints words of its own"));
    for (JsonNode pair : list) {
      apps.put(pair.path(0).asString(""), Path.of(pair.path(1).asString("/")));
    }
    return apps;
  }

  static String said(Argv.End end) {
    return Why.plain(end.lastLine(), 200);
  }
}
