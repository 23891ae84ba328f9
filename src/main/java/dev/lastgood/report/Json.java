package dev.lastgood.report;

import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Records as JSON for people's scripts: camelCase names in alphabetical order, ISO 8601 times and
/// durations, `null` for what is not there. docs/json.md says what stays stable.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Json() {}

  /// @param value a record, or a map or list of records
  public static String pretty(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
