package dev.lastgood.rehearsal;

import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a platform does to whoever trusts it.
public sealed interface Trap {
  /// Answers late.
  record Slow(Duration by) implements Trap {}

  /// Answers this and does nothing.
  record Says(int status, String body, SortedMap<String, String> headers) implements Trap {
    public Says(int status, String body) {
      this(status, body, new TreeMap<>());
    }
  }

  /// Does it and answers this: the answer of a gateway that lost patience.
  record DoesAndSays(int status, String body) implements Trap {}

  /// Closes the connection and does nothing.
  record Cuts() implements Trap {}

  /// Does it and closes the connection: nobody is told.
  record DoesAndCuts() implements Trap {}

  /// Gives the answer of success and does nothing.
  record Lies() implements Trap {}

  /// Does it twice, as when something in between sends it again.
  record DoesTwice() implements Trap {}
}
