package dev.lastgood.plan;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Canonical JSON: keys sorted, no white space, nothing unknown. One mapper for all that is
/// journalled: what it learns of a record it learns once.
public final class CanonicalJson {
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private CanonicalJson() {}

  /// Makes the mapper learn all of a type now.
  public static void warmUp(Class<?> type) {
    MAPPER.readerFor(type);
    MAPPER.writerFor(type);
  }
}
