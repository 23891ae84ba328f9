package dev.lastgood.provider.http;

import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.Trap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What goes wrong with any API, named once for the tests of all adapters.
public final class Trouble {
  public static final int FOR_EVER = 1_000_000;
  public static final Predicate<Asked> ANY = _ -> true;
  public static final Predicate<Asked> CHANGES = Asked::changes;
  public static final Trap BROKEN = new Trap.Says(500, "{\"error\":{\"message\":\"boom\"}}");
  public static final Trap STRANGE = new Trap.Says(200, "{\"surprise\":[]}");
  public static final Trap HTML = new Trap.Says(200, "<html>Sign in</html>");
  public static final Trap TOO_MANY =
      new Trap.Says(429, "{}", new TreeMap<>(Map.of("Retry-After", "0.2")));
  public static final Trap TOO_MANY_FOR_LONG =
      new Trap.Says(429, "{}", new TreeMap<>(Map.of("Retry-After", "3600")));

  private Trouble() {}
}
