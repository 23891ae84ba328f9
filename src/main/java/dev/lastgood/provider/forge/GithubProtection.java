package dev.lastgood.provider.forge;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What GitHub asks of a branch: by its rulesets, which everybody may read, and by the older
/// protection, whose details only administrators see.
final class GithubProtection {
  /// Rules that a push of a new commit breaks. Who may bypass them is not shown.
  private static final Set<String> HINDERING =
      Set.of("pull_request", "merge_queue", "required_status_checks", "update");

  private final Github github;

  GithubProtection(Github github) {
    this.github = github;
  }

  Protection of(String branch) throws PlatformUnreachable {
    JsonNode seen = github.json(Ask.get(github.path("branches", branch)));
    JsonNode isProtected = seen.path("protected");
    if (!isProtected.isBoolean()) {
      throw github.strange("the branch does not say whether it is protected");
    }
    List<String> asks = rules(branch);
    if (!asks.isEmpty()) {
      return closed(branch, asks);
    }
    return isProtected.asBoolean()
        ? older(branch)
        : new Protection.Open(branch + " is not protected");
  }

  private static Protection closed(String branch, List<String> asks) {
    return new Protection.Closed(
        branch + " is protected and takes no push: it asks for " + String.join(", ", asks));
  }

  private List<String> rules(String branch) throws PlatformUnreachable {
    Optional<JsonNode> rules = github.find(Ask.get(github.path("rules", "branches", branch)));
    List<String> asks = new ArrayList<>();
    if (rules.isEmpty()) {
      return asks; // An older GitHub Enterprise has no rulesets.
    }
    if (!rules.get().isArray()) {
      throw github.strange("the rules of the branch are no list");
    }
    for (JsonNode rule : rules.get()) {
      String type = rule.path("type").asString("");
      if (HINDERING.contains(type)) {
        JsonNode with = rule.path("parameters");
        asks.add(
            type.equals("pull_request")
                ? reviews(with)
                : type.equals("update") ? "somebody who may bypass it" : type.replace('_', ' '));
      }
    }
    return asks;
  }

  private Protection older(String branch) throws PlatformUnreachable {
    Optional<JsonNode> details;
    try {
      details = github.find(Ask.get(github.path("branches", branch, "protection")));
    } catch (PlatformUnreachable e) {
      details = Optional.empty();
    }
    if (details.isEmpty()) {
      return new Protection.Unseen(
          branch + " is protected, and only an administrator's token sees how");
    }
    List<String> asks = new ArrayList<>();
    JsonNode with = details.get();
    if (with.path("required_pull_request_reviews").isObject()) {
      asks.add(reviews(with.path("required_pull_request_reviews")));
    }
    if (with.path("required_status_checks").isObject()) {
      asks.add("required status checks");
    }
    if (with.path("lock_branch").path("enabled").asBoolean(false)) {
      asks.add("somebody to unlock it");
    }
    return asks.isEmpty()
        ? new Protection.Open(branch + " is protected, but not from a push")
        : closed(branch, asks);
  }

  private static String reviews(JsonNode with) {
    int approvals = with.path("required_approving_review_count").asInt(0);
    boolean owners =
        with.path("require_code_owner_review").asBoolean(false)
            || with.path("require_code_owner_reviews").asBoolean(false);
    return "a pull request"
        + (approvals == 0
            ? ""
            : " with " + approvals + (approvals == 1 ? " approval" : " approvals"))
        + (owners ? " of code owners" : "");
  }
}
