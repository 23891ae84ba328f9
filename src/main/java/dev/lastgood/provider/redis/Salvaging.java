package dev.lastgood.provider.redis;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares the keys of a prefix with a kept copy, key by key, and makes those that differ what
/// they were, or leaves them, as the policy says. Asked again it finds what is left to do.
final class Salvaging {
  /// Kept keys looked at together; more are looked at in several passes, so that memory stays flat.
  static final int TOGETHER = 200_000;

  private static final String WRITTEN = "written";
  private static final String CHANGED = "changed";
  private static final String REMOVED = "removed";

  private final Server server;
  private final Kept kept;
  private final Kept.Copy copy;
  private final RedisSalvage policy;
  private final boolean erasedSince;
  private final int together;
  private final Tally tally = new Tally();

  /// @param erasedSince whether Lastgood erased the prefix after the copy: what is not there then
  ///   was removed by nobody
  Salvaging(Server server, Kept kept, Kept.Copy copy, RedisSalvage policy, boolean erasedSince) {
    this(server, kept, copy, policy, erasedSince, TOGETHER);
  }

  Salvaging(
      Server server,
      Kept kept,
      Kept.Copy copy,
      RedisSalvage policy,
      boolean erasedSince,
      int together) {
    this.server = server;
    this.kept = kept;
    this.copy = copy;
    this.policy = policy;
    this.erasedSince = erasedSince;
    this.together = together;
  }

  /// What would be done; changes nothing.
  Tally count() throws IOException {
    return all(null);
  }

  /// Does it.
  ///
  /// @param leftOut gets each value before it goes, and each kept one that is not taken
  Tally carry(LeftOutKeys leftOut) throws IOException {
    return all(leftOut);
  }

  /// How much was done when it ended early.
  Tally soFar() {
    return tally;
  }

  private Tally all(@Nullable LeftOutKeys leftOut) throws IOException {
    long all = kept.proven(copy);
    int passes = (int) (Math.max(all, server.count()) / together) + 1;
    for (int n = 0; n < passes; n++) {
      pass(n, passes, leftOut);
    }
    if (!tally.accountsFor(all)) {
      throw new IOException("not every one of the " + all + " kept keys is accounted for");
    }
    return tally;
  }

  private void pass(int n, int of, @Nullable LeftOutKeys leftOut) throws IOException {
    Map<Known.Key, Known> known = index(n, of);
    int database = server.scope().home();
    try (Wire scanning = server.open(database);
        Wire reading = server.open(database);
        Wire acting = server.open(database)) {
      long now = Values.millis(acting.ask("TIME"));
      var hands = new Hands(acting, leftOut, now);
      var values = new Values();
      Set<Known.Key> written = new HashSet<>();
      server.each(
          scanning,
          keys ->
              values.read(
                  reading,
                  keys.stream().filter(k -> Known.Key.in(k, n, of)).toList(),
                  (key, expires, payload) -> {
                    Known was = known.get(new Known.Key(key));
                    if (was != null) {
                      was.found(was.is(expires, payload) ? Known.Found.SAME : Known.Found.OTHER);
                    } else if (written.add(new Known.Key(key))) {
                      hands.written(key);
                    }
                  }));
      kept(known, n, of, hands);
      if (leftOut != null) {
        leftOut.sync();
      }
    }
  }

  private interface Each {
    void take(KeysFile.Entry entry) throws IOException;
  }

  private void entries(int n, int of, Each each) throws IOException {
    try (DataInputStream data = kept.read(copy)) {
      var file = new KeysFile.Reading(data);
      for (List<KeysFile.Entry> some = file.next(1); !some.isEmpty(); some = file.next(1)) {
        if (Known.Key.in(some.getFirst().key(), n, of)) {
          each.take(some.getFirst());
        }
      }
    }
  }

  private Map<Known.Key, Known> index(int n, int of) throws IOException {
    Map<Known.Key, Known> known = new HashMap<>();
    // SCAN gives a key twice now and then: either is what it was while it was kept.
    entries(n, of, e -> known.put(new Known.Key(e.key()), new Known(e.expires(), e.payload())));
    return known;
  }

