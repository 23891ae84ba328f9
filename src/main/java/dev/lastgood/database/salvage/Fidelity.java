package dev.lastgood.database.salvage;

import dev.lastgood.database.SchemaDiff.Match;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether a value came through a change of its type unchanged: casting to a narrower type rounds
/// and cuts without a word.
final class Fidelity {
  private static final Set<String> NUMBERS =
      Set.of("int2", "int4", "int8", "numeric", "float4", "float8");
  private static final Set<String> JSON = Set.of("json", "jsonb");

  private Fidelity() {}

  static boolean same(@Nullable String good, @Nullable String live, Match match) {
    if (good == null || live == null) {
      return good == null && live == null;
    }
    if (good.equals(live)) {
      return true;
    }
    String from = match.live().internal();
    String to = match.good().internal();
    if (NUMBERS.contains(from) && NUMBERS.contains(to)) {
      return number(good, live);
    }
    if (JSON.contains(from) && JSON.contains(to)) {
      // both were parsed by the server; what differs is spacing and the order of keys
      return stripped(good).equals(stripped(live));
    }
    if (from.equals("bpchar") || to.equals("bpchar")) {
      return good.stripTrailing().equals(live.stripTrailing());
    }
    if (from.equals("date") && to.startsWith("timestamp")) {
      return good.equals(live + " 00:00:00") || good.equals(live + " 00:00:00+00");
    }
    return to.equals("date")
        && from.startsWith("timestamp")
        && (live.equals(good + " 00:00:00") || live.equals(good + " 00:00:00+00"));
  }

  private static String stripped(String json) {
    return json.replace(" ", "");
  }

  private static boolean number(String a, String b) {
    try {
      return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
    } catch (NumberFormatException e) {
      // NaN and infinities are equal only in one spelling
      return false;
    }
  }
}
