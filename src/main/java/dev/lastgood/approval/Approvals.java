package dev.lastgood.approval;

import dev.lastgood.approval.Ruling.Counts;
import dev.lastgood.approval.Ruling.Refused;
import dev.lastgood.approval.Standing.Enough;
import dev.lastgood.approval.Standing.Wanting;
import dev.lastgood.model.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Who may say yes to one plan, and whether enough people have. A yes is for the plan its giver
/// saw, by its hash; a plan that changed needs new ones.
public final class Approvals {
  private final ApprovalPolicy policy;
  private final Request request;
  private final List<Demand> demands;
  private final Approvers approvers;

  public Approvals(ApprovalPolicy policy, Request request) {
    this.policy = policy;
    this.request = request;
    this.demands = Demand.of(policy, request.rules());
    this.approvers = new Approvers(policy, request);
  }

  /// How many people must say yes.
  public int needed() {
    return demands.stream().mapToInt(Demand::count).max().orElse(0);
  }

  /// A yes from now until it expires.
  public Yes yes(Actor by, String planHash, Instant now, Optional<String> breakGlass) {
    return new Yes(by, planHash, now, now.plus(policy.expires()), breakGlass);
  }

  /// @param given every yes that was recorded for this plan, in order
  public Standing standing(List<Yes> given, Instant now) {
    List<Yes> counting = counting(given, now);
    Optional<Yes> broken = counting.stream().filter(this::opens).findFirst();
    if (broken.isPresent()) {
      return new Enough(
          broken.get().by() + " broke the glass: " + broken.get().breakGlass().orElse(""));
    }
    List<Yes> people = approvers.people(counting);
    List<Demand> open = demands.stream().filter(d -> !met(d, people)).toList();
    if (open.isEmpty()) {
      return new Enough(needed() == 0 ? "nobody has to say yes" : names(people) + " said yes");
    }
    return wanting(open, people);
  }

  /// Whether this yes may be added to those given.
  ///
  /// @param acknowledgeLoss the same person says, in a second step, that the data named in the plan
  ///   may be lost; only a broken glass needs it
  public Ruling consider(Yes yes, boolean acknowledgeLoss, List<Yes> given, Instant now) {
    Optional<String> wrong = stale(yes, now);
    if (wrong.isEmpty()) {
      wrong =
          yes.breakGlass().isPresent()
              ? glassHolds(yes, acknowledgeLoss)
              : personMayNot(yes, approvers.people(counting(given, now)));
    }
    return wrong
        .<Ruling>map(Refused::new)
        .orElseGet(() -> new Counts(yes.recorded(acknowledgeLoss)));
  }

  // ---- one yes

  private Optional<String> stale(Yes yes, Instant now) {
    if (!yes.planHash().equals(request.planHash())) {
      return Optional.of(
          "this yes is for plan "
              + brief(yes.planHash())
              + ", but the plan is now "
              + brief(request.planHash())
              + "; look at it again and approve that one");
    }
    return expired(yes, now)
        ? Optional.of("the yes of " + yes.by() + " has expired; say it again")
        : Optional.empty();
  }

  private boolean expired(Yes yes, Instant now) {
    return now.isAfter(yes.until()) || now.isAfter(yes.at().plus(policy.expires()));
  }

  private Optional<String> glassHolds(Yes yes, boolean acknowledgeLoss) {
    if (!yes.breaksGlass()) {
      return Optional.of(
          "breaking the glass needs a reason of at least "
              + Yes.SHORTEST_REASON
              + " characters; it is recorded and told to everybody");
    }
    return request.losesData() && !acknowledgeLoss
        ? Optional.of(
            "this plan loses data; breaking the glass does not cover that: acknowledge the loss as"
                + " well")
        : Optional.empty();
  }

  private Optional<String> personMayNot(Yes yes, List<Yes> people) {
    Actor by = yes.by();
    if (approvers.isSelf(yes)) {
      return Optional.of(
          by
              + " asked for this plan and may not approve it; somebody else must, from another"
              + " account");
    }
    if (people.stream().anyMatch(y -> y.samePerson(by))) {
      return Optional.of(by + " has said yes already; another person is needed");
    }
    Optional<Yes> sameAccount = people.stream().filter(y -> y.sameAccount(by)).findFirst();
    if (!policy.self() && sameAccount.isPresent()) {
      return Optional.of(
          by
              + " and "
              + sameAccount.get().by()
              + " both come from account "
              + by.account()
              + "; each person needs an account of their own");
    }
    return roleMayNot(by, people);
  }

  private Optional<String> roleMayNot(Actor by, List<Yes> people) {
    if (!approvers.mayApprove(by)) {
      return Optional.of(
          by
              + " has none of the roles that may approve: "
              + String.join(", ", policy.roles().keySet()));
    }
    List<Demand> open = demands.stream().filter(d -> !met(d, people)).toList();
    List<String> roles = open.stream().flatMap(d -> d.role().stream()).toList();
    boolean onlyRoles = !open.isEmpty() && people.size() >= needed() && !roles.isEmpty();
    return onlyRoles && roles.stream().noneMatch(r -> approvers.has(by, r))
        ? Optional.of(
            by + " does not have role " + String.join(" or ", roles) + ", and only that is wanting")
        : Optional.empty();
  }

  // ---- all together

  private List<Yes> counting(List<Yes> given, Instant now) {
    return given.stream().filter(y -> stale(y, now).isEmpty()).toList();
  }

  private boolean opens(Yes yes) {
    return yes.breaksGlass() && (!request.losesData() || yes.acknowledgesLoss());
  }

  private boolean met(Demand demand, List<Yes> people) {
    return demand.impossible().isEmpty()
        && people.size() >= demand.count()
        && demand
            .role()
            .map(r -> people.stream().anyMatch(y -> approvers.has(y.by(), r)))
            .orElse(true);
  }

  private Wanting wanting(List<Demand> open, List<Yes> people) {
    int more = Math.max(1, needed() - people.size());
    Optional<String> role =
        open.stream()
            .flatMap(d -> d.role().stream())
            .filter(r -> people.stream().noneMatch(y -> approvers.has(y.by(), r)))
            .findFirst();
    String why =
        open.stream()
            .map(d -> d.impossible().map(i -> d.says() + ", but " + i).orElseGet(d::says))
            .collect(Collectors.joining("; "));
    String soFar = people.isEmpty() ? "nobody said yes yet" : names(people) + " said yes";
    return new Wanting(more, role, why + "; " + soFar);
  }

  private static String names(List<Yes> people) {
    return people.stream().map(y -> y.by().name()).collect(Collectors.joining(" and "));
  }

  private static String brief(String hash) {
    return hash.substring(0, Math.min(12, hash.length()));
  }
}