  private void kept(Map<Known.Key, Known> known, int n, int of, Hands hands) throws IOException {
    entries(
        n,
        of,
        entry -> {
          Known was = known.remove(new Known.Key(entry.key()));
          switch (was == null ? Known.Found.SAME : was.found()) {
            case SAME -> tally.same++;
            case OTHER -> hands.changed(entry);
            case NOTHING -> hands.removed(entry);
          }
        });
  }

  private String prefixOf(byte[] key) {
    String own = RedisSalvage.longest(policy.prefixes(), key);
    return own.isEmpty() ? RedisSalvage.longest(server.scope().prefixes(), key) : own;
  }

  /// What is done with one key that differs; without a file nothing but counting.
  private final class Hands {
    private final Wire acting;
    private final @Nullable LeftOutKeys leftOut;
    private final long now;

    Hands(Wire acting, @Nullable LeftOutKeys leftOut, long now) {
      this.acting = acting;
      this.leftOut = leftOut;
      this.now = now;
    }

    void written(byte[] key) throws IOException {
      Tally.Counts counts = tally.of(prefixOf(key));
      Ambiguous answer = policy.answer(key);
      if (answer == Ambiguous.KEEP_LIVE) {
        counts.written++;
        counts.stay++;
        return;
      }
      Exchange.End end = exchanged(key, Optional.empty(), WRITTEN, answer);
      if (end == Exchange.End.GONE) {
        return;
      }
      counts.written++;
      ended(counts, end);
    }

    void changed(KeysFile.Entry entry) throws IOException {
      Tally.Counts counts = tally.of(prefixOf(entry.key()));
      counts.changed++;
      Ambiguous answer = policy.answer(entry.key());
      if (answer == Ambiguous.KEEP_LIVE) {
        stays(counts, CHANGED, entry);
      } else {
        ended(counts, exchanged(entry.key(), Optional.of(entry), CHANGED, answer));
      }
    }

    void removed(KeysFile.Entry entry) throws IOException {
      if (entry.expires() >= 0 && entry.expires() <= now) {
        tally.ranOut++;
        return;
      }
      Tally.Counts counts = tally.of(prefixOf(entry.key()));
      counts.removed++;
      Ambiguous answer = policy.answer(entry.key());
      boolean live = answer == Ambiguous.KEEP_LIVE;
      if (live && !erasedSince) {
        stays(counts, REMOVED, entry);
      } else if (leftOut == null || new Exchange(acting, (_, _, _) -> {}).put(entry)) {
        tally.put++;
      } else if (live) {
        // Written in this moment.
        stays(counts, CHANGED, entry);
      } else {
        ended(counts, exchanged(entry.key(), Optional.of(entry), CHANGED, answer));
      }
    }

    private Exchange.End exchanged(
        byte[] key, Optional<KeysFile.Entry> wanted, String what, Ambiguous answer)
        throws IOException {
      LeftOutKeys file = leftOut;
      if (file == null) {
        return Exchange.End.DONE;
      }
      String why =
          what
              + " since "
              + copy.id()
              + (answer == Ambiguous.ASK ? ", and nobody decided" : "")
              + ": the kept state counts ("
              + answer.word()
              + ")";
      return new Exchange(
              acting, (k, expires, payload) -> file.add(what, why, k, "live", expires, payload))
          .of(key, wanted);
    }

    private void ended(Tally.Counts counts, Exchange.End end) {
      switch (end) {
        case DONE -> counts.replaced++;
        case SAME, GONE -> {}
        case BUSY -> {
          counts.stay++;
          tally.busy++;
        }
      }
    }

    private void stays(Tally.Counts counts, String what, KeysFile.Entry entry) throws IOException {
      counts.stay++;
      counts.untaken++;
      if (leftOut != null) {
        leftOut.add(
            what,
            what + " since " + copy.id() + ": the live state counts (keep-live)",
            entry.key(),
            "kept",
            entry.expires(),
            entry.payload());
      }
    }
  }
}
