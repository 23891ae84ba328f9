package dev.lastgood.provider.redis;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Going back to a kept state of the keys of a prefix, without losing what was written since.
final class SalvageWay {
  static final String VERB = "salvage-keys";

  private final String component;
  private final Server server;
  private final Kept kept;
  private final Marks marks;
  private final RedisSalvage policy;
  private final Path leftOut;

  /// @param leftOut folder of the files of what was not taken
  SalvageWay(
      String component, Server server, Kept kept, Marks marks, RedisSalvage policy, Path leftOut) {
    this.component = component;
    this.server = server;
    this.kept = kept;
    this.marks = marks;
    this.policy = policy;
    this.leftOut = leftOut;
  }

  /// Whether keys are compared one by one here; a whole database or server is exchanged as a whole.
  boolean fits() {
    return server.scope() instanceof RedisScope.PrefixRedisScope;
  }

  String policy() {
    return policy.says();
  }

  /// What is known beforehand.
  ///
  /// @param costs what happens to each prefix
  /// @param losses live values that make room
  record Forecast(List<String> costs, List<String> losses) {}

  /// @param live whether the state that would be left is there now, so that it can be compared
  Forecast forecast(String to, boolean live) throws IOException {
    Optional<Kept.Copy> copy = kept.newest(to);
    List<String> costs = new ArrayList<>();
    costs.add("keys that differ from " + to + " go by the policy: " + policy.says());
    if (!live || copy.isEmpty()) {
      return new Forecast(
          costs,
          List.of(
              "keys written since "
                  + to
                  + ": they cannot be counted before it is left; values that make room go into a"
                  + " file"));
    }
    Tally tally = new Salvaging(server, kept, copy.get(), policy, erasedSince(copy.get())).count();
    tally.lines().forEach(l -> costs.add("since " + to + ": " + l));
    return new Forecast(
        costs,
        tally.replaced() == 0
            ? List.of()
            : List.of(
                tally.replaced()
                    + (tally.replaced() == 1 ? " value" : " values")
                    + " written since "
                    + to
                    + ", as of now; each goes into a file before it makes room"));
  }

  private boolean erasedSince(Kept.Copy copy) throws IOException {
    return kept.erasedAfter(copy);
  }

  /// The kept RDB in a Redis of its own, and from there over the keys that are there.
  String byHand(String to) throws IOException {
    Optional<Kept.Copy> copy = kept.newest(to);
    String dir = copy.map(c -> c.dir().toString()).orElse(kept.folder().resolve(to).toString());
    String database = String.valueOf(server.scope().home());
    String other = "redis-cli -p 6390 -n " + database;
    List<String> lines = new ArrayList<>();
    lines.add("redis-server --port 6390 --save '' --daemonize yes --dir " + Argv.quoted(dir));
    for (String prefix : server.scope().prefixes()) {
      lines.add(
          other
              + " --scan --pattern "
              + Argv.quoted(Server.literally(prefix) + "*")
              + " | xargs -r -d '\\n' "
              + other
              + " MIGRATE "
              + server.host()
              + " "
              + server.port()
              + " '' "
              + database
              + " 60000 COPY REPLACE"
              + (server.guarded() ? " AUTH PASSWORD" : "")
              + " KEYS");
    }
    return String.join("\n", lines);
  }

  /// @param act name of the file of what is left out
  Outcome go(String from, Kept.Copy copy) {
    String to = copy.id();
    try {
      Optional<String> before = server.mark();
      server.mark(marks.marked(Marks.RESTORING + to));
      boolean erased = erasedSince(copy);
      var salvaging = new Salvaging(server, kept, copy, policy, erased);
      try (var file = new LeftOutKeys(leftOut, from + "-to-" + to, server.scope().home())) {
        Tally tally = salvaging.carry(file);
        server.mark(marks.marked(to));
        return new Done(said(tally, file));
      } catch (Wire.No e) {
        return refused(e, salvaging.soFar(), before);
      }
    } catch (Wire.No e) {
      return new Refused(component + ": nothing was changed. " + words(e));
    } catch (IOException e) {
      return new Unknown(
          component
              + ": some keys may be those of "
              + to
              + " and others not; lastgood resume goes on. "
              + words(e));
    }
  }

  private static String said(Tally tally, LeftOutKeys file) {
    return "keys of the prefixes: "
        + tally.inWords()
        + file.file()
            .map(f -> "; " + tally.leftOut() + " values left out, with the reasons, in " + f)
            .orElse("");
  }

  /// Redis said no: to the first key, so nothing happened, or to one in the middle.
  private Outcome refused(Wire.No no, Tally soFar, Optional<String> before) throws IOException {
    if (soFar.untouched() && before.isPresent() && !before.get().startsWith(Marks.RESTORING)) {
      server.mark(before.get());
      return new Refused(component + ": nothing was changed. " + words(no));
    }
    throw no;
  }

  private String words(IOException e) {
    return server.name() + ": " + Why.plain(Why.of(e), 300);
  }
}
