package dev.lastgood.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Plans as canonical JSON: keys sorted, no white space, so that equal plans have equal text and
/// one hash.
public final class PlanJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private PlanJson() {}

  public static String write(Plan plan) {
    return MAPPER.writeValueAsString(plan);
  }

  /// @throws tools.jackson.core.JacksonException if it is not a plan this version knows
  public static Plan read(String json) {
    return MAPPER.readValue(json, Plan.class);
  }

  /// SHA-256 of the canonical JSON, in hex. An approval is for this and nothing else.
  public static String hash(Plan plan) {
    return sha256(write(plan));
  }

  static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
