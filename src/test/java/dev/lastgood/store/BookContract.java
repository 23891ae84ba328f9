package dev.lastgood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Mark;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every book must do.
interface BookContract {
  Scope SHOP = new Scope("shop", "production");
  Scope STAGING = new Scope("shop", "staging");
  Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");
  Actor ADA = new Actor("ada", "ada@web1");
  Actor BOB = new Actor("bob", "bob@web2");
  Release V1 =
      new Release(
          "backend",
          "v1",
          new Origin(
              Optional.of("1.4.2"),
              Optional.of("abc123"),
              Optional.of("sha256:c0ffee"),
              Optional.of("0041")),
          Optional.of(NOON.minusSeconds(60)));

  /// Empty at the start of each test.
  Book book();

  @Test
  default void a_deployment_is_given_back_as_it_was_recorded() {
    var full = deployment(V1, NOON, Deployment.State.LIVE);
    var bare = deployment(Release.of("backend", "v2"), minutes(1), Deployment.State.FAILED);

    book().add(SHOP, full);
    book().add(SHOP, bare);

    assertThat(book().deployments(SHOP)).containsExactly(full, bare);
  }

  @Test
  default void a_deployment_that_is_told_late_is_put_where_its_time_belongs() {
    var later = deployment(Release.of("backend", "v2"), minutes(5), Deployment.State.LIVE);
    var earlier = deployment(V1, NOON, Deployment.State.LIVE);

    book().add(SHOP, later);
    book().add(SHOP, earlier);

    assertThat(book().deployments(SHOP)).containsExactly(earlier, later);
  }

  @Test
  default void marks_are_in_the_order_in_which_they_were_made_whatever_the_clock_said() {
    var bad =
        new Mark(
            "backend", "v1", Mark.Word.BAD, minutes(5), ADA, "it leaks", Optional.of("sha256:1"));
    var good = new Mark("backend", "v1", Mark.Word.GOOD, NOON, BOB, "", Optional.empty());

    book().add(SHOP, bad);
    book().add(SHOP, good);

    assertThat(book().marks(SHOP)).containsExactly(bad, good);
  }

  @Test
  default void scopes_do_not_see_each_other() {
    book().add(SHOP, deployment(V1, NOON, Deployment.State.LIVE));
    book().add(SHOP, new Mark("backend", "v1", Mark.Word.GOOD, NOON, ADA, "", Optional.empty()));
    book().add(SHOP, sighting(NOON, true, "v1"));
    Hold hold = book().add(SHOP, hold(Optional.empty(), Optional.empty()));

    assertThat(book().deployments(STAGING)).isEmpty();
    assertThat(book().marks(STAGING)).isEmpty();
    assertThat(book().sightings(STAGING)).isEmpty();
    assertThat(book().holds(STAGING)).isEmpty();
    assertThat(book().lift(STAGING, hold.id(), ADA, "mistaken", minutes(1))).isFalse();
    assertThat(book().holds(SHOP)).containsExactly(hold);
  }

  @Test
  default void a_sighting_is_given_back_with_all_that_was_known_of_its_releases() {
    var seen = new Sighting(NOON, Constellation.of(V1), true, "health healthy: 200");

    book().add(SHOP, seen);

    assertThat(book().sightings(SHOP)).containsExactly(seen);
  }

  @Test
  default void the_same_seen_again_soon_is_one_sighting_that_goes_on() {
    book().add(SHOP, sighting(NOON, true, "v1"));
    book().add(SHOP, sighting(minutes(5), true, "v1"));
    book().add(SHOP, sighting(minutes(35), true, "v1"));

    assertThat(book().sightings(SHOP))
        .containsExactly(
            new Sighting(
                NOON,
                minutes(35),
                3,
                Constellation.of(Release.of("backend", "v1")),
                true,
                "seen at " + minutes(35)));
  }

