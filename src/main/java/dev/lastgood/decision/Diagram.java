package dev.lastgood.decision;

import dev.lastgood.condition.Condition.Answer;
import dev.lastgood.decision.Policy.Fact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Plays through everything that is not known, to find what the verdict still depends on.
///
/// It is a reduced ordered decision diagram (Bryant 1986): equal parts are shared, a choice all of
/// whose ways lead to the same place is left out, and choices come in one order on every path.
/// Therefore a choice is in it exactly when some answer to it changes some verdict.
final class Diagram {
  /// Enough for any policy a person can read; beyond it parts count as different, so that a fact
  /// too many is asked, never one too few.
  private static final int MOST_PASSES = 5_000;

  private final Rules rules;
  private final Map<Choice, Integer> order = new HashMap<>();
  private final List<Choice> choices;
  private final Map<Object, Integer> ids = new HashMap<>();
  private final List<Object> parts = new ArrayList<>();
  private final Map<Object, Integer> seen = new HashMap<>();
  private final Map<Integer, Set<String>> missing = new HashMap<>();
  private final Set<Integer> left = new TreeSet<>();

  /// @param choice index into `choices`
  /// @param ways ids of the parts it leads to
  private record Fork(int choice, List<Integer> ways) {}

  Diagram(Rules rules, Known known) {
    this.rules = rules;
    this.choices = Choice.inOrder(rules, known);
    IntStream.range(0, choices.size()).forEach(i -> order.put(choices.get(i), i));
    collect(build(known), new HashSet<>());
  }

  /// Choices on which the verdict depends, first to ask first. None: it is the same in any case.
  List<Choice> left() {
    return left.stream().map(choices::get).toList();
  }

  /// The facts behind a choice. None: its condition fails on the values that are known.
  List<Fact> facts(Choice choice) {
    return switch (choice) {
      case Choice.OfFact(Fact fact) -> List.of(fact);
      case Choice.OfCondition _ -> {
        Set<String> names = missing.getOrDefault(order.get(choice), Set.of());
        yield rules.policy().facts().stream().filter(f -> names.contains(f.name())).toList();
      }
    };
  }

  private int build(Known known) {
    Pass pass = Pass.over(rules, known);
    Integer before = seen.get(pass.remainder());
    if (before != null) {
      return before;
    }
    int id = seen.size() < MOST_PASSES ? part(pass, known) : id(new Object());
    seen.put(pass.remainder(), id);
    return id;
  }

  private int part(Pass pass, Known known) {
    if (pass.settled()) {
      return id(pass.verdict(rules, known));
    }
    Choice choice = first(pass, known);
    note(choice, known);
    List<Integer> ways = choice.ways(known).stream().map(this::build).toList();
    return ways.stream().distinct().count() == 1
        ? ways.getFirst()
        : id(new Fork(index(choice), ways));
  }

  Choice first(Pass pass, Known known) {
    return Choice.of(rules, pass, known)
        .min(Comparator.comparingInt(this::index))
        .orElseThrow(() -> new IllegalStateException("an open pass has a choice"));
  }

  private int index(Choice choice) {
    return order.getOrDefault(choice, Integer.MAX_VALUE);
  }

  private void note(Choice choice, Known known) {
    if (choice instanceof Choice.OfCondition(var condition)
        && known.ask(condition) instanceof Answer.Unknown(Set<String> names, _)) {
      missing.computeIfAbsent(index(choice), _ -> new TreeSet<>()).addAll(names);
    }
  }

  private int id(Object part) {
    return ids.computeIfAbsent(
        part,
        p -> {
          parts.add(p);
          return parts.size() - 1;
        });
  }

  private void collect(int id, Set<Integer> visited) {
    if (visited.add(id) && parts.get(id) instanceof Fork(int choice, List<Integer> ways)) {
      left.add(choice);
      ways.forEach(w -> collect(w, visited));
    }
  }
}
