package dev.lastgood.flow;

import dev.lastgood.plan.Plan;
import java.util.List;

/// A plan that could be carried out, before anybody said yes.
///
/// @param hash what an approval is for
/// @param trail how it was decided
/// @param special names of approval rules that apply, e.g. `data-loss`
public record Proposal(Plan plan, String hash, List<String> trail, List<String> special) {
  public Proposal {
    trail = List.copyOf(trail);
    special = List.copyOf(special);
  }
}
