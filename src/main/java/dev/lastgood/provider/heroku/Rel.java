package dev.lastgood.provider.heroku;

import dev.lastgood.model.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One release, as Heroku tells of it.
///
/// @param slug id of the built code; empty: it has none
/// @param eligible whether Heroku would go back to it; empty: it did not say
/// @param copyOf the version it is a rollback to
record Rel(
    String id,
    int version,
    String status,
    boolean current,
    String slug,
    Optional<Boolean> eligible,
    Optional<Integer> copyOf,
    String description,
    Instant created) {
  private static final String COPY = "Rollback to v";

  /// @return empty when it lacks what every release has
  static Optional<Rel> of(JsonNode json) {
    String id = json.path("id").asString("");
    int version = json.path("version").asInt(0);
    String status = json.path("status").asString("");
    JsonNode eligible = json.path("eligible_for_rollback");
    String description = Text.plain(json.path("description").asString(""));
    try {
      return id.isEmpty() || version == 0 || status.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Rel(
                  id,
                  version,
                  Text.plain(status),
                  json.path("current").asBoolean(false),
                  json.path("slug").path("id").asString(""),
                  eligible.isBoolean() ? Optional.of(eligible.asBoolean()) : Optional.empty(),
                  copy(description),
                  description,
                  Instant.parse(json.path("created_at").asString("1970-01-01T00:00:00Z"))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> copy(String description) {
    String number = description.startsWith(COPY) ? description.substring(COPY.length()) : "";
    return !number.isEmpty()
            && number.length() < 9
            && number.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Optional.of(Integer.parseInt(number))
        : Optional.empty();
  }

  String v() {
    return "v" + version;
  }

  /// "v43 (succeeded)".
  String words() {
    return v() + " (" + status + ")";
  }

  boolean pending() {
    return status.equals("pending");
  }

  boolean succeeded() {
    return status.equals("succeeded");
  }

  /// Why it is never a target.
  Optional<String> unfit() {
    if (!succeeded()) {
      return Optional.of(
          v() + (status.equals("failed") ? ": its release phase failed" : " is " + status));
    }
    if (slug.isEmpty()) {
      return Optional.of(v() + " has no code (\"" + Text.clip(description, 60) + "\")");
    }
    return eligible.orElse(true)
        ? Optional.empty()
        : Optional.of(v() + ": Heroku says that it is not eligible for a rollback");
  }
}
