package dev.lastgood.flow;

import dev.lastgood.condition.Facts;
import dev.lastgood.config.ConfigException;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.decision.Decision;
import dev.lastgood.decision.Involvement;
import dev.lastgood.decision.Judge;
import dev.lastgood.evidence.Check;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import dev.lastgood.report.PaperRunbook;
import dev.lastgood.report.PlanTable;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunId;
import dev.lastgood.signal.Measured;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One system at one desk: everything a command can ask about it or do with it.
public final class Office implements AutoCloseable {
  private final Parts parts;

  public Office(Parts parts) {
    this.parts = parts;
  }

  public SystemConfig config() {
    return parts.config();
  }

  public Scope scope() {
    return parts.config().scope();
  }

  public Actor person() {
    return parts.person();
  }

  public Survey survey() throws InterruptedException {
    return new Surveyor(parts.platforms(), parts.clock()).survey(parts.book().deployments(scope()));
  }

  public SortedMap<String, Measurement> measure(Check.Moment moment) {
    List<Check> wanted = config().checks().stream().filter(c -> c.when().contains(moment)).toList();
    return parts.health().measure(wanted, Optional.empty(), Optional.empty());
  }

  public Facts measuredFacts() {
    return Measured.facts(measure(Check.Moment.BEFORE));
  }

  /// @throws Refusal when the matrix has no such issue
  public Decision decide(Facts facts, Optional<String> issue) throws Refusal {
    if (issue.isPresent()
        && config().decide().issues().stream().noneMatch(i -> i.name().equals(issue.get()))) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "no issue is called \""
              + issue.get()
              + "\". Known: "
              + String.join(", ", config().decide().issues().stream().map(i -> i.name()).toList()));
    }
    return Judge.judge(config().decide(), facts, issue);
  }

  /// A wish that a person has decided on.
  ///
  /// @param components names, or `full`
  /// @param to `component=release`
  /// @throws Refusal when a name is unknown
  public Wish wish(Collection<String> components, Collection<String> to, @Nullable String reason)
      throws Refusal {
    Set<String> wanted = new TreeSet<>();
    SortedMap<String, String> explicit = new TreeMap<>();
    for (String pair : to) {
      int equals = pair.indexOf('=');
      if (equals < 1 || equals == pair.length() - 1) {
        throw new Refusal(
            Refusal.Turn.INPUT, "\"" + pair + "\" is not COMPONENT=RELEASE, e.g. --to backend=v41");
      }
      explicit.put(known(pair.substring(0, equals)), pair.substring(equals + 1));
    }
    boolean full = false;
    for (String component : components) {
      if (component.equals("full") && !config().components().containsKey("full")) {
        full = true;
      } else {
        wanted.add(known(component));
      }
    }
    if (full) {
      wanted.addAll(config().components().keySet());
    }
    wanted.addAll(explicit.keySet());
    String why = reason == null || reason.isBlank() ? person() + " asked for it" : reason.strip();
    return new Wish(wanted, explicit, bounded(why), Optional.empty());
  }

  /// The wish that follows from a decision.
  public Wish wish(Decision.Decided decided, Optional<String> reason) {
    Set<String> wanted = new TreeSet<>();
    decided
        .verdict()
        .components()
        .forEach((component, involvement) -> {
          if (involvement == Involvement.YES && config().components().containsKey(component)) {
            wanted.add(component);
          }
        });
    return new Wish(
        decided.verdict().components().isEmpty() ? config().components().keySet() : wanted,
        new TreeMap<>(),
        bounded(reason.filter(r -> !r.isBlank()).orElse("decided by " + decided.rule())),
        Optional.of(decided));
  }

  private static String bounded(String reason) {
    return dev.lastgood.model.Text.clip(reason, Wish.REASON_MAX);
  }

  /// @throws Refusal listing what is known
  public String known(String component) throws Refusal {
    if (!config().components().containsKey(component)) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "no component is called \""
              + component
              + "\". Known: "
              + String.join(", ", config().components().keySet())
              + ", and full for all of them");
    }
    return component;
  }

  /// @throws Refusal when there is no target, or a platform that is needed cannot be reached
  public Proposal plan(Wish wish) throws Refusal, InterruptedException {
    return new Planning(parts, survey(), ledger()).propose(wish);
  }

  /// Whether code of a release can live with the live schema.
  ///
  /// @param database a component with `migrations`; empty: the only one there is
  /// @param to a release or commit of the component that carries the migrations; empty: its last
  ///   known good one
  /// @throws Refusal when it cannot be said
  public SchemaAdvice.Told verdict(
      Optional<String> database, Optional<String> to, SortedMap<String, String> answers)
      throws Refusal, InterruptedException {
    return new SchemaQuestion(parts, survey(), ledger()).ask(database, to, answers);
  }

  /// What users wrote since a state of a database, what of it fits, what would be lost.
  ///
  /// @param to a release of that component; empty: its last known good one
  /// @throws Refusal when it cannot be said
  public Account account(String component, Optional<String> to, Policy policy, List<String> queries)
      throws Refusal, InterruptedException {
    known(component);
    return new SchemaQuestion(parts, survey(), ledger()).account(component, to, policy, queries);
  }

  /// The way back to where a run began, as a plan of its own.
  ///
  /// @throws Refusal when it cannot be reached any more
  public Proposal undo(RunId run, String reason) throws Refusal, InterruptedException {
    return new Planning(parts, survey(), ledger())
        .undo(runs().plan(run), run.value(), bounded(reason));
  }

  public Ledger ledger() {
    return Ledger.of(parts.book(), scope(), config().soak(), parts.clock().instant());
  }

  /// What is live on a component now.
  ///
  /// @throws Refusal when the component is unknown, nothing is live, or nobody can say
  public Release live(String component) throws Refusal, InterruptedException {
    known(component);
    Survey survey = survey();
    return survey
        .of(component)
        .flatMap(i -> i.live())
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.ENVIRONMENT,
                "nothing is known to be live on "
                    + component
                    + Optional.ofNullable(survey.unreachable().get(component))
                        .map(why -> ": " + why)
                        .orElse("")));
  }

  /// @param measured whether the checks are measured; then the look is entered as a sighting
  public Status status(boolean measured) throws InterruptedException {
    return new Look(parts, this).status(measured);
  }

  public Runs runs() {
    return new Runs(parts);
  }

  public Records records() {
    return new Records(parts, this);
  }

  public History history() {
    return new History(parts);
  }

  public Journal journal() {
    return parts.journal();
  }

  /// A proposal as a table for people.
  ///
  /// @param width cells of the terminal
  public String table(Proposal proposal, int width) {
    return String.join("\n", PlanTable.lines(proposal.plan(), List.of(), width));
  }

  /// A proposal as a runbook on paper.
  public String paper(Proposal proposal) {
    return PaperRunbook.markdown(
        proposal.plan(), config().checks(), config().approvals(), proposal.special());
  }

  /// Secrets of the configuration that cannot be read, one line each, never their values.
  public List<String> unreadableSecrets() {
    return config().missingSecrets().stream().map(ConfigException.Mistake::shown).toList();
  }

  @Override
  public void close() {
    try {
      parts.closing().close();
    } catch (Exception e) {
      // Nothing is buffered anywhere: what was written is on disk, so a failing close loses
      // nothing.
      System.getLogger(Office.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
    }
  }
}
