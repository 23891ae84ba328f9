package dev.lastgood.config;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.config.Shape.NameRule;
import dev.lastgood.decision.Action;
import dev.lastgood.decision.Involvement;
import dev.lastgood.model.Doc;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `decide:` as it is written.
@Doc("How it is decided what to do.")
record DecideForm(
    @Doc("Severities of the team, worst first; default: P0, P1, P2, P3.") List<String> severities,
    @Doc("What can be known about an incident, by name. Conditions read these names.")
        @Written(names = NameRule.FACT)
        Map<String, FactForm> facts,
    @Doc("The matrix: what is wrong, and what is then done, by name, in order.")
        @Written(names = NameRule.NAME)
        Map<String, IssueForm> issues,
    @Doc("The tree: asked in order until an answer leads to a verdict.")
        List<QuestionForm> questions,
    @Doc("What needs more than the usual approval; looked at when the verdict is to roll back.")
        List<CautionForm> cautions,
    @Doc("When neither an issue nor a question leads anywhere; default: ask.")
        Optional<VerdictForm> otherwise) {

  @Doc("Something that can be known about an incident.")
  record FactForm(
      @Doc("What kind of value it has.") FactType type,
      @Doc("The question to a person who must supply it.") String ask,
      @Doc("For a text: what it may be; default: anything.") List<String> options) {}

  @Doc("A row of the matrix. It applies when somebody names it, or when its condition holds.")
  record IssueForm(
      @Doc("What it is called for people; default: its name.") Optional<String> title,
      @Doc("It applies by itself when this holds; default: only when it is named.")
          Optional<Condition> when,
      @Doc("What is to be done.") Action action,
      @Doc("How bad it is: one of the severities.") Optional<String> severity,
      @Doc("Respond within.") Optional<Duration> within,
      @Doc("Restore service within.") Optional<Duration> rto,
      @Doc(
              "Components that are rolled back: a list, or a mapping to yes, no or maybe; default: all.")
          @Written(orListed = "yes")
          Map<String, Involvement> components,
      @Doc("Approvals that are needed beyond the default: names of special approvals or of roles.")
          List<String> approvals,
      @Doc("When this holds, `instead` is the verdict; without `instead` the row does not apply.")
          Optional<Condition> unless,
      @Doc("The verdict when `unless` holds.") Optional<VerdictForm> instead) {
    VerdictForm verdict() {
      return new VerdictForm(action, severity, within, rto, components, approvals);
    }
  }

  @Doc("What is to be done.")
  @Written(shorthand = "action")
  record VerdictForm(
      @Doc("What is to be done.") Action action,
      @Doc("How bad it is: one of the severities.") Optional<String> severity,
      @Doc("Respond within.") Optional<Duration> within,
      @Doc("Restore service within.") Optional<Duration> rto,
      @Doc(
              "Components that are rolled back: a list, or a mapping to yes, no or maybe; default: all.")
          @Written(orListed = "yes")
          Map<String, Involvement> components,
      @Doc("Approvals that are needed beyond the default: names of special approvals or of roles.")
          List<String> approvals) {}

  @Doc("A question of the tree, about one yes-no fact or about a condition.")
  record QuestionForm(
      @Doc("Its name in reports; default: the fact.") Optional<String> id,
      @Doc("The yes-no fact it asks for.") Optional<String> fact,
      @Doc("The question in words; default: that of the fact.") Optional<String> ask,
      @Doc("The condition that answers it, instead of a fact.") Optional<Condition> when,
      @Doc("What a yes leads to; default: next, the next question.") @Written(orAbsent = "next")
          Optional<VerdictForm> yes,
      @Doc("What a no leads to; default: next, the next question.") @Written(orAbsent = "next")
          Optional<VerdictForm> no) {}

  @Doc("Stop and get approval if this holds.")
  record CautionForm(
      @Doc("Its name in reports.") String id,
      @Doc("It in words, as a question.") String ask,
      @Doc("It applies when this holds.") Condition when,
      @Doc("Approvals that are then needed: names of special approvals or of roles.")
          @Written(notEmpty = true)
          List<String> approvals) {}
}
