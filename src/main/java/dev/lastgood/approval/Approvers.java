package dev.lastgood.approval;

import dev.lastgood.model.Actor;
import java.util.ArrayList;
import java.util.List;

/// Whose yes may count for a request: who is who, and who has which role.
record Approvers(ApprovalPolicy policy, Request request) {

  /// Distinct people who may approve, in order.
  List<Yes> people(List<Yes> counting) {
    var people = new ArrayList<Yes>();
    for (Yes yes : counting) {
      boolean known =
          people.stream()
              .anyMatch(y -> y.samePerson(yes.by()) || (!policy.self() && y.sameAccount(yes.by())));
      if (!known && !isSelf(yes) && mayApprove(yes.by())) {
        people.add(yes);
      }
    }
    return people;
  }

  boolean isSelf(Yes yes) {
    return !policy.self() && (yes.samePerson(request.by()) || yes.sameAccount(request.by()));
  }

  boolean mayApprove(Actor person) {
    return policy.roles().isEmpty()
        || policy.roles().keySet().stream().anyMatch(r -> has(person, r));
  }

  /// Listed by name, by account (`ada@web1`), or by the account's user.
  boolean has(Actor person, String role) {
    String user = person.account().replaceFirst("@.*$", "");
    return policy.roles().getOrDefault(role, List.of()).stream()
        .anyMatch(
            m -> m.equalsIgnoreCase(person.name()) || m.equals(person.account()) || m.equals(user));
  }
}
