package dev.lastgood.report;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Records as JSON for people's scripts: camelCase names in the order of the record, ISO 8601 times
/// and durations, `null` for what is not there. docs/json.md says what stays stable.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}

  /// @param record any of the records that the documentation names
  public static String pretty(Object record) {
    return MAPPER.writeValueAsString(record);
  }

  /// A plan and the hash that an approval of it names.
  public static String plan(Plan plan) {
    return pretty(new Hashed(PlanJson.hash(plan), plan));
  }

  record Hashed(String hash, Plan plan) {}
}
