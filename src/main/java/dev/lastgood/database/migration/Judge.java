package dev.lastgood.database.migration;

import dev.lastgood.database.SchemaVerdict;
import dev.lastgood.database.migration.Finding.Weight;
import dev.lastgood.database.migration.Judgement.Question;
import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Reading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Compares the folder of the target, the folder of what is live and the state table, and judges
/// what the difference means. Pure.
public final class Judge {
  /// What a person may answer.
  public static final List<String> ANSWERS = List.of("safe", "step-down", "restore");

  private final String target;
  private final Map<String, Migration> wanted = new LinkedHashMap<>();
  private final Map<String, Migration> newer = new LinkedHashMap<>();
  private final List<Applied> applied;
  private final Map<String, String> answers;
  private final Set<String> used = new HashSet<>();
  private final List<Question> questions = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /// @param target the release, for people
  /// @param wanted migrations of the target's folder
  /// @param newer migrations of the folder of what is live
  /// @param applied the state table, oldest first
  /// @param answers by migration, of [#ANSWERS]
  public Judge(
      String target,
      List<Migration> wanted,
      List<Migration> newer,
      List<Applied> applied,
      Map<String, String> answers) {
    this.target = target;
    wanted.forEach(m -> this.wanted.put(m.id(), m));
    newer.forEach(m -> this.newer.put(m.id(), m));
    this.applied = List.copyOf(applied);
    this.answers = Map.copyOf(answers);
  }

  public Judgement judge() {
    Map<String, Applied> state = State.byId(applied);
    expected(state);
    World world = new World();
    for (Migration migration : wanted.values()) {
      known(migration, world);
    }
    world.targetReached();
    List<Since> since = new ArrayList<>();
    for (Applied row : state.values()) {
      if (!wanted.containsKey(row.id())) {
        since.add(judged(row, world));
      } else {
        known(row);
      }
    }
    answers.keySet().stream()
        .filter(a -> !used.contains(a))
        .forEach(a -> notes.add("the answer about " + a + " was not needed: nobody asked"));
    return new Judgement(verdict(since), target, since, questions, notes);
  }

  private static void known(Migration migration, World world) {
    if (migration.up().isEmpty() || !migration.silent().isEmpty()) {
      world.hidden();
    }
    migration
        .up()
        .ifPresent(sql ->
            Reading.of(sql)
                .forEach(deed -> {
                  world.after(deed);
                  if (deed instanceof Deed.Unjudged) {
                    world.unread(sql);
                  }
                }));
  }

  /// What the target counts on must be there.
  private void expected(Map<String, Applied> state) {
    for (String id : wanted.keySet()) {
      if (!state.containsKey(id) && answered(id).isEmpty()) {
        ask(id, target + " expects it, and it is not applied");
      }
    }
    for (String id : newer.keySet()) {
      if (!state.containsKey(id) && !wanted.containsKey(id)) {
        notes.add(id + " is in what is live and is not applied");
      }
    }
  }

  /// A migration that the target has, too.
  private void known(Applied row) {
    if (row.failed() && answered(row.id()).isEmpty()) {
      ask(row.id(), "it failed, and how far it came cannot be told");
    }
    Migration file = wanted.getOrDefault(row.id(), Migration.silent(row.id(), ""));
    if (changed(row, file)) {
      notes.add(row.id() + " was changed after it was applied: the file is not what was run");
    }
  }

  private Since judged(Applied row, World world) {
    Migration file =
        Optional.ofNullable(newer.get(row.id()))
            .or(() -> row.sql().map(s -> stored(row, s)))
            .orElse(
                Migration.silent(
                    row.id(), "its file is neither in the target nor in what is live"));
    World before = world;
    List<Deed> deeds = file.up().map(Reading::of).orElse(List.of());
    List<Finding> findings = new ArrayList<>();
    if (row.failed()) {
      findings.add(new Finding(Weight.ASK, "it failed, and how far it came cannot be told"));
    }
    if (changed(row, file)) {
      findings.add(
          new Finding(Weight.ASK, "its file was changed since: what was run is not what it says"));
    }
    if (!file.silent().isEmpty()) {
      findings.add(new Finding(Weight.ASK, file.silent()));
    }
    if (file.up().isPresent() && deeds.isEmpty() && file.silent().isEmpty()) {
      findings.add(new Finding(Weight.SAFE, "does nothing"));
    }
    Since.Down down = Downs.of(file, deeds, before);
    for (Deed deed : deeds) {
      findings.add(Finding.of(deed, world));
      world.after(deed);
    }
    Optional<String> answer = answered(row.id());
    var since =
        new Since(
            row.id(),
            findings,
            answer,
            row.failed() ? new Since.Down.None("it failed half-way") : down);
    if (since.open()) {
      findings.stream().filter(f -> f.weight() == Weight.ASK).forEach(f -> ask(row.id(), f.says()));
    }
    return since;
  }

  private static Migration stored(Applied row, String sql) {
    return Migration.sql(row.id(), sql, Optional.empty(), Optional.empty());
  }

  private static boolean changed(Applied row, Migration file) {
    return row.checksum().isPresent()
        && file.checksum().isPresent()
        && !row.checksum().equals(file.checksum());
  }

  private Optional<String> answered(String id) {
    Optional<String> answer = Optional.ofNullable(answers.get(id));
    answer.ifPresent(_ -> used.add(id));
    return answer;
  }

  private void ask(String about, String says) {
    questions.add(new Question(about, says));
  }

  private SchemaVerdict verdict(List<Since> since) {
    Weight worst =
        java.util.stream.Stream.concat(
                since.stream().map(Since::weight),
                answers.entrySet().stream()
                    .filter(a -> used.contains(a.getKey()))
                    .map(a -> weight(a.getValue())))
            .max(java.util.Comparator.naturalOrder())
            .orElse(Weight.SAFE);
    List<String> reasons = reasons(since, worst);
    List<String> asked =
        questions.stream().map(q -> q.about() + ": " + q.says()).collect(Collectors.toList());
    if (worst == Weight.RESTORE) {
      reasons.addAll(asked);
      return new SchemaVerdict.NeedsRestore(List.copyOf(reasons));
    }
    if (!asked.isEmpty()) {
      asked.addAll(reasons);
      return new SchemaVerdict.Blocked(List.copyOf(asked));
    }
    return worst == Weight.STEP_DOWN
        ? new SchemaVerdict.StepDownFirst(List.copyOf(reasons))
        : new SchemaVerdict.Safe(
            since.isEmpty()
                ? List.of("no migration was applied since " + target)
                : List.copyOf(reasons));
  }

  private static Weight weight(String answer) {
    return switch (answer) {
      case "safe" -> Weight.SAFE;
      case "step-down" -> Weight.STEP_DOWN;
      default -> Weight.RESTORE;
    };
  }

  /// What weighs as much as the verdict; for `SAFE` everything that was done.
  private static List<String> reasons(List<Since> since, Weight worst) {
    List<String> reasons = new ArrayList<>();
    for (Since one : since) {
      if (one.answer().isPresent()) {
        reasons.add(one.id() + ": a person answered: " + one.answer().get());
      } else {
        one.findings().stream()
            .filter(f -> f.weight() == worst)
            .forEach(f -> reasons.add(one.id() + " " + f.says()));
      }
    }
    return reasons;
  }
}
