package dev.lastgood.provider.forge;

import dev.lastgood.model.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// One run of the workflow.
///
/// @param number counts up with each run; a run that is run again keeps it
/// @param attempt 1, and one more each time it is run again
/// @param sha the commit of the branch when the run began
/// @param tree what that commit contains; empty when it is not told
/// @param title what the workflow's `run-name` made; of a push, the first line of the message
/// @param started when its newest attempt began
public record Run(
    long id,
    long number,
    int attempt,
    String sha,
    String tree,
    String event,
    String status,
    String conclusion,
    String title,
    Instant created,
    Instant started) {
  private static final int COMMIT = 40;

  /// @return empty when it lacks what every run has
  public static Optional<Run> of(JsonNode json) {
    long id = json.path("id").asLong(0);
    String sha = json.path("head_sha").asString("");
    String status = json.path("status").asString("");
    try {
      return id == 0 || sha.isEmpty() || status.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Run(
                  id,
                  json.path("run_number").asLong(0),
                  json.path("run_attempt").asInt(1),
                  Text.plain(sha),
                  Text.plain(json.path("head_commit").path("tree_id").asString("")),
                  json.path("event").asString(""),
                  Text.plain(status),
                  Text.plain(json.path("conclusion").asString("")),
                  Text.plain(json.path("display_title").asString("")),
                  Instant.parse(json.path("created_at").asString("")),
                  Instant.parse(
                      json.path("run_started_at").asString(json.path("created_at").asString("")))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// The same runs, where a commit that has the content of an older one is that older one: what a
  /// revert deploys is what was there before.
  ///
  /// @param runs newest first
  public static List<Run> byContent(List<Run> runs) {
    Map<String, String> oldest = new HashMap<>();
    runs.stream().filter(r -> !r.tree.isEmpty()).forEach(r -> oldest.put(r.tree, r.sha));
    return runs.stream().map(r -> r.of(oldest.getOrDefault(r.tree, r.sha))).toList();
  }

  private Run of(String commit) {
    return new Run(
        id, number, attempt, commit, tree, event, status, conclusion, title, created, started);
  }

  /// The commit it deployed. A run that was dispatched is of the branch's head and deploys what its
  /// title names.
  public String deployed() {
    return event.equals("workflow_dispatch") ? named().orElse(sha) : sha;
  }

  private Optional<String> named() {
    return Stream.of(title.toLowerCase(Locale.ROOT).split("[^0-9a-z]+"))
        .filter(w -> w.length() == COMMIT && w.chars().allMatch(c -> Character.digit(c, 16) >= 0))
        .findFirst();
  }

  public boolean over() {
    return status.equals("completed");
  }

  public boolean successful() {
    return over() && conclusion.equals("success");
  }

  /// "run 41, attempt 2 (in_progress)".
  public String words() {
    return "run "
        + number
        + (attempt > 1 ? ", attempt " + attempt : "")
        + " ("
        + (over() ? conclusion : status)
        + ")";
  }
}
