package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Proposal;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Survey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a rehearsal can say of a component that is not on its stage: the plan of a rollback of the
/// real one, which is only looked at.
///
/// @param proposal empty: no plan can be made
/// @param table the same, for people
/// @param says what the plan is, or why there is none
record RealLook(
    String component, Optional<Proposal> proposal, Optional<String> table, String says) {
  private static final String REASON = "rehearsal";

  /// One component after the other, so that one that cannot be planned hides no other.
  ///
  /// @param width cells of the terminal
  /// @param explained what a failure of the look at one component means, in words
  static List<RealLook> at(
      Office office,
      List<String> components,
      int width,
      Function<RuntimeException, String> explained)
      throws InterruptedException {
    List<RealLook> looks = new ArrayList<>();
    Survey survey = office.survey();
    for (String component : components) {
      try {
        looks.add(at(office, survey, component, width));
      } catch (RuntimeException e) {
        looks.add(none(component, explained.apply(e)));
      }
    }
    return looks;
  }

  private static RealLook at(Office office, Survey survey, String component, int width)
      throws InterruptedException {
    Refusal no;
    try {
      Proposal known = office.plan(office.wish(List.of(component), List.of(), REASON));
      return planned(
          component,
          known,
          office.table(known, width),
          component + ", as it is now: this would be done");
    } catch (Refusal e) {
      no = e;
    }
    Optional<String> before = survey.before(component);
    boolean neverGood =
        office.ledger().knownGood().stream()
            .allMatch(good -> good.constellation().on(component).isEmpty());
    if (before.isPresent() && neverGood && no.turn() == Refusal.Turn.RULE) {
      try {
        Proposal named =
            office.plan(office.wish(List.of(), List.of(component + "=" + before.get()), REASON));
        return planned(
            component,
            named,
            office.table(named, width),
            component
                + ", as it is now: "
                + says(no).lines().findFirst().orElse("")
                + ". So this is the way to the release before the live one");
      } catch (Refusal e) {
        return none(component, says(e));
      }
    }
    return none(component, says(no));
  }

  private static RealLook planned(String component, Proposal proposal, String table, String says) {
    return new RealLook(component, Optional.of(proposal), Optional.of(table), says);
  }

  private static String says(Refusal no) {
    return String.valueOf(no.getMessage());
  }

  static RealLook none(String component, String why) {
    return new RealLook(
        component, Optional.empty(), Optional.empty(), component + ": no plan can be made. " + why);
  }

  Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("component", component);
    all.put("says", says);
    all.put("hash", proposal.map(Proposal::hash));
    all.put("plan", proposal.map(Proposal::plan));
    return all;
  }
}
