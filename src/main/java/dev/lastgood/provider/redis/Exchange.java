package dev.lastgood.provider.redis;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Exchanges one live value for another, or for none, unless somebody writes it in that moment:
/// what goes is what was put into the file before.
final class Exchange {
  private static final int ATTEMPTS = 20;

  /// What became of it.
  enum End {
    /// It is as it shall be.
    DONE,
    /// It was so already.
    SAME,
    /// Nothing is there any more.
    GONE,
    /// Somebody else writes it all the time.
    BUSY
  }

  interface Before {
    /// What is about to go, before it goes.
    void keep(byte[] key, long expires, byte[] payload) throws IOException;
  }

  private final Wire wire;
  private final Before before;

  /// @param wire of its own: it is watched through it
  Exchange(Wire wire, Before before) {
    this.wire = wire;
    this.before = before;
  }

  /// @param wanted what shall be there; empty: nothing
  End of(byte[] key, Optional<KeysFile.Entry> wanted) throws IOException {
    for (int n = 0; n < ATTEMPTS; n++) {
      Optional<End> end = once(key, wanted);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return End.BUSY;
  }

  private Optional<End> once(byte[] key, Optional<KeysFile.Entry> wanted) throws IOException {
    wire.send(Wire.bytes("WATCH"), key);
    wire.send("TIME");
    wire.send(Wire.bytes("PTTL"), key);
    wire.send(Wire.bytes("DUMP"), key);
    wire.answer();
    long now = Values.millis(wire.answer());
    long left = wire.answer() instanceof Long millis ? millis : -1;
    long expires = left < 0 ? -1 : now + left;
    if (!(wire.answer() instanceof byte[] payload)) {
      wire.ask("UNWATCH");
      return wanted.isEmpty()
          ? Optional.of(End.GONE)
          : put(wanted.get()) ? Optional.of(End.DONE) : Optional.empty();
    }
    if (wanted.filter(w -> new Known(w.expires(), w.payload()).is(expires, payload)).isPresent()) {
      wire.ask("UNWATCH");
      return Optional.of(End.SAME);
    }
    before.keep(key, expires, payload);
    return unlessWritten(key, wanted) ? Optional.of(End.DONE) : Optional.empty();
  }

  private boolean unlessWritten(byte[] key, Optional<KeysFile.Entry> wanted) throws IOException {
    wire.send("MULTI");
    if (wanted.isPresent()) {
      wire.send(Restore.words(wanted.get(), true));
    } else {
      wire.send(Wire.bytes("UNLINK"), key);
    }
    wire.send("EXEC");
    wire.answer();
    wire.answer();
    return wire.answer() instanceof List<?>;
  }

  /// Puts a kept value where nothing is.
  ///
  /// @return whether nothing was there
  boolean put(KeysFile.Entry entry) throws IOException {
    wire.send(Restore.words(entry, false));
    try {
      wire.answer();
      return true;
    } catch (Wire.No e) {
      if (String.valueOf(e.getMessage()).startsWith("BUSYKEY")) {
        return false;
      }
      throw e;
    }
  }
}
