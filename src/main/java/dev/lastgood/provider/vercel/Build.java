package dev.lastgood.provider.vercel;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One deployment.
///
/// @param state `READY`, `ERROR`, `CANCELED`, …
/// @param substate `STAGED`: never served production traffic; `PROMOTED`: it did
/// @param candidate whether Vercel offers a rollback to it; empty: it did not say
/// @param created milliseconds since 1970
record Build(
    String id,
    String project,
    String url,
    String state,
    String substate,
    Optional<Boolean> candidate,
    long created,
    JsonNode meta) {
  /// A list says `uid`, `state` and `created` where a single answer says `id`, `readyState` and
  /// `createdAt`.
  ///
  /// @return empty when it has no id
  static Optional<Build> of(JsonNode json) {
    String id = either(json, "id", "uid").asString("");
    JsonNode candidate = json.path("isRollbackCandidate");
    return id.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Build(
                id,
                json.path("projectId").asString(""),
                json.path("url").asString(""),
                either(json, "readyState", "state").asString(""),
                json.path("readySubstate").asString(""),
                candidate.isBoolean() ? Optional.of(candidate.asBoolean()) : Optional.empty(),
                either(json, "createdAt", "created").asLong(0),
                json.path("meta")));
  }

  private static JsonNode either(JsonNode json, String one, String other) {
    return json.hasNonNull(one) ? json.path(one) : json.path(other);
  }

  Instant at() {
    return Instant.ofEpochMilli(created);
  }

  /// For the evidence; meta holds names, branches and commits, and whatever a pipeline put there,
  /// so only the commit is shown.
  String facts() {
    return "id: "
        + id
        + "\nurl: "
        + url
        + "\nstate: "
        + state
        + " "
        + substate
        + "\ncreated: "
        + at()
        + "\ncommit: "
        + meta.path("githubCommitSha").asString("unknown")
        + "\n";
  }

  boolean ready() {
    return state.equals("READY");
  }

  /// Why it is never a target; empty: it was served once and can be served again.
  Optional<String> unfit() {
    if (!ready()) {
      return Optional.of("its build is " + (state.isEmpty() ? "in no known state" : state));
    }
    if (substate.equals("PROMOTED") || candidate.orElse(false)) {
      return Optional.empty();
    }
    return Optional.of(
        substate.equals("STAGED")
            ? "staged: it never served production, so nobody knows whether it is good"
            : "nothing says that it ever served production"
                + (substate.isEmpty() ? "" : " (" + substate + ")"));
  }
}
