package dev.lastgood.flow;

import java.util.List;

/// Which copies there are now of what is live.
///
/// @param lines what was kept and was not before, or what is to be known, a sentence each
/// @param troubles what could not be done, where and why
public record Kept(List<String> lines, List<String> troubles) {
  static final Kept NOTHING = new Kept(List.of(), List.of());

  public Kept {
    lines = List.copyOf(lines);
    troubles = List.copyOf(troubles);
  }

  /// @throws Refusal when something could not be done
  public void complete() throws Refusal {
    if (!troubles.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT, String.join(". ", troubles) + ". Mend that and say it again");
    }
  }
}
