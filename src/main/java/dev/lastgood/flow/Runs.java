package dev.lastgood.flow;

import dev.lastgood.ledger.Deployment;
import dev.lastgood.model.Text;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.report.PostMortem;
import dev.lastgood.report.RunReport;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.NoSuchRun;
import dev.lastgood.run.Journal.RunRow;
import dev.lastgood.run.Journal.SystemBusy;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Proposed;
import dev.lastgood.run.RunId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What people do with runs.
public final class Runs {
  private final Parts parts;
  private final Consent consent;

  Runs(Parts parts) {
    this.parts = parts;
    this.consent = new Consent(parts.config().approvals());
  }

  /// The run of this name.
  ///
  /// @param name empty: the one that is not over
  /// @throws Refusal when there is none
  public RunId named(Optional<String> name) throws Refusal {
    if (name.isPresent()) {
      return find(name.get());
    }
    return unfinished()
        .map(RunRow::id)
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.INPUT, "no run of " + parts.config().scope() + " is under way"));
  }

  /// @param name empty: the newest
  /// @throws Refusal when there is none
  public RunId newest(Optional<String> name) throws Refusal {
    if (name.isPresent()) {
      return find(name.get());
    }
    return mine().stream()
        .findFirst()
        .map(RunRow::id)
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.INPUT, "there was no run of " + parts.config().scope() + " yet"));
  }

  private RunId find(String name) throws Refusal {
    List<RunRow> runs = mine();
    return runs.stream()
        .map(RunRow::id)
        .filter(r -> r.value().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.INPUT,
                "no run is called \""
                    + name
                    + "\". "
                    + (runs.isEmpty()
                        ? "There was none yet"
                        : "The newest: "
                            + String.join(
                                ", ", runs.stream().limit(3).map(r -> r.id().value()).toList()))));
  }

  private List<RunRow> mine() {
    var scope = parts.config().scope();
    return parts.journal().runs().stream()
        .filter(
            r -> r.system().equals(scope.system()) && r.environment().equals(scope.environment()))
        .toList();
  }

  public Optional<RunRow> unfinished() {
    return parts.journal().unfinished(parts.config().scope());
  }

  /// Writes the plan down as a run; nothing is done yet.
  ///
  /// @throws Refusal when another run of the system is under way
  public RunId propose(Proposal proposal) throws Refusal {
    int approvals = consent.needed(proposal, parts.person());
    try {
      return parts
          .journal()
          .create(
              proposal.plan(),
              new Proposed(
                  proposal.hash(),
                  parts.person(),
                  proposal.plan().reason(),
                  approvals,
                  proposal.special(),
                  proposal.trail()),
              now());
    } catch (SystemBusy e) {
      throw busy(e.run());
    }
  }

  /// Before a plan is made in order to be carried out: while another run moves things, a plan would
  /// be about a world that is half-way somewhere else.
  ///
  /// @throws Refusal when another run of the system is under way
  public void idle() throws Refusal {
    Optional<RunRow> other = unfinished();
    if (other.isPresent()) {
      throw busy(other.get().id());
    }
  }

  private Refusal busy(RunId other) {
    return new Refusal(
        Refusal.Turn.RULE,
        "run "
            + other
            + " of "
            + parts.config().scope()
            + " is not over"
            + holder(other)
            + ". Nothing was changed now. Look at it: lastgood show "
            + other
            + "; go on with it: lastgood resume "
            + other
            + "; or end it: lastgood stop "
            + other);
  }

  /// Who keeps the system busy, as far as it is known.
  private String holder(RunId run) {
    String driver =
        parts
            .journal()
            .driver(run)
            .map(d ->
                "; last driven by "
                    + d.node()
                    + ", heard of at "
                    + d.lastSign().truncatedTo(ChronoUnit.SECONDS))
            .orElse("; nobody drives it now");
    try {
      return ": asked for by " + Consent.proposed(run, parts.journal()).by().name() + driver;
    } catch (Journal.Unreadable e) {
      return driver;
    }
  }

  public Proposal proposal(RunId run) throws Refusal {
    Plan plan = plan(run);
    Proposed proposed = Consent.proposed(run, parts.journal());
    return new Proposal(plan, PlanJson.hash(plan), proposed.decision(), proposed.special());
  }

  public Plan plan(RunId run) throws Refusal {
    try {
      return parts.journal().plan(run);
    } catch (NoSuchRun e) {
      throw new Refusal(Refusal.Turn.INPUT, String.valueOf(e.getMessage()));
    }
  }

  /// The yes of the person who asked, as far as the policy lets it count. When it does not, the run
  /// waits for others.
  ///
  /// @return what is still wanted, in words; empty when the run may begin
  /// @throws Refusal when breaking the glass is refused
  public Optional<String> approveOwn(
      RunId run, String hash, Optional<String> breakGlass, boolean acceptLoss) throws Refusal {
    Optional<String> wanting = wanting(run);
    boolean counts = parts.config().approvals().self() || breakGlass.isPresent();
    return wanting.isEmpty() || !counts ? wanting : approve(run, hash, breakGlass, acceptLoss);
  }

  /// What a run still needs before it may begin, in words; empty: nothing.
  public Optional<String> wanting(RunId run) {
    return Consent.wanting(consent.standing(run, parts.journal(), now()));
  }

  /// A yes to a run that waits for it.
  ///
  /// @return what is still wanted, in words; empty when the run may begin
  /// @throws Refusal when this person's yes cannot count
  public Optional<String> approve(
      RunId run, String hash, Optional<String> breakGlass, boolean acceptLoss) throws Refusal {
    trusted(run);
    over(run);
    Instant now = now();
    Approved yes =
        new Approved(
            parts.person(), hash, now.plus(parts.config().approvals().expires()), breakGlass);
    Approved counted = consent.counted(run, parts.journal(), yes, acceptLoss, now);
    say(run, "approve " + parts.person().name() + " " + hash, counted);
    return wanting(run);
  }

  /// @throws Refusal when the run did not ask, or not for this
  public void choose(RunId run, Choice choice, String reason) throws Refusal {
    trusted(run);
    over(run);
    RunEvent.Asked asked =
        parts.journal().entries(run).reversed().stream()
            .map(Entry::event)
            .takeWhile(e -> !(e instanceof RunEvent.Chosen))
            .filter(RunEvent.Asked.class::isInstance)
            .map(RunEvent.Asked.class::cast)
            .findFirst()
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.INPUT,
                    "run " + run + " asks for no choice; go on with: lastgood resume " + run));
    if (!asked.choices().contains(choice)) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "step " + asked.step() + " offers " + asked.choices() + ", not " + choice);
    }
    if (choice == Choice.SKIP && reason.isBlank()) {
      throw new Refusal(Refusal.Turn.INPUT, "to skip " + asked.step() + " say why: --reason \"…\"");
    }
    say(
        run,
        "choose " + asked.step() + " " + parts.journal().entries(run).size(),
        new RunEvent.Chosen(
            asked.step(), choice, parts.person(), Text.clip(reason, Wish.REASON_MAX)));
  }

  /// @return what happens now, in words
  /// @throws Refusal when the run is over
  public String stop(RunId run, String reason) throws Refusal {
    Optional<String> tampered = parts.journal().verify(run);
    if (tampered.isPresent()) {
      parts.journal().setAside(run, now());
      return "run "
          + run
          + " is set aside, as its journal cannot be trusted: "
          + tampered.get()
          + ". It never goes on, and its entries stay as they are. What it did is not certain: look"
          + " at the system itself before the next rollback";
    }
    over(run);
    say(run, "stop", new RunEvent.StopAsked(parts.person(), Text.clip(reason, Wish.REASON_MAX)));
    return "run "
        + run
        + " will stop: steps under way end, users who were kept away are let in, no other step begins. If nothing drives it now: lastgood resume "
        + run;
  }

  private void trusted(RunId run) throws Refusal {
    Optional<String> tampered = parts.journal().verify(run);
    if (tampered.isPresent()) {
      throw new Refusal(
          Refusal.Turn.PERSON,
          "run "
              + run
              + " does not go on: its journal cannot be trusted: "
              + tampered.get()
              + ". Nothing was changed now. Keep a copy of the state, look at the system itself, then"
              + " set this run aside: lastgood stop "
              + run);
    }
  }

  private void say(RunId run, String dedup, RunEvent word) throws Refusal {
    try {
      parts.journal().say(run, dedup, word, now());
    } catch (NoSuchRun e) {
      throw new Refusal(Refusal.Turn.INPUT, String.valueOf(e.getMessage()));
    }
  }

  private void over(RunId run) throws Refusal {
    var entries = parts.journal().entries(run);
    if (!entries.isEmpty() && entries.getLast().event() instanceof RunEvent.Finished f) {
      throw new Refusal(Refusal.Turn.INPUT, "run " + run + " is over: " + f.says());
    }
  }

  /// Goes on with a run until it is over, or waits for a person.
  ///
  /// @param patience how long to wait for a person; zero: not at all
  /// @throws Refusal when another process drives it, or its journal cannot be trusted
  public void drive(RunId run, Consumer<Entry> listener, Duration patience)
      throws Refusal, InterruptedException {
    trusted(run);
    over(run);
    Secretless.refuse(parts.config(), plan(run), "Nothing more was changed by run " + run);
    var notices =
        new Notices(parts.tellers(), run, plan(run), parts.journal().entries(run).getFirst().at());
    parts
        .engine()
        .drive(
            run,
            hands(),
            entry -> {
              listener.accept(entry);
              notices.about(entry);
            },
            patience);
  }

  private Hands hands() {
    return new Hands(
        parts.config().scope(),
        parts.platforms(),
        parts.purges(),
        parts.config().checks(),
        parts.health(),
        parts.book(),
        parts.bundle(),
        parts.tellers(),
        parts.clock());
  }

  /// Everything a run says about itself.
  public RunReport report(RunId run) throws Refusal {
    return RunReport.of(
        run,
        plan(run),
        parts.journal().entries(run),
        deploysBefore(run),
        List.of(),
        RunReport.Measured.NOTHING,
        parts.bundle().kept(run));
  }

  /// The deploys that led to the run: those of the day before it.
  private List<Deployment> deploysBefore(RunId run) {
    Instant began = parts.journal().entries(run).getFirst().at();
    return parts.book().deployments(parts.config().scope()).stream()
        .filter(d -> !d.source().equals(Hands.source(run)))
        .filter(d -> d.at().isBefore(began) && d.at().isAfter(began.minus(Duration.ofDays(1))))
        .toList();
  }

  /// The draft, as Markdown.
  public String postMortem(RunId run) throws Refusal {
    return PostMortem.markdown(report(run), plan(run), Optional.empty());
  }

  /// @throws Refusal when there is a file already, or it cannot be written
  public void writePostMortem(RunId run, Path file) throws Refusal {
    String text = postMortem(run);
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new Refusal(
          Refusal.Turn.RULE,
          file + " is there already; somebody may have edited it. Choose another -o");
    } catch (IOException e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, file + " cannot be written: " + e);
    }
  }

  private Instant now() {
    return parts.clock().instant();
  }
}
