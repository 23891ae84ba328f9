package dev.lastgood.config;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.approval.ApprovalPolicy.Need;
import dev.lastgood.config.Form.ApprovalsForm;
import dev.lastgood.config.Form.NeedForm;
import dev.lastgood.config.Form.SelfApproval;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What `approvals:` means.
final class ApprovalsMeaning {
  private static final int MOST_PEOPLE = 100;
  private final Spots spots;

  ApprovalsMeaning(Spots spots) {
    this.spots = spots;
  }

  /// What a verdict may ask for: special approvals, and roles.
  SortedSet<String> names(Optional<ApprovalsForm> form) {
    var names = new TreeSet<String>();
    form.ifPresent(approvals -> {
      names.addAll(approvals.special().keySet());
      names.addAll(approvals.roles().keySet());
    });
    return names;
  }

  ApprovalPolicy of(Optional<ApprovalsForm> form) {
    if (form.isEmpty()) {
      return ApprovalPolicy.DEFAULT;
    }
    ApprovalsForm approvals = form.get();
    int count = approvals.count().orElse(ApprovalPolicy.DEFAULT.count());
    if (count < 0 || count > MOST_PEOPLE) {
      spots.value("approvals.default", "must be from 0 to " + MOST_PEOPLE);
    }
    approvals
        .roles()
        .forEach((role, people) -> {
          if (people.isEmpty()) {
            spots.value("approvals.roles." + role, "a role needs at least one person");
          }
        });
    return new ApprovalPolicy(
        count,
        special(approvals),
        approvals.self().orElse(SelfApproval.ALLOWED) == SelfApproval.ALLOWED,
        new TreeMap<>(approvals.roles()),
        approvals.expires().orElse(ApprovalPolicy.DEFAULT.expires()));
  }

  /// A role that a verdict may name is a special approval too: one person who has it.
  private SortedMap<String, Need> special(ApprovalsForm approvals) {
    var needs = new TreeMap<String, Need>();
    approvals.roles().keySet().forEach(role -> needs.put(role, new Need(1, role)));
    for (Map.Entry<String, NeedForm> special : approvals.special().entrySet()) {
      String path = "approvals.special." + special.getKey();
      NeedForm need = special.getValue();
      int count = need.count().orElse(1);
      if (count < 1 || count > MOST_PEOPLE) {
        spots.value(path, "must be from 1 to " + MOST_PEOPLE);
      }
      need.role()
          .ifPresent(role -> spots.known(path + ".role", "role", role, approvals.roles().keySet()));
      needs.put(special.getKey(), new Need(count, need.role().orElse("")));
    }
    return needs;
  }
}
