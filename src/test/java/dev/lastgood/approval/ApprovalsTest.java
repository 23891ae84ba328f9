package dev.lastgood.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.approval.ApprovalPolicy.Need;
import dev.lastgood.approval.Ruling.Counts;
import dev.lastgood.approval.Ruling.Refused;
import dev.lastgood.approval.Standing.Enough;
import dev.lastgood.approval.Standing.Wanting;
import dev.lastgood.model.Actor;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ApprovalsTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
  private static final String HASH = "7c9e6679f1aa0b52";

  private static final Actor ASKER = new Actor("asker", "asker@web1");
  private static final Actor FIRST = new Actor("first", "first@web1");
  private static final Actor SECOND = new Actor("second", "second@web2");
  private static final Actor LEAD = new Actor("lead", "lead@web1");

  // ---- how many

  @Test
  void nobody_has_to_say_yes_when_the_policy_asks_for_none() {
    Approvals approvals = approvals(policy(0, true));

    assertThat(approvals.needed()).isZero();
    assertThat(approvals.standing(List.of(), NOON)).isEqualTo(new Enough("nobody has to say yes"));
  }

  @Test
  void one_yes_is_enough_when_one_is_asked_for() {
    Approvals approvals = approvals(policy(1, true));

    assertThat(approvals.standing(List.of(), NOON))
        .isEqualTo(new Wanting(1, Optional.empty(), "default needs 1 person; nobody said yes yet"));
    assertThat(approvals.standing(List.of(yes(FIRST)), NOON))
        .isEqualTo(new Enough("first said yes"));
  }

  @Test
  void whoever_asked_may_count_as_one_where_the_policy_allows_it() {
    Approvals approvals = approvals(policy(1, true));

    assertThat(approvals.consider(yes(ASKER), false, List.of(), NOON))
        .isEqualTo(new Counts(yes(ASKER)));
    assertThat(approvals.standing(List.of(yes(ASKER)), NOON)).isInstanceOf(Enough.class);
  }

  @Test
  void data_loss_needs_its_own_number_and_one_of_its_role() {
    Approvals approvals = approvals(policy(1, true), "data-loss");

    assertThat(approvals.needed()).isEqualTo(2);
    assertThat(approvals.standing(List.of(yes(LEAD)), NOON))
        .isEqualTo(
            new Wanting(
                1,
                Optional.empty(),
                "data-loss needs 2 people, one of them with role tech-lead; lead said yes"));
    assertThat(approvals.standing(List.of(yes(FIRST), yes(SECOND)), NOON))
        .isEqualTo(
            new Wanting(
                1,
                Optional.of("tech-lead"),
                "data-loss needs 2 people, one of them with role tech-lead; first and second said yes"));
    assertThat(approvals.standing(List.of(yes(FIRST), yes(LEAD)), NOON))
        .isEqualTo(new Enough("first and lead said yes"));
  }

  @Test
  void a_role_is_an_approval_rule_of_its_own() {
    Approvals approvals = approvals(policy(1, true), "tech-lead");

    assertThat(approvals.standing(List.of(yes(FIRST)), NOON))
        .isEqualTo(
            new Wanting(
                1,
                Optional.of("tech-lead"),
                "tech-lead needs 1 person with role tech-lead; first said yes"));
    assertThat(approvals.standing(List.of(yes(LEAD)), NOON)).isEqualTo(new Enough("lead said yes"));
  }

  @Test
  void data_loss_is_an_ordinary_plan_where_the_policy_has_no_rule_for_it() {
    Approvals approvals = approvals(ApprovalPolicy.DEFAULT, "data-loss");

    assertThat(approvals.standing(List.of(yes(FIRST)), NOON)).isInstanceOf(Enough.class);
  }

  @Test
  void a_rule_nobody_knows_is_never_met() {
    Approvals approvals = approvals(policy(1, true), "board");

    assertThat(approvals.standing(List.of(yes(FIRST), yes(LEAD)), NOON))
        .isEqualTo(
            new Wanting(
                1,
                Optional.empty(),
                "board needs 1 person, but the decision asks for approval \"board\", which is"
                    + " neither a special rule nor a role; special rules: data-loss; roles: dev,"
                    + " tech-lead; first and lead said yes"));
  }

  @Test
  void a_role_nobody_has_is_never_met_and_says_so() {
    ApprovalPolicy policy =
        new ApprovalPolicy(
            1,
            new TreeMap<>(Map.of("data-loss", new Need(1, "owner"))),
            true,
            new TreeMap<>(),
            HALF_AN_HOUR);

    assertThat(approvals(policy, "data-loss").standing(List.of(yes(FIRST)), NOON))
        .isEqualTo(
            new Wanting(
                1,
                Optional.of("owner"),
                "data-loss needs 1 person with role owner, but nobody is listed under approvals: roles:"
                    + " owner; first said yes"));
  }

  // ---- what does not count

  @Test
  void a_yes_for_another_plan_is_refused_and_never_counts() {
    Approvals approvals = approvals(policy(1, true));
    Yes stale =
        new Yes(FIRST, "0000000000000000ff", NOON, NOON.plus(HALF_AN_HOUR), Optional.empty());

    assertThat(approvals.consider(stale, false, List.of(), NOON))
        .isEqualTo(
            new Refused(
                "this yes is for plan 000000000000, but the plan is now 7c9e6679f1aa; look at it"
                    + " again and approve that one"));
    assertThat(approvals.standing(List.of(stale), NOON)).isInstanceOf(Wanting.class);
  }

  @Test
  void a_yes_counts_up_to_the_moment_it_expires_and_not_after() {
    Approvals approvals = approvals(policy(1, true));

    assertThat(approvals.standing(List.of(yes(FIRST)), NOON.plus(HALF_AN_HOUR)))
        .isInstanceOf(Enough.class);
    assertThat(approvals.standing(List.of(yes(FIRST)), NOON.plus(HALF_AN_HOUR).plusMillis(1)))
        .isInstanceOf(Wanting.class);
  }

  @Test
  void a_yes_cannot_outlive_what_the_policy_gives_it() {
    Yes forEver = new Yes(FIRST, HASH, NOON, NOON.plus(Duration.ofDays(900)), Optional.empty());

    assertThat(
            approvals(policy(1, true))
                .standing(List.of(forEver), NOON.plus(HALF_AN_HOUR).plusMillis(1)))
        .isInstanceOf(Wanting.class);
  }

  @Test
  void an_expired_yes_is_refused_and_may_be_given_again() {
    Approvals approvals = approvals(policy(2, true));
    Instant later = NOON.plus(Duration.ofHours(1));

    assertThat(approvals.consider(yes(FIRST), false, List.of(), later))
        .isEqualTo(new Refused("the yes of first has expired; say it again"));
    assertThat(
            approvals.consider(
                approvals.yes(FIRST, HASH, later, Optional.empty()),
                false,
                List.of(yes(FIRST)),
                later))
        .isInstanceOf(Counts.class);
  }

  @Test
  void the_same_person_twice_is_one_person() {
    Approvals approvals = approvals(policy(2, true));
    Yes again = yes(new Actor("First ", "first@web2"));

    assertThat(approvals.consider(again, false, List.of(yes(FIRST)), NOON))
        .isEqualTo(new Refused("First  has said yes already; another person is needed"));
    assertThat(approvals.standing(List.of(yes(FIRST), again), NOON))
        .isEqualTo(new Wanting(1, Optional.empty(), "default needs 2 people; first said yes"));
  }

  @Test
  void whoever_asked_may_not_approve_where_the_policy_forbids_it() {
    Approvals approvals = approvals(policy(1, false));

    assertThat(approvals.consider(yes(ASKER), false, List.of(), NOON))
        .isEqualTo(
            new Refused(
                "asker asked for this plan and may not approve it; somebody else must, from another"
                    + " account"));
    assertThat(approvals.standing(List.of(yes(ASKER)), NOON)).isInstanceOf(Wanting.class);
  }

  @Test
  void another_name_on_the_account_of_whoever_asked_is_no_other_person() {
    Yes disguised = yes(new Actor("first", "asker@web1"));

    assertThat(approvals(policy(1, false)).consider(disguised, false, List.of(), NOON))
        .isInstanceOf(Refused.class);
    assertThat(approvals(policy(1, false)).standing(List.of(disguised), NOON))
        .isInstanceOf(Wanting.class);
    assertThat(approvals(policy(1, true)).consider(disguised, false, List.of(), NOON))
        .isInstanceOf(Counts.class);
  }

  @Test
  void two_names_on_one_account_are_two_people_only_where_self_approval_is_allowed() {
    Yes sameAccount = yes(new Actor("second", "first@web1"));

    assertThat(approvals(policy(2, false)).consider(sameAccount, false, List.of(yes(FIRST)), NOON))
        .isEqualTo(
            new Refused(
                "second and first both come from account first@web1; each person needs an account of"
                    + " their own"));
    assertThat(approvals(policy(2, false)).standing(List.of(yes(FIRST), sameAccount), NOON))
        .isInstanceOf(Wanting.class);
    assertThat(approvals(policy(2, true)).consider(sameAccount, false, List.of(yes(FIRST)), NOON))
        .isInstanceOf(Counts.class);
    assertThat(approvals(policy(2, true)).standing(List.of(yes(FIRST), sameAccount), NOON))
        .isInstanceOf(Enough.class);
  }

  @Test
  void two_people_on_accounts_of_their_own_are_two_people() {
    Approvals approvals = approvals(policy(2, false));

    assertThat(approvals.consider(yes(SECOND), false, List.of(yes(FIRST)), NOON))
        .isInstanceOf(Counts.class);
    assertThat(approvals.standing(List.of(yes(FIRST), yes(SECOND)), NOON))
        .isEqualTo(new Enough("first and second said yes"));
  }

  @Test
  void one_yes_more_than_needed_is_welcome() {
    Approvals approvals = approvals(policy(1, true), "data-loss");

    assertThat(approvals.consider(yes(SECOND), false, List.of(yes(FIRST), yes(LEAD)), NOON))
        .isInstanceOf(Counts.class);
  }

  @Test
  void somebody_without_a_role_may_not_approve_where_roles_are_listed() {
    Yes stranger = yes(new Actor("stranger", "stranger@web1"));

    assertThat(approvals(policy(1, true)).consider(stranger, false, List.of(), NOON))
        .isEqualTo(new Refused("stranger has none of the roles that may approve: dev, tech-lead"));
    assertThat(approvals(policy(1, true)).standing(List.of(stranger), NOON))
        .isInstanceOf(Wanting.class);
    assertThat(approvals(ApprovalPolicy.DEFAULT).consider(stranger, false, List.of(), NOON))
        .isInstanceOf(Counts.class);
  }

  @Test
  void when_only_a_role_is_wanting_another_person_without_it_is_refused() {
    Approvals approvals = approvals(policy(1, true), "data-loss");

    assertThat(approvals.consider(yes(ASKER), false, List.of(yes(FIRST), yes(SECOND)), NOON))
        .isEqualTo(new Refused("asker does not have role tech-lead, and only that is wanting"));
    assertThat(approvals.consider(yes(LEAD), false, List.of(yes(FIRST), yes(SECOND)), NOON))
        .isInstanceOf(Counts.class);
  }

  @Test
  void a_role_lists_people_by_name_by_account_or_by_the_user_of_the_account() {
    for (String listed : List.of("Second", "second@web2", "second")) {
      ApprovalPolicy policy =
          new ApprovalPolicy(
              1,
              new TreeMap<>(),
              true,
              new TreeMap<>(Map.of("tech-lead", List.of(listed))),
              HALF_AN_HOUR);
      assertThat(approvals(policy, "tech-lead").standing(List.of(yes(SECOND)), NOON))
          .as(listed)
          .isInstanceOf(Enough.class);
    }
  }

  // ---- breaking the glass

  @Test
  void one_person_alone_may_break_the_glass_with_a_reason_which_is_recorded() {
    Approvals approvals = approvals(policy(2, false));
    Yes broken = broken(ASKER, "site is down, nobody answers");

    Ruling ruling = approvals.consider(broken, false, List.of(), NOON);

    assertThat(ruling).isEqualTo(new Counts(broken));
    assertThat(approvals.standing(List.of(broken), NOON))
        .isEqualTo(new Enough("asker broke the glass: site is down, nobody answers"));
  }

  @Test
  void breaking_the_glass_needs_a_reason_that_says_something() {
    Approvals approvals = approvals(policy(2, false));

    assertThat(approvals.consider(broken(ASKER, "  urgent   "), false, List.of(), NOON))
        .isEqualTo(
            new Refused(
                "breaking the glass needs a reason of at least 10 characters; it is recorded and"
                    + " told to everybody"));
    assertThat(approvals.standing(List.of(broken(ASKER, "urgent")), NOON))
        .isInstanceOf(Wanting.class);
  }

  @Test
  void a_broken_glass_does_not_cover_data_loss_until_it_is_acknowledged_as_well() {
    Approvals approvals = approvals(policy(1, true), "data-loss");
    Yes broken = broken(ASKER, "site is down, nobody answers");

    assertThat(approvals.consider(broken, false, List.of(), NOON))
        .isEqualTo(
            new Refused(
                "this plan loses data; breaking the glass does not cover that: acknowledge the loss"
                    + " as well"));
    assertThat(approvals.standing(List.of(broken), NOON)).isInstanceOf(Wanting.class);
    Counts counts = (Counts) approvals.consider(broken, true, List.of(), NOON);
    assertThat(counts.yes().breakGlass())
        .contains("site is down, nobody answers (data loss acknowledged)");
    assertThat(approvals.standing(List.of(counts.yes()), NOON)).isInstanceOf(Enough.class);
  }

  @Test
  void the_acknowledgement_cannot_be_typed_into_the_reason() {
    Approvals approvals = approvals(policy(1, true), "data-loss");
    Yes typed = broken(ASKER, "site is down, hurry (data loss acknowledged)");

    assertThat(approvals.consider(typed, false, List.of(), NOON)).isInstanceOf(Refused.class);
    assertThat(
            approvals.consider(broken(ASKER, "x (data loss acknowledged)"), true, List.of(), NOON))
        .isInstanceOf(Refused.class);
  }

  @Test
  void a_broken_glass_is_for_one_plan_and_expires_like_every_yes() {
    Approvals approvals = approvals(policy(2, false));
    Yes broken = broken(ASKER, "site is down, nobody answers");

    assertThat(approvals.standing(List.of(broken), NOON.plus(Duration.ofHours(1))))
        .isInstanceOf(Wanting.class);
    assertThat(
            new Approvals(policy(2, false), new Request(ASKER, "another", List.of()))
                .standing(List.of(broken), NOON))
        .isInstanceOf(Wanting.class);
  }

  // ---- the request

  @Test
  void a_plan_that_loses_data_brings_its_own_rule() {
    assertThat(Request.of(plan(List.of("12 orders")), ASKER, List.of("tech-lead")).rules())
        .containsExactly("tech-lead", "data-loss");
    assertThat(Request.of(plan(List.of()), ASKER, List.of()).rules()).isEmpty();
    assertThat(Request.of(plan(List.of()), ASKER, List.of()).planHash())
        .isEqualTo(PlanJson.hash(plan(List.of())));
  }

  // ---- helpers

  private static Plan plan(List<String> losses) {
    return new Plan(
        Plan.SCHEMA,
        "shop",
        "production",
        "rollback",
        "errors",
        List.of(),
        "known good",
        List.of(),
        new Forecast(
            Duration.ofSeconds(4), Duration.ZERO, Optional.empty(), losses, List.of(), "defaults"),
        List.of(),
        List.of());
  }

  private static ApprovalPolicy policy(int count, boolean self) {
    return new ApprovalPolicy(
        count,
        new TreeMap<>(Map.of("data-loss", new Need(2, "tech-lead"))),
        self,
        new TreeMap<>(
            Map.of("tech-lead", List.of("lead"), "dev", List.of("first", "second", "asker"))),
        HALF_AN_HOUR);
  }

  private static Approvals approvals(ApprovalPolicy policy, String... rules) {
    return new Approvals(policy, new Request(ASKER, HASH, List.of(rules)));
  }

  private static Yes yes(Actor by) {
    return new Yes(by, HASH, NOON, NOON.plus(HALF_AN_HOUR), Optional.empty());
  }

  private static Yes broken(Actor by, String reason) {
    return new Yes(by, HASH, NOON, NOON.plus(HALF_AN_HOUR), Optional.of(reason));
  }
}
