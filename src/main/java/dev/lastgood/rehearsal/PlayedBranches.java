package dev.lastgood.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// The branches and commits of a played GitHub, and what protects them.
final class PlayedBranches {
  private static final String REPOSITORY = "/repos/[^/]+/[^/]+";

  private final PlayedRepository commits;
  private boolean rules;
  private boolean old;
  private boolean administrator;

  PlayedBranches(PlayedRepository commits) {
    this.commits = commits;
  }

  /// A ruleset asks for pull requests.
  void rules() {
    rules = true;
  }

  /// The older protection does.
  ///
  /// @param shown whether the token is an administrator's, who sees how
  void protect(boolean shown) {
    old = true;
    administrator = shown;
  }

  /// @return empty when it is about something else
  Optional<Told> answer(Asked asked, PlayedApi.Errors errors) {
    if (asked.is("GET", REPOSITORY + "/rules/branches/.+")) {
      return Optional.of(Told.json(200, rules ? List.of(rule()) : List.of()));
    }
    if (asked.is("GET", REPOSITORY + "/branches/[^/]+/protection")) {
      return Optional.of(protection(errors));
    }
    if (asked.is("GET", REPOSITORY + "/branches/[^/]+")) {
      return Optional.of(branch(asked.part(4), errors));
    }
    if (asked.is("GET", REPOSITORY + "/git/ref/heads/.+")) {
      String name = asked.path().split("/git/ref/heads/", 2)[1];
      return Optional.of(
          commits
              .head(name)
              .map(c -> Told.json(200, ref(name, c)))
              .orElseGet(() -> errors.no(404, "Not Found")));
    }
    if (asked.is("POST", REPOSITORY + "/git/refs")) {
      return Optional.of(make(asked.json(), errors));
    }
    if (asked.is("GET", REPOSITORY + "/git/commits/[^/]+")) {
      String commit = asked.part(5);
      return Optional.of(
          commits
              .tree(commit)
              .map(t -> Told.json(200, Map.of("sha", commit, "tree", Map.of("sha", t))))
              .orElseGet(() -> errors.no(404, "Not Found")));
    }
    return asked.is("POST", REPOSITORY + "/git/commits")
        ? Optional.of(commit(asked.json(), errors))
        : Optional.empty();
  }

  private static Map<String, ?> rule() {
    return Map.of(
        "type",
        "pull_request",
        "ruleset_id",
        42,
        "parameters",
        Map.of("required_approving_review_count", 1, "require_code_owner_review", true));
  }

  private Told protection(PlayedApi.Errors errors) {
    if (!old) {
      return errors.no(404, "Branch not protected");
    }
    return administrator
        ? Told.json(
            200,
            Map.of("required_pull_request_reviews", Map.of("required_approving_review_count", 2)))
        : errors.no(403, "Resource not accessible by personal access token");
  }

  private Told branch(String name, PlayedApi.Errors errors) {
    return commits
        .head(name)
        .map(c ->
            Told.json(
                200,
                Map.of(
                    "name",
                    name,
                    "protected",
                    old || rules,
                    "commit",
                    Map.of(
                        "sha",
                        c,
                        "commit",
                        Map.of("tree", Map.of("sha", commits.tree(c).orElse("")))))))
        .orElseGet(() -> errors.no(404, "Branch not found"));
  }

  private static Map<String, ?> ref(String name, String commit) {
    return Map.of("ref", "refs/heads/" + name, "object", Map.of("type", "commit", "sha", commit));
  }

  private Told make(JsonNode with, PlayedApi.Errors errors) {
    String name = with.path("ref").asString("").replaceFirst("^refs/heads/", "");
    String commit = with.path("sha").asString("");
    if (commits.head(name).isPresent()) {
      return errors.no(422, "Reference already exists");
    }
    if (name.isEmpty() || commits.tree(commit).isEmpty()) {
      return errors.no(422, "Object does not exist");
    }
    commits.point(name, commit);
    return Told.json(201, ref(name, commit));
  }

  private Told commit(JsonNode with, PlayedApi.Errors errors) {
    List<String> parents = new ArrayList<>();
    StreamSupport.stream(with.path("parents").spliterator(), false)
        .map(p -> p.asString(""))
        .forEach(parents::add);
    String tree = with.path("tree").asString("");
    if (tree.isEmpty() || parents.stream().anyMatch(p -> commits.tree(p).isEmpty())) {
      return errors.no(422, "Tree SHA does not exist");
    }
    String id = commits.commit(tree, parents, with.path("message").asString(""));
    return Told.json(201, Map.of("sha", id, "tree", Map.of("sha", tree)));
  }
}
