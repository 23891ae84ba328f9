package dev.lastgood.config;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.config.DecideForm.FactForm;
import dev.lastgood.config.DecideForm.IssueForm;
import dev.lastgood.config.DecideForm.QuestionForm;
import dev.lastgood.config.DecideForm.VerdictForm;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.decision.Action;
import dev.lastgood.decision.Policy;
import dev.lastgood.decision.Verdict;
import dev.lastgood.model.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What `decide:` means.
final class DecideMeaning {
  private static final List<String> SEVERITIES = List.of("P0", "P1", "P2", "P3");
  private static final DecideForm EMPTY =
      new DecideForm(List.of(), Map.of(), Map.of(), List.of(), List.of(), Optional.empty());

  private final Spots spots;
  private final Conditions conditions;
  private List<String> severities = SEVERITIES;
  private Set<String> approvals = Set.of();

  DecideMeaning(Spots spots, Conditions conditions) {
    this.spots = spots;
    this.conditions = conditions;
  }

  /// @param approvalNames what a verdict may name under `approvals`
  Policy of(Optional<DecideForm> written, Set<String> approvalNames) {
    DecideForm form = written.orElse(EMPTY);
    severities = form.severities().isEmpty() ? SEVERITIES : form.severities();
    approvals = approvalNames;
    return new Policy(
        severities(),
        facts(form.facts()),
        issues(form.issues()),
        questions(form),
        form.otherwise()
            .map(verdict -> verdict("decide.otherwise", verdict))
            .orElse(Verdict.of(Action.ASK)),
        cautions(form));
  }

  private List<Severity> severities() {
    var ranked = new ArrayList<Severity>();
    for (int rank = 0; rank < severities.size(); rank++) {
      String label = severities.get(rank);
      if (label.isBlank() || severities.indexOf(label) < rank) {
        spots.value("decide.severities[" + rank + "]", "a severity needs a name that no other has");
      } else {
        ranked.add(new Severity(label, rank));
      }
    }
    return ranked;
  }

  private List<Policy.Fact> facts(Map<String, FactForm> forms) {
    var facts = new ArrayList<Policy.Fact>();
    forms.forEach((name, form) -> {
      FactNames.taken(name).ifPresent(why -> spots.key("decide.facts." + name, why));
      if (form.type() != FactType.TEXT && !form.options().isEmpty()) {
        spots.key("decide.facts." + name + ".options", "only a text has options");
      }
      facts.add(new Policy.Fact(name, form.type(), form.ask(), form.options()));
    });
    facts.addAll(FactNames.ofChecks(spots.names("checks")));
    return facts;
  }

  private List<Policy.Issue> issues(Map<String, IssueForm> forms) {
    var issues = new ArrayList<Policy.Issue>();
    forms.forEach((name, form) -> {
      String path = "decide.issues." + name;
      if (form.instead().isPresent() && form.unless().isEmpty()) {
        spots.key(path + ".instead", "`instead` needs `unless`: when is it so?");
      }
      issues.add(
          new Policy.Issue(
              name,
              form.title().orElse(name),
              form.when(),
              verdict(path, form.verdict()),
              form.unless(),
              form.instead().map(instead -> verdict(path + ".instead", instead))));
    });
    return issues;
  }

  private Verdict verdict(String path, VerdictForm form) {
    form.severity()
        .ifPresent(label -> spots.known(path + ".severity", "severity", label, severities));
    form.components()
        .keySet()
        .forEach(component ->
            spots.known(
                path + ".components." + component,
                "component",
                component,
                spots.names("components")));
    approvals(path + ".approvals", form.approvals());
    return new Verdict(
        form.action(),
        form.severity()
            .filter(severities::contains)
            .map(label -> new Severity(label, severities.indexOf(label))),
        form.within(),
        form.rto(),
        new TreeMap<>(form.components()),
        form.approvals());
  }

  private void approvals(String path, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      String at = path + "[" + i + "]";
      if (approvals.isEmpty()) {
        spots.value(
            at, "`" + names.get(i) + "` is neither under `approvals: special:` nor a role there");
      } else {
        spots.known(at, "approval", names.get(i), approvals);
      }
    }
  }

  private List<Policy.Question> questions(DecideForm form) {
    var questions = new ArrayList<Policy.Question>();
    var ids = new HashSet<String>();
    for (int i = 0; i < form.questions().size(); i++) {
      String path = "decide.questions[" + i + "]";
      question(path, form.questions().get(i), form.facts())
          .ifPresent(question -> {
            if (!ids.add(question.id())) {
              spots.key(
                  path, "two questions are called `" + question.id() + "`; give one another `id`");
            }
            questions.add(question);
          });
    }
    return questions;
  }

  private Optional<Policy.Question> question(
      String path, QuestionForm form, Map<String, FactForm> facts) {
    if (form.yes().isEmpty() && form.no().isEmpty()) {
      spots.key(path, "the question leads nowhere; say what `yes` or `no` leads to");
    }
    if (form.fact().isPresent() && form.when().isPresent()) {
      spots.key(path + ".when", "a question has either `fact` or `when`");
    }
    Optional<Condition> when = form.when().or(() -> form.fact().flatMap(f -> fact(path, f, facts)));
    Optional<String> id = form.id().or(form::fact);
    Optional<String> ask = form.ask().or(() -> form.fact().map(facts::get).map(FactForm::ask));
    if (form.fact().isEmpty() && spots.missing(path, "when")) {
      spots.key(path, "`fact` or `when` is missing: what answers the question?");
    }
    if (form.fact().isEmpty() && id.isEmpty()) {
      spots.key(path, "`id` is missing; a question with `when` needs a name for reports");
    }
    if (form.fact().isEmpty() && ask.isEmpty()) {
      spots.key(path, "`ask` is missing; a question with `when` needs words for people");
    }
    return when.flatMap(condition ->
        id.flatMap(name ->
            ask.map(words ->
                new Policy.Question(
                    name,
                    words,
                    condition,
                    form.yes().map(v -> verdict(path + ".yes", v)),
                    form.no().map(v -> verdict(path + ".no", v))))));
  }

  /// A yes-no fact, as the condition that it is so.
  private Optional<Condition> fact(String path, String name, Map<String, FactForm> facts) {
    String at = path + ".fact";
    FactForm fact = facts.get(name);
    if (fact == null) {
      if (!spots.names("decide", "facts").contains(name)) {
        spots.known(at, "fact", name, facts.keySet());
      }
      return Optional.empty();
    }
    if (fact.type() != FactType.YES_NO) {
      spots.value(
          at,
          "`"
              + name
              + "` is not yes or no but "
              + Shapes.kebab(fact.type().name())
              + "; write a condition, e.g. `when: \""
              + name
              + " > 5%\"`");
      return Optional.empty();
    }
    return conditions.compile(new Scalar(spots.at(at), name, true, Optional.empty()), false);
  }

  private List<Policy.Caution> cautions(DecideForm form) {
    var cautions = new ArrayList<Policy.Caution>();
    var ids = new HashSet<String>();
    for (int i = 0; i < form.cautions().size(); i++) {
      DecideForm.CautionForm caution = form.cautions().get(i);
      String path = "decide.cautions[" + i + "]";
      approvals(path + ".approvals", caution.approvals());
      if (!ids.add(caution.id())) {
        spots.value(path + ".id", "two cautions are called `" + caution.id() + "`");
      }
      cautions.add(
          new Policy.Caution(caution.id(), caution.ask(), caution.when(), caution.approvals()));
    }
    return cautions;
  }
}
