package dev.lastgood.run;

import dev.lastgood.plan.CanonicalJson;
import tools.jackson.core.JacksonException;

/// Events as canonical JSON: keys sorted, no white space.
public final class EventJson {
  private EventJson() {}

  /// Gets the reading and writing of events ready. To be called beside what else is done.
  public static void warmUp() {
    CanonicalJson.warmUp(RunEvent.class);
  }

  public static String write(RunEvent event) {
    return CanonicalJson.MAPPER.writeValueAsString(event);
  }

  /// @param where what is read, for the message: "entry 7 of run 20261121-0312-k7"
  /// @throws Journal.Unreadable if it is no event this version knows
  public static RunEvent read(String json, String where) {
    try {
      return CanonicalJson.MAPPER.readValue(json, RunEvent.class);
    } catch (JacksonException e) {
      throw new Journal.Unreadable(
          where
              + " cannot be read by this version of Lastgood ("
              + e.getOriginalMessage()
              + "); a newer version wrote it, or it was changed. Use the newer version; `lastgood show"
              + " RUN` says whether it was changed",
          e);
    }
  }
}
