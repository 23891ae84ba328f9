package dev.lastgood.provider.railway;

import dev.lastgood.model.Text;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One deployment, as Railway tells of it.
///
/// @param image what identifies its image; empty when unknown
record Deployed(
    String id,
    String status,
    Instant created,
    Instant since,
    boolean canRollback,
    String commit,
    String image) {
  private static final Set<String> RUNNING = Set.of("SUCCESS", "SLEEPING");
  private static final Set<String> COMING =
      Set.of("QUEUED", "WAITING", "INITIALIZING", "BUILDING", "DEPLOYING", "NEEDS_APPROVAL");
  private static final Set<String> REPLACED = Set.of("REMOVED", "REMOVING");

  /// @return empty when it lacks what every deployment has
  static Optional<Deployed> of(JsonNode json) {
    String id = json.path("id").asString("");
    String status = json.path("status").asString("");
    try {
      Instant created = Instant.parse(json.path("createdAt").asString(""));
      String since = json.path("statusUpdatedAt").asString("");
      JsonNode meta = json.path("meta");
      String digest = meta.path("imageDigest").asString("");
      return id.isEmpty() || status.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Deployed(
                  id,
                  Text.plain(status),
                  created,
                  since.isEmpty() ? created : Instant.parse(since),
                  json.path("canRollback").asBoolean(false),
                  meta.path("commitHash").asString(""),
                  digest.isEmpty() ? meta.path("image").asString("") : digest));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  boolean running() {
    return RUNNING.contains(status);
  }

  boolean coming() {
    return COMING.contains(status);
  }

  /// Why it is never a target; empty: it ran, and can run again.
  Optional<String> unfit() {
    if (!running() && !REPLACED.contains(status)) {
      return Optional.of("it is " + status);
    }
    return canRollback || !commit.isEmpty() || running()
        ? Optional.empty()
        : Optional.of("Railway has removed its image, and it has no commit to build again");
  }

  /// Made of the same: the same commit, and the same image where both are known.
  boolean like(String otherCommit, String otherImage) {
    boolean known = !commit.isEmpty() || !image.isEmpty();
    boolean sameImage = image.isEmpty() || otherImage.isEmpty() || image.equals(otherImage);
    return known && sameImage && commit.equals(otherCommit);
  }
}
