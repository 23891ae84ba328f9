package dev.lastgood.provider.supabase;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.ApiFaults;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedSupabase;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the played Supabase, which Supabase's own tool takes for the real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SupabasePlatformTest implements ApiFaults {
  private static final String TOKEN = "sbp_hunter2";
  private static final String PROJECT = "abcdefghijklmnopqrst";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();
  private Shop own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public Shop world() throws IOException {
    return new Shop(Files.createDirectories(dir.resolve("w" + worlds.incrementAndGet())));
  }

  /// Two daily backups; every second of the last week can be restored, too.
  static final class Shop implements ApiFaults.ApiWorld {
    final Path state;
    final PlayedSupabase supabase = new PlayedSupabase(TOKEN, PROJECT, InstantSource.fixed(NOON));

    Shop(Path state) throws IOException {
      this.state = state;
      supabase.backup(1, true, "COMPLETED", NOON.minus(Duration.ofHours(33)));
      supabase.backup(2, true, "COMPLETED", NOON.minus(Duration.ofHours(9)));
    }

    @Override
    public PlayedApi api() {
      return supabase;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:SUPABASE_ACCESS_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, PROJECT, Duration.ZERO, patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "tsrqponmlkjihgfedcba", Duration.ZERO, PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "Project not found");
    }

    Platform platform(Duration grace) {
      return platform(TOKEN, PROJECT, grace, PATIENCE);
    }

    private Platform platform(String token, String project, Duration grace, Duration patience) {
      return new SupabaseKind()
          .open(
              "database",
              new SupabaseSettings(
                  project,
                  new Secret("${env:SUPABASE_ACCESS_TOKEN}", () -> token),
                  Optional.of(grace),
                  Optional.of(supabase.url() + "/v1"),
                  Optional.of(patience)),
              new Surroundings(state, state, InstantSource.fixed(NOON)));
    }

    List<Method> ways(String from, String to) throws PlatformUnreachable {
      return platform().methods(Release.of("database", from), Release.of("database", to));
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return (Act) ways("as-it-grew", "backup-2").getFirst().legs().getFirst();
    }

    @Override
    public Predicate<Asked> request() {
      return PlayedSupabase::change;
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"message\":\"Backup not found\"}");
    }

    void follow(Act act) {
      assertThat(act(act)).isInstanceOf(Outcome.Done.class);
      Until.holds(act.says(), () -> platform().look(act) instanceof Sight.Holds);
    }

    @Override
    public String live() {
      return "as-it-grew";
    }

    @Override
    public String older() {
      return "backup-2";
    }

    @Override
    public String snapshot() {
      return supabase.snapshot();
    }

    @Override
    public void remove(String id) {
      supabase.delete(id);
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN);
    }

    @Override
    public void close() {
      supabase.close();
    }
  }

  // ---- what there is

  @Test
  void backups_are_listed_and_those_that_cannot_be_restored_say_why() throws Exception {
    own.supabase.backup(3, false, "COMPLETED", NOON.minus(Duration.ofHours(2)));
    own.supabase.backup(4, true, "FAILED", NOON.minus(Duration.ofHours(1)));

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.releases())
        .extracting(Release::id)
        .containsExactly("as-it-grew", "backup-2", "backup-1");
    assertThat(inventory.excluded())
        .containsExactly(
            new Inventory.Excluded("backup-4", "it is FAILED"),
            new Inventory.Excluded(
                "backup-3", "it is a logical one, which the API does not restore"));
  }

  @Test
  void the_plan_counts_what_is_lost_and_so_needs_the_approval() throws Exception {
    assertThat(own.ways("as-it-grew", "backup-2").getFirst().losses())
        .containsExactly("everything written since 2026-11-21T03:00:00Z (9 hours)");

    own.supabase.pitr(false);
    assertThat(own.ways("as-it-grew", "backup-2").getFirst().losses().getFirst())
        .contains("for good", "take a pg_dump first");
  }

  @Test
  void without_point_in_time_recovery_there_is_no_way_back() throws Exception {
    own.supabase.pitr(false);

    assertThat(own.ways("backup-2", "as-it-grew")).isEmpty();
  }

  @Test
  void the_moment_before_a_deploy_is_kept_and_restored_to_the_second() throws Exception {
    var taken = ((Snapshotting) own.platform()).snapshot();
    assertThat(taken.kept().id()).isEqualTo("pitr-1795262400");

    Act act = (Act) own.ways("as-it-grew", "pitr-1795262400").getFirst().legs().getFirst();
    assertThat(act.byHand()).endsWith("--timestamp 1795262400");
    own.follow(act);

    assertThat(own.supabase.content()).isEqualTo("second 1795262400");
    assertThat(own.platform().inventory().live().map(Release::id)).contains("pitr-1795262400");
  }

  @Test
  void a_moment_cannot_be_kept_without_point_in_time_recovery() {
    own.supabase.pitr(false);

    assertThatThrownBy(() -> ((Snapshotting) own.platform()).snapshot())
        .hasMessageContaining("point-in-time recovery is off");
  }

  @Test
  void taking_a_restore_back_goes_to_the_second_before_it() throws Exception {
    own.follow(own.change());

    own.follow((Act) own.ways("backup-2", "as-it-grew").getFirst().legs().getFirst());

    assertThat(own.supabase.content()).isEqualTo("second 1795262399");
  }

  // ---- has it happened?

  @Test
  void a_project_that_still_seems_untouched_is_waited_for_and_not_restored_twice()
      throws Exception {
    own.supabase.seemsUntouched(4);
    Platform patient = own.platform(Duration.ofMinutes(3));
    Act act = own.change();
    patient.act(act, "key");

    assertThat(patient.look(act))
        .isEqualTo(new Sight.UnderWay("it was asked for, and the project is still ACTIVE_HEALTHY"));
    assertThat(reason(patient.act(act, "key"))).isEqualTo("done: asked for already");
    Until.holds("restored", () -> patient.look(act) instanceof Sight.Holds);
    assertThat(own.sent()).isEqualTo(1);
  }

  @Test
  void a_restore_that_fails_is_a_failure() throws Exception {
    own.supabase.ends("RESTORE_FAILED");
    Act act = own.change();
    own.act(act);

    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    assertThat(own.platform().look(act).seen()).contains("RESTORE_FAILED");
    assertThat(reason(own.act(act))).startsWith("refused: ").contains("RESTORE_FAILED");
  }

  @Test
  void somebody_elses_restore_is_not_overtaken() throws Exception {
    Act act = own.change();
    own.supabase.is("RESTARTING");

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("somebody else is at it right now", "RESTARTING");
    assertThat(own.sent()).isZero();
  }

  @Test
  void what_lies_outside_of_the_range_is_refused_with_the_range() throws Exception {
    ((Snapshotting) own.platform()).snapshot();
    Act act = (Act) own.ways("as-it-grew", "pitr-1795262400").getFirst().legs().getFirst();
    own.supabase.pitr(false);

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("recovery is off");
  }

  @Test
  void a_paused_project_is_resumed_first() throws Exception {
    own.supabase.is("INACTIVE");
    Method way = own.ways("as-it-grew", "backup-2").getFirst();
    assertThat(way.legs().stream().map(l -> ((Act) l).verb()))
        .containsExactly("resume-project", "restore-project");

    Act resume = (Act) way.legs().getFirst();
    assertThat(own.platform().look(resume)).isInstanceOf(Sight.NotYet.class);
    own.follow(resume);
    own.follow((Act) way.legs().getLast());

    assertThat(own.supabase.content()).isEqualTo("backup 2");
  }

  @Test
  void a_name_is_no_reference() {
    assertThatThrownBy(() ->
            new SupabaseKind()
                .open(
                    "database",
                    new SupabaseSettings(
                        "shop",
                        new Secret("t", () -> TOKEN),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                    new Surroundings(dir, dir, InstantSource.fixed(NOON))))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("20 small letters");
  }
}
