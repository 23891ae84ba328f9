package dev.lastgood.store;

import dev.lastgood.model.Constellation;
import tools.jackson.databind.json.JsonMapper;

/// A constellation in one column.
final class ConstellationJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ConstellationJson() {}

  static String write(Constellation live) {
    return MAPPER.writeValueAsString(live);
  }

  /// @throws tools.jackson.core.JacksonException if it is not one
  static Constellation read(String json) {
    return MAPPER.readValue(json, Constellation.class);
  }
}
