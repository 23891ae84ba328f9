package dev.lastgood.decision;

import dev.lastgood.condition.Facts;
import java.util.List;
import java.util.Optional;

/// What the judge says of the facts so far: decided, or which fact is needed next.
public sealed interface Decision {
  /// @param verdict what is to be done
  /// @param rule the rule that fired: `issue payments-failing`, `question data-at-risk`,
  ///   `otherwise`
  /// @param trail every rule that was looked at, in order, with its answer
  /// @param otherwise which rule would have fired with another answer: one line each
  /// @param facts what it was decided on
  record Decided(
      Verdict verdict, String rule, List<Looked> trail, List<WhatIf> otherwise, Facts facts)
      implements Decision {
    public Decided {
      trail = List.copyOf(trail);
      otherwise = List.copyOf(otherwise);
    }
  }

  /// The answer still depends on these facts; the first is asked first.
  record Needs(List<Policy.Fact> missing, List<Looked> trail, Optional<String> forRule)
      implements Decision {
    public Needs {
      missing = List.copyOf(missing);
      trail = List.copyOf(trail);
    }
  }

  /// @param answer `yes`, `no`, or `not asked`
  record Looked(String rule, String text, String answer, String because) {}

  /// @param change "if data_at_risk were yes"
  record WhatIf(String change, String rule, Action action) {}
}
