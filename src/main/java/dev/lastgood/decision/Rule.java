package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One thing that is looked at in order, and fires or passes on to the next.
sealed interface Rule {
  /// As people see it: `issue payments-failing`.
  String name();

  /// What it reads, in the order in which it is asked for.
  List<Condition> conditions();

  Leads look(Known known);

  /// Where a rule leads.
  sealed interface Leads {
    record To(Verdict verdict) implements Leads {}

    record Next() implements Leads {}

    /// Not known; it may lead to one of these, or to the next rule.
    record Open(List<Verdict> verdicts) implements Leads {}
  }

  /// One of the verdicts of an issue. An issue with an `instead` has two rows, because the other
  /// verdict may be less severe and so be looked at later.
  ///
  /// @param named applies without its condition, because a person named the issue
  /// @param exception this is the `instead`, which fires when the `unless` holds
  record Row(Policy.Issue issue, boolean named, boolean exception, Verdict verdict)
      implements Rule {

    static Stream<Row> of(Policy.Issue issue, boolean named) {
      Stream<Row> then = Stream.of(new Row(issue, named, false, issue.then()));
      Stream<Row> instead =
          issue.instead().stream()
              .map(v -> new Row(issue, named, true, v.filledFrom(issue.then())));
      return Stream.concat(then, instead);
    }

    /// A severity that is not said is the least.
    int rank() {
      return verdict.severity().map(s -> s.rank()).orElse(Integer.MAX_VALUE);
    }

    @Override
    public String name() {
      return "issue " + issue.name();
    }

    @Override
    public List<Condition> conditions() {
      Optional<Condition> when = named ? Optional.empty() : issue.when();
      return Stream.concat(when.stream(), issue.unless().stream()).toList();
    }

    @Override
    public Leads look(Known known) {
      return switch (holds(known).and(exception ? excepted(known) : excepted(known).not())) {
        case YES -> new Leads.To(verdict);
        case NO -> new Leads.Next();
        case UNKNOWN -> new Leads.Open(List.of(verdict));
      };
    }

    Tri holds(Known known) {
      return named ? Tri.YES : issue.when().map(known::is).orElse(Tri.NO);
    }

    Tri excepted(Known known) {
      return issue.unless().map(known::is).orElse(Tri.NO);
    }
  }

  /// A node of the tree.
  record Node(Policy.Question question) implements Rule {
    @Override
    public String name() {
      return "question " + question.id();
    }

    @Override
    public List<Condition> conditions() {
      return List.of(question.when());
    }

    @Override
    public Leads look(Known known) {
      return switch (known.is(question.when())) {
        case YES -> to(question.yes());
        case NO -> to(question.no());
        case UNKNOWN ->
            new Leads.Open(Stream.concat(question.yes().stream(), question.no().stream()).toList());
      };
    }

    private static Leads to(Optional<Verdict> verdict) {
      return verdict.<Leads>map(Leads.To::new).orElseGet(Leads.Next::new);
    }
  }

  /// The last one; always fires.
  record Otherwise(Verdict verdict) implements Rule {
    @Override
    public String name() {
      return "otherwise";
    }

    @Override
    public List<Condition> conditions() {
      return List.of();
    }

    @Override
    public Leads look(Known known) {
      return new Leads.To(verdict);
    }
  }
}
