package dev.lastgood.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The laws of the target, held to a thousand random pasts. A failure names its seed.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TargetLawsTest {
  private static final List<String> COMPONENTS = List.of("a", "b", "c");
  private static final int RELEASES = 5;

  @Test
  void a_target_can_be_reached_differs_from_what_is_live_and_is_not_bad() {
    LongStream.range(0, 1000)
        .forEach(seed -> {
          var world = new World(seed);
          if (world.aim() instanceof Target target) {
            Set<String> moved = world.moved(target);
            assertThat(moved).as("seed %d: something moves", seed).isNotEmpty();
            assertThat(world.wantedNow())
                .as("seed %d: only what is wanted", seed)
                .containsAll(moved);
            moved.forEach(component -> {
              Release to = target.constellation().on(component).orElseThrow();
              assertThat(
                      requireNonNull(world.reach.get(component)).releases().stream()
                          .anyMatch(to::is))
                  .as("seed %d: %s can be reached", seed, to.label())
                  .isTrue();
              assertThat(world.ledger().bad(to)).as("seed %d: %s", seed, to.label()).isEmpty();
              assertThat(world.failed(to))
                  .as("seed %d: %s failed last", seed, to.label())
                  .isFalse();
            });
          }
        });
  }

  @Test
  void a_target_whose_releases_are_marked_bad_is_a_target_no_more() {
    LongStream.range(0, 1000)
        .forEach(seed -> {
          var world = new World(seed);
          if (world.aim() instanceof Target target) {
            var later = new World(seed);
            target
                .constellation()
                .releases()
                .values()
                .forEach(r -> later.marks.add(world.mark(r, Mark.Word.BAD, 999)));

            if (later.aim() instanceof Target second) {
              assertThat(second.constellation().ids())
                  .as("seed %d", seed)
                  .isNotEqualTo(target.constellation().ids());
            }
          }
        });
  }

  @Test
  void the_order_in_which_deployments_are_told_does_not_matter() {
    LongStream.range(0, 300)
        .forEach(seed -> {
          var world = new World(seed);
          Aim told = world.aim();
          Collections.shuffle(world.deployments, new Random(seed));

          assertThat(world.aim()).as("seed %d", seed).isEqualTo(told);
        });
  }

  @Test
  void there_is_a_target_often_enough_for_the_laws_to_mean_something() {
    long targets =
        LongStream.range(0, 1000).filter(s -> new World(s).aim() instanceof Target).count();

    assertThat(targets).isBetween(200L, 950L);
  }

  private static final class World {
    final Random random;
    final List<Deployment> deployments = new ArrayList<>();
    final List<Mark> marks = new ArrayList<>();
    final List<Sighting> sightings = new ArrayList<>();
    final List<Hold> holds = new ArrayList<>();
    final Map<String, Reach> reach = new TreeMap<>();
    final Set<String> wanted;
    Constellation live = Constellation.EMPTY;

    World(long seed) {
      random = new Random(seed);
      int events = 5 + random.nextInt(60);
      for (int minute = 0; minute < events; minute++) {
        event(minute * 4);
      }
      for (String component : COMPONENTS) {
        List<Release> there = new ArrayList<>();
        var prints = new HashMap<String, String>();
        for (int n = 0; n < RELEASES; n++) {
          Release release = Release.of(component, "v" + n);
          if (random.nextInt(5) > 0) {
            there.add(release);
            prints.put(release.id(), "print" + random.nextInt(20));
          }
        }
        reach.put(
            component,
            random.nextInt(20) == 0 ? Reach.none("no answer") : Reach.of(there, prints, Map.of()));
      }
      wanted = random.nextBoolean() ? Set.of() : Set.of(COMPONENTS.get(random.nextInt(3)));
    }

    private void event(int minute) {
      Release release = any();
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          boolean works = random.nextInt(4) > 0;
          deployments.add(
              new Deployment(
                  release,
                  Past.minute(minute),
                  Past.PIPELINE,
                  random.nextInt(3) == 0 ? Deployment.DISCOVERED : Deployment.RECORD,
                  works ? Deployment.State.LIVE : Deployment.State.FAILED));
          live = works ? live.with(release) : live;
        }
        case 3 ->
            marks.add(mark(release, random.nextBoolean() ? Mark.Word.GOOD : Mark.Word.BAD, minute));
        case 4 ->
            holds.add(
                new Hold(
                    holds.size(),
                    Optional.of(release.component()),
                    Optional.of(release.id()),
                    Past.ADA,
                    "held",
                    Past.minute(minute),
                    Past.minute(minute + 60),
                    Optional.empty()));
        default ->
            sightings.add(new Sighting(Past.minute(minute), live, random.nextInt(8) > 0, "seen"));
      }
    }

    private Release any() {
      return Release.of(COMPONENTS.get(random.nextInt(3)), "v" + random.nextInt(RELEASES));
    }

    Mark mark(Release release, Mark.Word word, int minute) {
      return new Mark(
          release.component(),
          release.id(),
          word,
          Past.minute(minute),
          random.nextInt(4) == 0 ? Past.RUN : Past.ADA,
          "said",
          Optional.empty());
    }

    Ledger ledger() {
      return new Ledger(
          new Scope("shop", "production"),
          Duration.ofMinutes(8),
          Past.minute(260),
          deployments,
          marks,
          sightings,
          holds);
    }

    Aim aim() {
      return ledger().target(wanted, reach, live);
    }

    Set<String> wantedNow() {
      return wanted.isEmpty() ? Set.copyOf(COMPONENTS) : wanted;
    }

    Set<String> moved(Target target) {
      var moved = new TreeMap<>(target.constellation().ids());
      live.ids().forEach((component, id) -> moved.remove(component, id));
      return moved.keySet();
    }

    /// The last word about its deploys was that one failed, and no person said otherwise after it.
    boolean failed(Release release) {
      Optional<Deployment> last =
          deployments.stream()
              .filter(d -> d.release().is(release))
              .filter(
                  d -> d.state() == Deployment.State.FAILED || d.source().equals(Deployment.RECORD))
              .reduce((_, d) -> d);
      return last.isPresent()
          && last.get().state() == Deployment.State.FAILED
          && marks.stream()
              .noneMatch(m ->
                  m.concerns(release)
                      && m.word() == Mark.Word.GOOD
                      && m.byPerson()
                      && !m.at().isBefore(last.get().at()));
    }
  }
}
