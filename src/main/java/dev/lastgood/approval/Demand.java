package dev.lastgood.approval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one rule demands of the approvals of a plan.
///
/// @param rule its name in the policy; `default` for the count that always applies
/// @param role one of the people must have it
/// @param impossible why nobody can meet it; it then always wants one more
record Demand(String rule, int count, Optional<String> role, Optional<String> impossible) {

  static List<Demand> of(ApprovalPolicy policy, List<String> rules) {
    var demands = new ArrayList<Demand>();
    demands.add(new Demand("default", policy.count(), Optional.empty(), Optional.empty()));
    rules.stream().distinct().forEach(r -> named(policy, r).ifPresent(demands::add));
    return demands;
  }

  /// A rule by its name: a special one, else a role of that name, one of whom must say yes.
  private static Optional<Demand> named(ApprovalPolicy policy, String rule) {
    ApprovalPolicy.Need need = policy.special().get(rule);
    if (need != null) {
      Optional<String> role = Optional.of(need.role()).filter(r -> !r.isBlank());
      return Optional.of(
          new Demand(rule, need.count(), role, role.flatMap(r -> nobody(policy, r))));
    }
    if (policy.roles().containsKey(rule)) {
      return Optional.of(new Demand(rule, 1, Optional.of(rule), nobody(policy, rule)));
    }
    if (rule.equals(Request.DATA_LOSS)) {
      return Optional.empty();
    }
    return Optional.of(
        new Demand(
            rule,
            1,
            Optional.empty(),
            Optional.of(
                "the decision asks for approval \""
                    + rule
                    + "\", which is neither a special rule nor a role; special rules: "
                    + list(policy.special().keySet())
                    + "; roles: "
                    + list(policy.roles().keySet()))));
  }

  private static Optional<String> nobody(ApprovalPolicy policy, String role) {
    return policy.roles().getOrDefault(role, List.of()).isEmpty()
        ? Optional.of("nobody is listed under approvals: roles: " + role)
        : Optional.empty();
  }

  private static String list(Iterable<String> names) {
    String all = String.join(", ", names);
    return all.isEmpty() ? "none" : all;
  }

  /// "data-loss needs 2 people, one of them with role tech-lead".
  String says() {
    return rule
        + " needs "
        + (count == 1 ? "1 person" : count + " people")
        + role.map(r -> (count == 1 ? " with role " : ", one of them with role ") + r).orElse("");
  }
}
