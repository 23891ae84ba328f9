package dev.lastgood.run;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Events as canonical JSON: keys sorted, no white space.
public final class EventJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private EventJson() {}

  public static String write(RunEvent event) {
    return MAPPER.writeValueAsString(event);
  }

  /// @param where what is read, for the message: "entry 7 of run 20261121-0312-k7"
  /// @throws Journal.Unreadable if it is no event this version knows
  public static RunEvent read(String json, String where) {
    try {
      return MAPPER.readValue(json, RunEvent.class);
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
