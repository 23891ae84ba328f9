package dev.lastgood.provider.redis;

import dev.lastgood.model.Secret;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is asked of one Redis on behalf of one scope.
final class Server {
  private static final int BATCH = 200;
  private static final Duration COPYING = Duration.ofSeconds(60);

  private final RedisSettings settings;
  private final String mark;

  Server(String component, RedisSettings settings) {
    this.settings = settings;
    this.mark = markOf(component);
  }

  /// The key that says which generation stands there. It is data: a flush by anybody takes it, too.
  static String markOf(String component) {
    return "lastgood:generation:" + component;
  }

  String host() {
    return settings.host().orElse("127.0.0.1");
  }

  /// Whether it wants a password.
  boolean guarded() {
    return settings.password().isPresent();
  }

  RedisScope scope() {
    return settings.scope();
  }

  int port() {
    return settings.port().orElse(6379);
  }

  String name() {
    return host() + ":" + port();
  }

  private Wire open() throws IOException {
    Wire wire =
        Wire.open(
            host(),
            port(),
            settings.tls().orElse(false),
            settings.timeout().orElse(Duration.ofSeconds(10)));
    try {
      if (settings.password().isPresent()) {
        Secret password = settings.password().get();
        if (settings.user().isPresent()) {
          wire.ask("AUTH", settings.user().get(), password.reveal());
        } else {
          wire.ask("AUTH", password.reveal());
        }
      }
      return wire;
    } catch (Wire.No e) {
      wire.close();
      throw new Wire.No(
          e.getMessage() + ": look at the settings `user` and `password` of the component");
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /// A connection that looks at one database.
  Wire open(int database) throws IOException {
    Wire wire = open();
    try {
      wire.ask("SELECT", String.valueOf(database));
      return wire;
    } catch (Wire.No e) {
      wire.close();
      boolean unknown = String.valueOf(e.getMessage()).startsWith("NOAUTH");
      throw unknown
          ? new Wire.No(
              e.getMessage() + ": set `password` of the component, and `user` if it has one")
          : e;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /// The mark; empty when there is none.
  Optional<String> mark() throws IOException {
    try (Wire wire = open(settings.scope().home())) {
      return text(wire.ask("GET", mark));
    }
  }

  /// Puts a mark in place of the one before.
  void mark(String marked) throws IOException {
    try (Wire wire = open(settings.scope().home())) {
      wire.ask("SET", mark, marked);
    }
  }

  /// Puts a mark where there is none.
  void markFirst(String marked) throws IOException {
    try (Wire wire = open(settings.scope().home())) {
      wire.ask("SET", mark, marked, "NX");
    }
  }

  static Optional<String> text(Object answer) {
    return answer instanceof byte[] bytes
        ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /// Why nothing may be erased here; empty when it may.
  Optional<String> unfit() throws IOException {
    try (Wire wire = open()) {
      String info = text(wire.ask("INFO")).orElse("");
      if (info.contains("cluster_enabled:1")) {
        return Optional.of(
            name() + " is one node of a cluster: the other nodes' keys would stay as they are");
      }
      return info.contains("role:master")
          ? Optional.empty()
          : Optional.of(name() + " is a replica; name the primary");
    }
  }

  /// Keys in scope, the mark not among them.
  long count() throws IOException {
    long[] count = {0};
    if (settings.scope().prefixes().isEmpty()) {
      Map<Integer, Long> filled = filled();
      for (int database : databases(filled)) {
        count[0] += filled.getOrDefault(database, 0L);
      }
      return count[0] - (mark().isPresent() ? 1 : 0);
    }
    try (Wire wire = open(settings.scope().home())) {
      each(wire, keys -> count[0] += keys.size());
    }
    return count[0];
  }

  private List<Integer> databases(Map<Integer, Long> filled) {
    return settings.scope().databases().isEmpty()
        ? List.copyOf(filled.keySet())
        : settings.scope().databases();
  }

  /// Databases that hold something, and how many keys.
  private Map<Integer, Long> filled() throws IOException {
    try (Wire wire = open()) {
      Map<Integer, Long> filled = new TreeMap<>();
      String info = text(wire.ask("INFO", "keyspace")).orElse("");
      for (String line : info.lines().filter(l -> l.startsWith("db")).toList()) {
        int colon = line.indexOf(':');
        int comma = line.indexOf(',');
        filled.put(
            Integer.parseInt(line.substring(2, colon)),
            Long.parseLong(line.substring(colon + ":keys=".length(), comma)));
      }
      return filled;
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException(name() + " counts its keys in an unknown way", e);
    }
  }

  interface Keys {
    void take(List<byte[]> keys) throws IOException;
  }

  /// Every key in scope of the database of this connection, the mark left out. A key may come
  /// twice, which Redis does when it moves its table.
  void each(Wire wire, Keys keys) throws IOException {
    List<String> patterns =
        settings.scope().prefixes().isEmpty()
            ? List.of("*")
            : settings.scope().prefixes().stream().map(p -> literally(p) + "*").toList();
    for (String pattern : patterns) {
      String cursor = "0";
      do {
        Object answer = wire.ask("SCAN", cursor, "MATCH", pattern, "COUNT", "1000");
        if (!(answer instanceof List<?> parts)
            || parts.size() != 2
            || !(parts.get(1) instanceof List<?> found)) {
          throw new IOException(name() + " answered SCAN in an unknown way");
        }
        cursor = text(parts.getFirst()).orElse("0");
        List<byte[]> some = new ArrayList<>();
        for (Object key : found) {
          if (key instanceof byte[] bytes && !text(bytes).equals(Optional.of(mark))) {
            some.add(bytes);
          }
        }
        keys.take(some);
      } while (!cursor.equals("0"));
    }
  }

  /// A prefix is no pattern: `*`, `?`, `[` and `\` in it mean themselves.
  static String literally(String prefix) {
    var out = new StringBuilder();
    prefix
        .chars()
        .forEach(c -> {
          if ("*?[]\\^".indexOf(c) >= 0) {
            out.append('\\');
          }
          out.append((char) c);
        });
    return out.toString();
  }

  /// Writes every key in scope with its value and when it expires.
  ///
  /// @return how many
  long keep(DataOutputStream to, long most) throws IOException {
    var file = new KeysFile.Writing(to, most);
    for (int database : databases(filled())) {
      try (Wire reading = open(database);
          Wire wire = open(database)) {
        var values = new Values();
        each(
            reading,
            keys ->
                values.read(
                    wire, keys, (key, expires, dump) -> file.add(database, key, expires, dump)));
      }
    }
    return file.end();
  }

  /// Writes the RDB of the whole server.
  void rdb(OutputStream to, long most) throws IOException {
    try (Wire wire = open()) {
      wire.patience(COPYING);
      wire.rdb(to, most);
    }
  }

  /// Erases the scope, and nothing else, and puts a mark there. For a database and the server that
  /// is one step; keys of a prefix go in many.
  void erase(String marked) throws IOException {
    RedisScope scope = settings.scope();
    try (Wire wire = open(scope.home())) {
      if (scope.prefixes().isEmpty()) {
        wire.ask("MULTI");
        wire.ask(scope.databases().isEmpty() ? "FLUSHALL" : "FLUSHDB", "ASYNC");
        wire.ask("SET", mark, marked);
        wire.ask("EXEC");
        return;
      }
      try (Wire erasing = open(scope.home())) {
        each(wire, keys -> unlink(erasing, keys));
      }
      wire.ask("SET", mark, marked);
    }
  }

  private static void unlink(Wire wire, List<byte[]> keys) throws IOException {
    for (int i = 0; i < keys.size(); i += BATCH) {
      List<byte[]> some = new ArrayList<>(List.of(Wire.bytes("UNLINK")));
      some.addAll(keys.subList(i, Math.min(keys.size(), i + BATCH)));
      wire.send(some.toArray(byte[][]::new));
      wire.answer();
    }
  }

  /// Puts kept keys back into the scope that was erased before, and then the mark.
  long restore(DataInputStream from, String marked) throws IOException {
    long count = 0;
    int selected = settings.scope().home();
    try (Wire wire = open(selected)) {
      var file = new KeysFile.Reading(from);
      List<KeysFile.Entry> batch = file.next(BATCH);
      while (!batch.isEmpty()) {
        for (KeysFile.Entry entry : batch) {
          if (entry.database() != selected) {
            selected = entry.database();
            wire.ask("SELECT", String.valueOf(selected));
          }
          wire.send(Restore.words(entry, true));
          wire.answer();
          count++;
        }
        batch = file.next(BATCH);
      }
      wire.ask("SELECT", String.valueOf(settings.scope().home()));
      wire.ask("SET", mark, marked);
    }
    return count;
  }
}