  @Test
  default void a_silence_another_answer_and_another_release_each_begin_a_new_sighting() {
    book().add(SHOP, sighting(NOON, true, "v1"));
    book().add(SHOP, sighting(minutes(31), true, "v1"));
    book().add(SHOP, sighting(minutes(32), false, "v1"));
    book().add(SHOP, sighting(minutes(33), true, "v1"));
    book().add(SHOP, sighting(minutes(34), true, "v2"));

    assertThat(book().sightings(SHOP))
        .extracting(Sighting::at, Sighting::healthy, Sighting::looks)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(NOON, true, 1),
            org.assertj.core.groups.Tuple.tuple(minutes(31), true, 1),
            org.assertj.core.groups.Tuple.tuple(minutes(32), false, 1),
            org.assertj.core.groups.Tuple.tuple(minutes(33), true, 1),
            org.assertj.core.groups.Tuple.tuple(minutes(34), true, 1));
  }

  @Test
  default void a_sighting_from_before_the_newest_one_stands_for_itself() {
    book().add(SHOP, sighting(minutes(5), true, "v1"));
    book().add(SHOP, sighting(NOON, true, "v1"));

    assertThat(book().sightings(SHOP)).extracting(Sighting::at).containsExactly(NOON, minutes(5));
  }

  @Test
  default void holds_in_force_lifted_and_run_out_are_all_kept() {
    Hold one = book().add(SHOP, hold(Optional.of("backend"), Optional.of("v2")));
    Hold all = book().add(SHOP, hold(Optional.empty(), Optional.empty()));

    assertThat(one.id()).isNotEqualTo(all.id());
    assertThat(book().lift(SHOP, one.id(), BOB, "it was the database", minutes(3))).isTrue();

    assertThat(book().holds(SHOP))
        .containsExactly(
            new Hold(
                one.id(),
                Optional.of("backend"),
                Optional.of("v2"),
                ADA,
                "rolled back from",
                NOON,
                minutes(60),
                Optional.of(new Hold.Lifted(minutes(3), BOB, "it was the database"))),
            all);
    assertThat(book().holds(SHOP))
        .extracting(h -> h.inForce(minutes(4)))
        .containsExactly(false, true);
    assertThat(book().holds(SHOP))
        .extracting(h -> h.inForce(minutes(60)))
        .containsExactly(false, false);
  }

  @Test
  default void a_hold_is_lifted_once() {
    Hold hold = book().add(SHOP, hold(Optional.empty(), Optional.empty()));

    assertThat(book().lift(SHOP, hold.id(), BOB, "fixed", minutes(1))).isTrue();
    assertThat(book().lift(SHOP, hold.id(), ADA, "again", minutes(2))).isFalse();

    assertThat(book().holds(SHOP).getFirst().lifted())
        .contains(new Hold.Lifted(minutes(1), BOB, "fixed"));
  }

  @Test
  default void a_hold_that_has_run_out_and_one_that_never_was_cannot_be_lifted() {
    Hold hold = book().add(SHOP, hold(Optional.empty(), Optional.empty()));

    assertThat(book().lift(SHOP, hold.id(), BOB, "late", minutes(60))).isFalse();
    assertThat(book().lift(SHOP, hold.id() + 1, BOB, "what hold", minutes(1))).isFalse();
    assertThat(book().holds(SHOP)).containsExactly(hold);
  }

  @Test
  default void a_sentence_is_cut_to_what_fits() {
    String endless = "漢".repeat(Book.LONGEST_TEXT + 1);
    book()
        .add(SHOP, new Mark("backend", "v1", Mark.Word.BAD, NOON, ADA, endless, Optional.empty()));

    assertThat(book().marks(SHOP).getFirst().reason())
        .isEqualTo("漢".repeat(Book.LONGEST_TEXT - 1) + "…");
  }

  @Test
  default void a_name_that_is_too_long_is_refused_because_half_a_name_is_another_name() {
    Release endless = Release.of("backend", "v".repeat(Book.LONGEST_NAME + 1));

    assertThatThrownBy(() -> book().add(SHOP, deployment(endless, NOON, Deployment.State.LIVE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("release id " + "v".repeat(39) + "… is longer than 400 characters");
    assertThat(book().deployments(SHOP)).isEmpty();

    Release longest = Release.of("backend", "漢".repeat(Book.LONGEST_NAME));
    book().add(SHOP, deployment(longest, NOON, Deployment.State.LIVE));
    assertThat(book().deployments(SHOP).getFirst().release()).isEqualTo(longest);
  }

  @Test
  default void hostile_text_is_text() {
    String hostile = "'); drop table mark; -- \\ \" % _ \u0000 \u001b[2J";
    book()
        .add(SHOP, new Mark("backend", "v'1", Mark.Word.BAD, NOON, ADA, hostile, Optional.empty()));

    assertThat(book().marks(SHOP).getFirst().release()).isEqualTo("v'1");
    assertThat(book().marks(SHOP).getFirst().reason())
        .isEqualTo(hostile.replace('\u0000', '\ufffd'));
  }

  private static Instant minutes(int minutes) {
    return NOON.plus(Duration.ofMinutes(minutes));
  }

  private static Deployment deployment(Release release, Instant at, Deployment.State state) {
    return new Deployment(release, at, ADA, Deployment.RECORD, state);
  }

  private static Sighting sighting(Instant at, boolean healthy, String release) {
    return new Sighting(
        at, Constellation.of(Release.of("backend", release)), healthy, "seen at " + at);
  }

  private static Hold hold(Optional<String> component, Optional<String> release) {
    return new Hold(
        0, component, release, ADA, "rolled back from", NOON, minutes(60), Optional.empty());
  }
}
