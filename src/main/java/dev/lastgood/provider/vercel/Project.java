package dev.lastgood.provider.vercel;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What Vercel says of a project.
///
/// @param live id of the deployment that production serves
/// @param autoAssign whether what is pushed goes live by itself; empty: it did not say
/// @param rolledBack whether a rollback stopped that
/// @param paused whether everybody gets a page that says so; empty: it did not say
/// @param move the last rollback or promotion
record Project(
    String id,
    Optional<String> live,
    Optional<Boolean> autoAssign,
    boolean rolledBack,
    Optional<Boolean> paused,
    Optional<Move> move) {

  /// @param at milliseconds since 1970, by Vercel's clock
  /// @param type `rollback` or `promote`
  record Move(String to, String status, long at, String type) {
    boolean open() {
      return status.equals("pending") || status.equals("in-progress");
    }

    boolean succeeded() {
      return status.equals("succeeded");
    }

    /// "promote to dpl_9 (in-progress)".
    String words() {
      return type + " to " + to + " (" + status + ")";
    }
  }

  /// @return empty when it has no id, so that it is none
  static Optional<Project> of(JsonNode json) {
    String id = json.path("id").asString("");
    if (id.isEmpty()) {
      return Optional.empty();
    }
    JsonNode assign = json.path("autoAssignCustomDomains");
    return Optional.of(
        new Project(
            id,
            Optional.of(json.path("targets").path("production").path("id").asString(""))
                .filter(i -> !i.isEmpty()),
            assign.isBoolean() ? Optional.of(assign.asBoolean()) : Optional.empty(),
            json.hasNonNull("lastRollbackTarget"),
            json.path("paused").isBoolean()
                ? Optional.of(json.path("paused").asBoolean())
                : Optional.empty(),
            move(json.path("lastAliasRequest"))));
  }

  private static Optional<Move> move(JsonNode json) {
    String to = json.path("toDeploymentId").asString("");
    return to.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Move(
                to,
                json.path("jobStatus").asString(""),
                json.path("requestedAt").asLong(0),
                json.path("type").asString("")));
  }

  boolean serves(String id) {
    return live.equals(Optional.of(id));
  }

  /// The last move when it went to that deployment and was asked for later than `after`: older ones
  /// stay there for ever and say nothing.
  Optional<Move> moveTo(String id, long after) {
    return move.filter(m -> m.to().equals(id) && m.at() > after);
  }

  /// Whether what is pushed should go live by itself once this rollback is taken back.
  boolean usuallyAssigns() {
    return rolledBack || autoAssign.orElse(true);
  }
}
