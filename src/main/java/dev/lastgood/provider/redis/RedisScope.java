package dev.lastgood.provider.redis;

import dev.lastgood.model.Doc;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What of a Redis belongs to the component; nothing else is ever erased.
public sealed interface RedisScope {
  /// For people: `keys cache:* of database 0`.
  String says();

  /// Whether two of these words mean the same keys: prefixes have no order. None of them has a
  /// blank in it.
  static boolean same(String one, String other) {
    return words(one).equals(words(other));
  }

  private static Set<String> words(String says) {
    return Arrays.stream(says.split(" "))
        .map(word -> word.endsWith("*,") ? word.substring(0, word.length() - 1) : word)
        .collect(Collectors.toSet());
  }

  /// The act that erases it; each its own, so that an approval of one is none of another.
  String verb();

  /// Databases it reaches into; empty: all.
  List<Integer> databases();

  /// Prefixes of its keys; empty: every key.
  default List<String> prefixes() {
    return List.of();
  }

  /// Where the mark of the generation stands.
  default int home() {
    return databases().isEmpty() ? 0 : databases().getFirst();
  }

  /// Keys that begin with one of the prefixes, in one database.
  record PrefixRedisScope(
      @Doc("Beginnings of the keys, e.g. `cache:`.") List<String> prefixes,
      @Doc("Number of the database; default 0.") Optional<Integer> database)
      implements RedisScope {
    public PrefixRedisScope {
      prefixes = List.copyOf(prefixes);
    }

    @Override
    public String says() {
      return "keys " + String.join("*, ", new TreeSet<>(prefixes)) + "* of database " + home();
    }

    @Override
    public String verb() {
      return "erase-prefix";
    }

    @Override
    public List<Integer> databases() {
      return List.of(database.orElse(0));
    }
  }

  /// Every key of one database.
  record DatabaseRedisScope(@Doc("Number of the database.") int database) implements RedisScope {
    @Override
    public String says() {
      return "all keys of database " + database;
    }

    @Override
    public String verb() {
      return "erase-database";
    }

    @Override
    public List<Integer> databases() {
      return List.of(database);
    }
  }

  /// Every key of every database: sessions and queues that share the server as well.
  record ServerRedisScope() implements RedisScope {
    @Override
    public String says() {
      return "all keys of all databases";
    }

    @Override
    public String verb() {
      return "erase-server";
    }

    @Override
    public List<Integer> databases() {
      return List.of();
    }
  }
}
