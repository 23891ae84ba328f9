package dev.lastgood.approval;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Text;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import java.util.LinkedHashSet;
import java.util.List;

/// What people are asked to say yes to.
///
/// @param by who asked for the plan
/// @param rules names of the special approval rules that apply, e.g. `data-loss`
public record Request(Actor by, String planHash, List<String> rules) {
  /// The rule for plans that lose data.
  public static final String DATA_LOSS = "data-loss";

  public Request {
    Text.require(planHash, "plan hash");
    rules = List.copyOf(rules);
  }

  /// @param approvals what the verdict asks for
  public static Request of(Plan plan, Actor by, List<String> approvals) {
    var rules = new LinkedHashSet<>(approvals);
    if (!plan.forecast().losses().isEmpty()) {
      rules.add(DATA_LOSS);
    }
    return new Request(by, PlanJson.hash(plan), List.copyOf(rules));
  }

  boolean losesData() {
    return rules.contains(DATA_LOSS);
  }
}
