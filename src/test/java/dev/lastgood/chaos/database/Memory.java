package dev.lastgood.chaos.database;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Everything the server has confirmed to any user.
final class Memory {
  record Name(String table, List<String> key) {}

  private final Map<Name, Known> rows = new ConcurrentHashMap<>();
  final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  final AtomicLong confirmed = new AtomicLong();

  Optional<Known> find(Kind kind, List<String> key) {
    return Optional.ofNullable(rows.get(new Name(kind.name(), key)));
  }

  /// A new row. The server may give a number again that it gave to a transaction which was lost.
  void add(Known fresh) {
    Known before = rows.put(new Name(fresh.kind.name(), fresh.key), fresh);
    if (before != null && before.usable()) {
      faults.add("a key was given twice: " + before);
    }
  }

  Collection<Known> all() {
    return rows.values();
  }

  long doubtful() {
    return rows.values().stream().filter(Known::doubtful).count();
  }
}
