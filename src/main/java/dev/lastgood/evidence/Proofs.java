package dev.lastgood.evidence;

import dev.lastgood.plan.Work;
import dev.lastgood.provider.Sight;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Proves what a plan promised, round by round.
public final class Proofs {
  private final Checks checks;
  private final Map<String, Check> known;

  /// @param known every check of the configuration, by name
  public Proofs(Checks checks, Map<String, Check> known) {
    this.checks = checks;
    this.known = Map.copyOf(known);
  }

  /// What one round saw, and the count to give to the next one.
  public record Round(Sight sight, ProofRounds rounds) {}

  /// Measures all checks once. The goal holds when this round completes the needed row.
  ///
  /// @param before the count after the round before; [ProofRounds#none] at first
  public Round once(Work.Prove prove, ProofRounds before) {
    if (prove.checks().isEmpty()) {
      return none(before, "no checks are configured for this moment: nothing can be proven");
    }
    var missing = new TreeSet<>(prove.checks());
    missing.removeAll(known.keySet());
    if (!missing.isEmpty()) {
      return none(
          before,
          "the plan wants checks that are not configured any more: "
              + String.join(", ", missing)
              + ". Known: "
              + String.join(", ", new TreeSet<>(known.keySet())));
    }
    List<Check> wanted = prove.checks().stream().distinct().map(known::get).toList();
    Checks.Round round = checks.round(wanted, prove.address(), prove.version());
    ProofRounds after = before.after(round.allHealthy());
    return new Round(sight(round, after), after);
  }

  private static Sight sight(Checks.Round round, ProofRounds after) {
    if (!round.allHealthy()) {
      return new Sight.UnderWay(round.says());
    }
    String row = after.healthy() + " of " + after.needed() + " times in a row";
    return after.proven()
        ? new Sight.Holds(round.says() + ", " + row)
        : new Sight.UnderWay(round.says() + ", " + row);
  }

  private static Round none(ProofRounds before, String says) {
    return new Round(new Sight.Failed(says), before.after(false));
  }
}
