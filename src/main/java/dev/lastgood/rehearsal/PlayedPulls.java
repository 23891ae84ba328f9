package dev.lastgood.rehearsal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The pull requests of a played GitHub.
final class PlayedPulls {
  private static final String PULLS = "/repos/[^/]+/[^/]+/pulls";

  private final String repository;
  private final PlayedRepository commits;
  private final Supplier<Instant> clock;
  private final List<Pull> pulls = new ArrayList<>();
  private String state = "clean";
  private int blocked;
  private Optional<String> atOnce = Optional.empty();

  static final class Pull {
    final int number;
    final String head;
    final String base;
    final String title;
    final String body;
    boolean open = true;
    Optional<Instant> merged = Optional.empty();

    /// The head when it was merged or closed; a branch may be deleted then.
    String last = "";

    Pull(int number, String head, String base, String title, String body) {
      this.number = number;
      this.head = head;
      this.base = base;
      this.title = title;
      this.body = body;
    }

    @Override
    public String toString() {
      return number + " " + head + " " + (open ? "open" : merged.isPresent() ? "merged" : "closed");
    }
  }

  PlayedPulls(String repository, PlayedRepository commits, Supplier<Instant> clock) {
    this.repository = repository;
    this.commits = commits;
    this.clock = clock;
  }

  // ---- what people do

  /// Somebody merges each one as soon as it is open.
  void mergesAtOnce(String manner) {
    atOnce = Optional.of(manner);
  }

  /// An approval is missing for so many looks.
  void blocks(int looks) {
    blocked = looks;
  }

  void is(String mergeable) {
    state = mergeable;
  }

  void close(int number) {
    Pull pull = pull(number).orElseThrow();
    pull.last = sha(pull);
    pull.open = false;
  }

  void merge(int number, String manner) {
    Pull pull = pull(number).orElseThrow();
    merged(pull, manner, offered(pull, manner));
  }

  /// The words GitHub offers to whoever merges: the title, or those of the commit that is squashed.
  private String offered(Pull pull, String manner) {
    return manner.equals("squash") ? commits.message(sha(pull)) : pull.title;
  }

  int count() {
    return pulls.size();
  }

  String body(int number) {
    return pull(number).orElseThrow().body;
  }

  @Override
  public String toString() {
    return pulls.toString();
  }

  // ---- the protocol

  /// @return empty when it is about something else
  Optional<Told> answer(Asked asked, PlayedApi.Errors errors) {
    if (asked.is("GET", PULLS)) {
      return Optional.of(list(asked));
    }
    if (asked.is("POST", PULLS)) {
      return Optional.of(open(asked, errors));
    }
    if (asked.is("GET", PULLS + "/[0-9]+")) {
      return Optional.of(
          pull(Integer.parseInt(asked.part(4)))
              .map(p -> Told.json(200, whole(p)))
              .orElseGet(() -> errors.no(404, "Not Found")));
    }
    if (asked.is("PUT", PULLS + "/[0-9]+/merge")) {
      return Optional.of(
          pull(Integer.parseInt(asked.part(4)))
              .map(p -> merge(p, asked, errors))
              .orElseGet(() -> errors.no(404, "Not Found")));
    }
    return Optional.empty();
  }

  private Optional<Pull> pull(int number) {
    return pulls.stream().filter(p -> p.number == number).findFirst();
  }

  private Told list(Asked asked) {
    String head = asked.query().getOrDefault("head", "");
    String base = asked.query().getOrDefault("base", "");
    String wanted = asked.query().getOrDefault("state", "open");
    String owner = repository.split("/", -1)[0];
    return Told.json(
        200,
        pulls.reversed().stream()
            .filter(p -> head.isEmpty() || head.equals(owner + ":" + p.head))
            .filter(p -> base.isEmpty() || base.equals(p.base))
            .filter(p -> wanted.equals("all") || wanted.equals(p.open ? "open" : "closed"))
            .map(this::json)
            .toList());
  }

  private Told open(Asked asked, PlayedApi.Errors errors) {
    String head = asked.json().path("head").asString("");
    String base = asked.json().path("base").asString("");
    Optional<String> from = commits.head(head);
    Optional<String> into = commits.head(base);
    if (from.isEmpty() || into.isEmpty()) {
      return errors.no(422, "Validation Failed: head or base is invalid");
    }
    if (pulls.stream().anyMatch(p -> p.open && p.head.equals(head) && p.base.equals(base))) {
      return errors.no(422, "A pull request already exists for " + head);
    }
    if (from.equals(into)) {
      return errors.no(422, "No commits between " + base + " and " + head);
    }
    var pull =
        new Pull(
            pulls.size() + 1,
            head,
            base,
            asked.json().path("title").asString(""),
            asked.json().path("body").asString(""));
    pulls.add(pull);
    Told told = Told.json(201, json(pull));
    atOnce.ifPresent(manner -> merged(pull, manner, offered(pull, manner)));
    return told;
  }

  private Told merge(Pull pull, Asked asked, PlayedApi.Errors errors) {
    if (!pull.open || !mergeable(pull).matches("clean|unstable|has_hooks")) {
      return errors.no(405, "Pull Request is not mergeable");
    }
    String sha = asked.json().path("sha").asString("");
    if (!sha.isEmpty() && !sha.equals(sha(pull))) {
      return errors.no(409, "Head branch was modified. Review and try the merge again.");
    }
    String commit =
        merged(
            pull,
            asked.json().path("merge_method").asString("merge"),
            asked.json().path("commit_message").asString(pull.title));
    return Told.json(200, Map.of("sha", commit, "merged", true, "message", "merged"));
  }

  private String merged(Pull pull, String manner, String message) {
    String from = sha(pull);
    String into = commits.head(pull.base).orElseThrow();
    String tree = commits.merged(into, from).orElseThrow();
    String commit =
        switch (manner) {
          case "squash" ->
              commits.commit(
                  tree, List.of(into), pull.title + " (#" + pull.number + ")\n\n" + message);
          case "rebase" -> commits.commit(tree, List.of(into), commits.message(from));
          default ->
              commits.commit(
                  tree,
                  List.of(into, from),
                  "Merge pull request #" + pull.number + " from " + pull.head + "\n\n" + message);
        };
    pull.last = from;
    pull.open = false;
    pull.merged = Optional.of(clock.get());
    commits.point(pull.base, commit);
    return commit;
  }

  private String sha(Pull pull) {
    return pull.last.isEmpty() ? commits.head(pull.head).orElse("") : pull.last;
  }

  private String mergeable(Pull pull) {
    String into = commits.head(pull.base).orElse("");
    return commits.merged(into, sha(pull)).isEmpty() ? "dirty" : blocked > 0 ? "blocked" : state;
  }

  private Map<String, Object> whole(Pull pull) {
    Map<String, Object> json = json(pull);
    json.put("mergeable_state", mergeable(pull));
    blocked = Math.max(0, blocked - 1);
    return json;
  }

  private Map<String, Object> json(Pull pull) {
    var json = new TreeMap<String, Object>();
    json.put("number", pull.number);
    json.put("state", pull.open ? "open" : "closed");
    json.put("title", pull.title);
    json.put("body", pull.body);
    json.put("head", Map.of("ref", pull.head, "sha", sha(pull)));
    json.put("base", Map.of("ref", pull.base));
    json.put("html_url", "https://github.example/" + repository + "/pull/" + pull.number);
    pull.merged.ifPresent(at -> json.put("merged_at", at.toString()));
    return json;
  }
}
