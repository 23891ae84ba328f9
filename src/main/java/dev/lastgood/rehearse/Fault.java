package dev.lastgood.rehearse;

import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.Trap;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What can go wrong on a vendor's side, by its word on the command line.
public enum Fault {
  /// Every answer is late.
  SLOW,
  /// The first change is answered "forbidden".
  REFUSE,
  /// The first change is answered "done", and nothing happens.
  LIE,
  /// The first change is done, and the connection is cut before anybody is told.
  DIE,
  /// The first change is done twice.
  TWICE,
  /// Three requests in a row find the API out of order.
  UNAVAILABLE,
  /// Three requests in a row are beyond the rate limit; the answer says how long to wait.
  LIMIT,
  /// The token is not known any more.
  EXPIRE;

  private static final Duration LATE = Duration.ofSeconds(2);
  private static final int ALWAYS = 10_000;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @return empty when there is no such word; [#words()] lists those there are
  public static Optional<Fault> of(String word) {
    return Arrays.stream(values()).filter(f -> f.word().equals(word)).findFirst();
  }

  public static String words() {
    return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
  }

  void on(PlayedApi api) {
    Predicate<Asked> change = api::isChange;
    switch (this) {
      case SLOW -> api.trap(ALWAYS, _ -> true, new Trap.Slow(LATE));
      case REFUSE -> api.trap(1, change, new Trap.Says(403, "{\"message\":\"forbidden\"}"));
      case LIE -> api.trap(1, change, new Trap.Lies());
      case DIE -> api.trap(1, change, new Trap.DoesAndCuts());
      case TWICE -> api.trap(1, change, new Trap.DoesTwice());
      case UNAVAILABLE ->
          api.trap(3, _ -> true, new Trap.Says(503, "{\"message\":\"out of order\"}"));
      case LIMIT ->
          api.trap(
              3,
              _ -> true,
              new Trap.Says(
                  429,
                  "{\"message\":\"too many requests\"}",
                  new TreeMap<>(Map.of("Retry-After", "1"))));
      case EXPIRE -> api.expireToken();
    }
  }
}
